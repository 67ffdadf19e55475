-- Credit and scores are measures that others keep copies of by version. Processes of the former release
-- leave both columns as they are.
alter table credit
    add column version bigint not null default 0, add column changed_at timestamptz not null default now();
alter table shop_dsr
    add column version bigint not null default 0, add column changed_at timestamptz not null default now();
