-- A storefront has a life (drafted, live, paused, closed), a version for conditional writes, and its colours as data.
alter table storefront
    add column state text not null default 'LIVE',
    add column state_since timestamptz not null default now(),
    add column version bigint not null default 1,
    add column look jsonb not null default '{}',
    add column opened_key text not null default '',
    add column opened_body text not null default '',
    add column changed_key text not null default '',
    add column changed_body text not null default '',
    add constraint storefront_state check (state in ('DRAFT', 'LIVE', 'PAUSED', 'CLOSED'));

-- The colours that the stylesheets of the release before said of its two themes.
update storefront set look = jsonb_build_object(
    'accent', '#a3112f', 'accent_soft', '#fdeef1', 'accent_text', '#a3112f', 'ground', '#fafafa',
    'banner', '#6d0a1f', 'dark_soft', '#3a1820', 'dark_text', '#ff8fa3', 'dark_ground', '#121212')
where theme = 'mall';
update storefront set look = jsonb_build_object(
    'accent', '#c8400a', 'accent_soft', '#fff1e8', 'accent_text', '#b93a08', 'ground', '#f5f5f4',
    'banner', '#7a2706', 'dark_soft', '#3a2318', 'dark_text', '#ff9b66', 'dark_ground', '#141312')
where theme <> 'mall';
