-- Checks of identities and bank accounts; what was claimed is kept as a digest alone.
create table verification (
    bkt integer not null,
    verification_id bigint not null,
    shop_id bigint not null,
    kind text not null,
    subject_hash bytea not null,
    provider text not null,
    provider_ref text not null default '',
    state text not null,
    reason text not null default '',
    attempts integer not null default 0,
    asked_by bigint not null,
    asked_at timestamptz not null,
    decided_at timestamptz,
    due_at timestamptz,
    constraint verification_pkey primary key (bkt, verification_id),
    constraint verification_kind check (kind in ('identity', 'account')),
    constraint verification_state check (state in ('REQUESTED', 'PENDING', 'VERIFIED', 'REFUSED', 'LOST')),
    constraint verification_clock check ((due_at is not null) = (state in ('REQUESTED', 'PENDING')))
);
create index verification_shop on verification (bkt, shop_id, kind, verification_id);
create unique index verification_open on verification (bkt, shop_id, kind, subject_hash)
    where state in ('REQUESTED', 'PENDING');
create index verification_due on verification (due_at) where due_at is not null;
