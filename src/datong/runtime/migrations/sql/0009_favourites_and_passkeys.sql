CREATE TABLE favourite (
    bkt INTEGER NOT NULL,
    member_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    price BIGINT NOT NULL,
    kept_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT favourite_pkey PRIMARY KEY (bkt, member_id, kind, subject_id),
    CONSTRAINT favourite_kind CHECK (kind in ('product', 'shop'))
);
CREATE INDEX favourite_kept ON favourite (bkt, member_id, kind, kept_at, subject_id);

CREATE TABLE footprint (
    bkt INTEGER NOT NULL,
    member_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT footprint_pkey PRIMARY KEY (bkt, member_id, product_id)
);
CREATE INDEX footprint_happened ON footprint (bkt, member_id, happened_at, product_id);
CREATE INDEX footprint_old ON footprint (happened_at);

CREATE TABLE passkey (
    bkt INTEGER NOT NULL,
    credential_id BYTEA NOT NULL,
    member_id BIGINT NOT NULL,
    public_key BYTEA NOT NULL,
    sign_count BIGINT NOT NULL,
    name TEXT NOT NULL,
    kept_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT passkey_pkey PRIMARY KEY (bkt, credential_id)
);
CREATE INDEX passkey_member ON passkey (bkt, member_id);

CREATE TABLE passkey_challenge (
    bkt INTEGER NOT NULL,
    challenge BYTEA NOT NULL,
    member_id BIGINT NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT passkey_challenge_pkey PRIMARY KEY (bkt, challenge)
);
CREATE INDEX passkey_challenge_expires ON passkey_challenge (expires_at);

