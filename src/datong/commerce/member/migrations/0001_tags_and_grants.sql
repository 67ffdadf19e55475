-- What a member is to the programmes (a paid member, a member of a club), and what it was given once.

create table member_tag (
    bkt integer not null,
    member_id bigint not null,
    tag text not null,
    until timestamptz,
    given_by text not null,
    constraint member_tag_pkey primary key (bkt, member_id, tag)
);
create index member_tag_until on member_tag (until) where until is not null;

create table grant_given (
    bkt integer not null,
    owner_id bigint not null,
    name text not null,
    key text not null,
    terms jsonb not null,
    given_at timestamptz not null,
    refused text not null default '',
    constraint grant_given_pkey primary key (bkt, owner_id, name, key)
);
