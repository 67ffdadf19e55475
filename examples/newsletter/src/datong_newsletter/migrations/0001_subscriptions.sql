create table newsletter_subscription (
    bkt integer not null,
    subscription_id bigint not null,
    member_id bigint not null,
    state text not null,
    currency text not null,
    price bigint not null,
    paid_total bigint not null default 0,
    paid_until timestamptz,
    due_at timestamptz,
    subscribed_at timestamptz not null,
    constraint newsletter_subscription_pkey primary key (bkt, subscription_id),
    constraint newsletter_subscription_state check (state in ('WAIT_PAY', 'ACTIVE', 'ENDED')),
    constraint newsletter_subscription_amounts check (price > 0 and paid_total >= 0)
);
create unique index newsletter_subscription_member on newsletter_subscription (bkt, member_id) where state <> 'ENDED';
create index newsletter_subscription_due on newsletter_subscription (due_at) where due_at is not null;
