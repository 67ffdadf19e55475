-- Products that are to be looked at because a qualification of their shop has ended.
create table takedown (
    bkt integer not null,
    product_id bigint not null,
    shop_id bigint not null,
    attempts integer not null default 0,
    due_at timestamptz not null,
    constraint takedown_pkey primary key (bkt, product_id)
);
create index takedown_due on takedown (due_at);
