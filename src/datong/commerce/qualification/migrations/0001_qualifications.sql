-- Brand authorisations and permits with their papers, terms and decisions.
create table qualification (
    bkt integer not null,
    qualification_id bigint not null,
    shop_id bigint not null,
    kind text not null,
    brand_id bigint not null,
    level text not null,
    mark text not null,
    number text not null,
    valid_from timestamptz not null,
    valid_until timestamptz,
    paper_ids jsonb not null,
    state text not null,
    reason text not null default '',
    sole_storefront_id bigint not null default 0,
    rules_version bigint not null default 0,
    applied_by bigint not null,
    applied_at timestamptz not null,
    decided_by bigint not null default 0,
    decided_at timestamptz,
    ended_at timestamptz,
    is_noticed boolean not null default false,
    due_at timestamptz,
    constraint qualification_pkey primary key (bkt, qualification_id),
    constraint qualification_state
        check (state in ('SUBMITTED', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED', 'REVOKED')),
    constraint qualification_brand check ((kind = 'brand') = (brand_id > 0)),
    constraint qualification_term check (valid_until is null or valid_until > valid_from),
    constraint qualification_clock check (due_at is null or state = 'APPROVED')
);
create index qualification_shop on qualification (bkt, shop_id, qualification_id);
create unique index qualification_waiting on qualification (bkt, shop_id, kind, brand_id) where state = 'SUBMITTED';
create index qualification_desk on qualification (state, applied_at, qualification_id);
create index qualification_brand on qualification (brand_id, shop_id) where state in ('SUBMITTED', 'APPROVED');
create index qualification_due on qualification (due_at) where due_at is not null;

create table brand_flagship (
    bkt integer not null,
    storefront_id bigint not null,
    brand_id bigint not null,
    shop_id bigint not null,
    claimed_at timestamptz not null,
    constraint brand_flagship_pkey primary key (bkt, storefront_id, brand_id)
);

-- What was authorised before goes on; its numbers are below all that are made by a clock. Its level was the mark.
insert into qualification (bkt, qualification_id, shop_id, kind, brand_id, level, mark, number, valid_from,
    valid_until, paper_ids, state, applied_by, applied_at, decided_at, due_at)
select a.bkt, (row_number() over (partition by a.bkt order by a.shop_id, a.brand_id)) * 4096 + a.bkt, a.shop_id,
    'brand', a.brand_id, '', a.level, '', least(a.authorised_at, a.expires_at - interval '1 second'),
    a.expires_at, '[]', 'APPROVED', 0, a.authorised_at, a.authorised_at, a.expires_at - interval '30 days'
from brand_authorisation a where a.expires_at is null or a.expires_at > now();
