-- A buyer's standing is a measure that others keep copies of by version. Processes of the former release leave both
-- columns as they are.
alter table buyer_standing
    add column version bigint not null default 0, add column changed_at timestamptz not null default now();
