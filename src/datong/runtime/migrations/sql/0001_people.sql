CREATE TABLE member (
    bkt INTEGER NOT NULL,
    member_id BIGINT NOT NULL,
    display_name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT member_pkey PRIMARY KEY (bkt, member_id)
);

CREATE TABLE session (
    bkt INTEGER NOT NULL,
    token_hash BYTEA NOT NULL,
    member_id BIGINT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT session_pkey PRIMARY KEY (bkt, token_hash)
);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE address (
    bkt INTEGER NOT NULL,
    address_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    receiver TEXT NOT NULL,
    phone TEXT NOT NULL,
    region TEXT NOT NULL,
    city TEXT NOT NULL,
    street TEXT NOT NULL,
    is_default BOOLEAN NOT NULL,
    CONSTRAINT address_pkey PRIMARY KEY (bkt, address_id)
);
CREATE INDEX address_member ON address (bkt, member_id);

CREATE TABLE operator (
    bkt INTEGER NOT NULL,
    member_id BIGINT NOT NULL,
    centres TEXT[] NOT NULL,
    appointed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT operator_pkey PRIMARY KEY (bkt, member_id),
    CONSTRAINT operator_some_centre CHECK (cardinality(centres) > 0)
);

CREATE TABLE merchant (
    bkt INTEGER NOT NULL,
    merchant_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    legal_name TEXT NOT NULL,
    identity_hash BYTEA NOT NULL,
    founded_by BIGINT NOT NULL,
    registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT merchant_pkey PRIMARY KEY (bkt, merchant_id),
    CONSTRAINT merchant_kind CHECK (kind in ('person', 'company'))
);

CREATE TABLE shop (
    bkt INTEGER NOT NULL,
    shop_id BIGINT NOT NULL,
    merchant_id BIGINT NOT NULL,
    storefront_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    mark TEXT NOT NULL,
    names JSONB NOT NULL,
    slug TEXT NOT NULL,
    about JSONB NOT NULL,
    picture TEXT DEFAULT '' NOT NULL,
    ships_from TEXT NOT NULL,
    category_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    deposit_due BIGINT NOT NULL,
    fee_due BIGINT NOT NULL,
    deposit_paid BIGINT DEFAULT 0 NOT NULL,
    fee_paid BIGINT DEFAULT 0 NOT NULL,
    dues_by TIMESTAMP WITH TIME ZONE,
    rules_version BIGINT NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    applied_at TIMESTAMP WITH TIME ZONE NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT shop_pkey PRIMARY KEY (bkt, shop_id),
    CONSTRAINT shop_paid CHECK (deposit_paid >= 0 and fee_paid >= 0 and deposit_due >= 0 and fee_due >= 0)
);
CREATE INDEX shop_merchant ON shop (bkt, merchant_id);
CREATE INDEX shop_open ON shop (storefront_id, shop_id) WHERE state = 'OPEN';
CREATE INDEX shop_queue ON shop (applied_at, shop_id) WHERE state in ('SUBMITTED', 'UNDER_REVIEW', 'AWAIT_PAYMENT');

CREATE TABLE staff (
    bkt INTEGER NOT NULL,
    shop_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    version BIGINT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT staff_pkey PRIMARY KEY (bkt, shop_id, member_id)
);

CREATE TABLE duty (
    bkt INTEGER NOT NULL,
    member_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT duty_pkey PRIMARY KEY (bkt, member_id, shop_id)
);

CREATE TABLE parameter_value (
    version BIGSERIAL NOT NULL,
    name TEXT NOT NULL,
    scope_kind TEXT NOT NULL,
    scope_id BIGINT DEFAULT 0 NOT NULL,
    effective_from TIMESTAMP WITH TIME ZONE NOT NULL,
    value JSONB NOT NULL,
    set_by BIGINT NOT NULL,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT parameter_value_pkey PRIMARY KEY (version),
    CONSTRAINT parameter_value_scope CHECK (scope_kind in ('platform', 'storefront', 'vertical', 'category'))
);
CREATE INDEX parameter_value_name ON parameter_value (name, scope_kind, scope_id, effective_from);

CREATE TABLE storefront (
    storefront_id BIGSERIAL NOT NULL,
    code TEXT NOT NULL,
    names JSONB NOT NULL,
    taglines JSONB NOT NULL,
    currency TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    languages TEXT[] NOT NULL,
    theme TEXT NOT NULL,
    place INTEGER NOT NULL,
    CONSTRAINT storefront_pkey PRIMARY KEY (storefront_id)
);
CREATE UNIQUE INDEX storefront_code ON storefront (code);
