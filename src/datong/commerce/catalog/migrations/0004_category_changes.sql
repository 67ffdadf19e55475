-- Categories that were renamed or moved, and how far the walk over their goods has come.

create table category_change (
    category_id bigint not null,
    after_bkt integer not null,
    after_product bigint not null,
    due_at timestamptz not null,
    constraint category_change_pkey primary key (category_id)
);
