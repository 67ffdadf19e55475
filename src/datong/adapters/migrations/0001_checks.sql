-- What the sandbox verifier keeps on its own side.
create table sandbox_check (
    check_id bigint not null,
    subject text not null,
    name text not null,
    reason text not null,
    opened_at timestamptz not null,
    answer_at timestamptz not null,
    constraint sandbox_check_pkey primary key (check_id)
);
create index sandbox_check_subject on sandbox_check (subject, check_id);
