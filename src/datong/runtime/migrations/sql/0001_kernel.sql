CREATE TABLE fact_outbox (
    bkt INTEGER NOT NULL,
    fact_id BIGINT NOT NULL,
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    owner_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body JSONB NOT NULL,
    told_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    delivered_at TIMESTAMP WITH TIME ZONE,
    dead_at TIMESTAMP WITH TIME ZONE,
    reason TEXT DEFAULT '' NOT NULL,
    CONSTRAINT fact_outbox_pkey PRIMARY KEY (bkt, fact_id)
);
CREATE INDEX fact_outbox_dead ON fact_outbox (dead_at, fact_id) WHERE dead_at is not null;
CREATE INDEX fact_outbox_done ON fact_outbox (delivered_at) WHERE delivered_at is not null;
CREATE INDEX fact_outbox_owner ON fact_outbox (bkt, owner_id, seq) WHERE delivered_at is null and dead_at is null;
CREATE INDEX fact_outbox_waiting ON fact_outbox (seq) WHERE delivered_at is null and dead_at is null;

CREATE TABLE fact_inbox (
    bkt INTEGER NOT NULL,
    fact_id BIGINT NOT NULL,
    reaction TEXT NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT fact_inbox_pkey PRIMARY KEY (bkt, fact_id, reaction)
);
CREATE INDEX fact_inbox_done ON fact_inbox (done_at);

CREATE TABLE request (
    bkt INTEGER NOT NULL,
    actor_id BIGINT NOT NULL,
    request_key TEXT NOT NULL,
    body_hash BYTEA NOT NULL,
    ref_id BIGINT NOT NULL,
    attempt INTEGER NOT NULL,
    is_answered BOOLEAN NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT request_pkey PRIMARY KEY (bkt, actor_id, request_key)
);
CREATE INDEX request_asked ON request (asked_at);

CREATE TABLE name_claim (
    bkt INTEGER NOT NULL,
    space TEXT NOT NULL,
    name TEXT NOT NULL,
    owner_id BIGINT NOT NULL,
    claimed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT name_claim_pkey PRIMARY KEY (bkt, space, name)
);

CREATE TABLE attempt_limit (
    bkt INTEGER NOT NULL,
    subject TEXT NOT NULL,
    window_ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    count INTEGER NOT NULL,
    CONSTRAINT attempt_limit_pkey PRIMARY KEY (bkt, subject)
);
CREATE INDEX attempt_limit_ends ON attempt_limit (window_ends_at);

CREATE TABLE clock_shift (
    one SMALLSERIAL NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    CONSTRAINT clock_shift_pkey PRIMARY KEY (one),
    CONSTRAINT clock_shift_single CHECK (one = 1),
    CONSTRAINT clock_shift_forward CHECK (seconds >= 0)
);

CREATE TABLE town_mark (
    mark TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT town_mark_pkey PRIMARY KEY (mark)
);

CREATE TABLE sandbox_charge (
    ref TEXT NOT NULL,
    charge_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    title TEXT NOT NULL,
    return_url TEXT NOT NULL,
    callback_url TEXT NOT NULL,
    state TEXT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT sandbox_charge_pkey PRIMARY KEY (ref)
);
CREATE UNIQUE INDEX sandbox_charge_id ON sandbox_charge (charge_id);

CREATE TABLE sandbox_transfer (
    transfer_id BIGSERIAL NOT NULL,
    kind TEXT NOT NULL,
    charge_ref TEXT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT sandbox_transfer_pkey PRIMARY KEY (transfer_id)
);
CREATE INDEX sandbox_transfer_charge ON sandbox_transfer (charge_ref);

CREATE TABLE sandbox_callback (
    callback_id BIGINT GENERATED ALWAYS AS IDENTITY,
    url TEXT NOT NULL,
    header TEXT NOT NULL,
    body TEXT NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    delivered_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT sandbox_callback_pkey PRIMARY KEY (callback_id)
);
CREATE INDEX sandbox_callback_due ON sandbox_callback (due_at) WHERE delivered_at is null;

CREATE TABLE sandbox_parcel (
    tracking_no TEXT NOT NULL,
    parcel_id BIGINT NOT NULL,
    callback_url TEXT NOT NULL,
    step INTEGER NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT sandbox_parcel_pkey PRIMARY KEY (tracking_no)
);
CREATE INDEX sandbox_parcel_due ON sandbox_parcel (due_at) WHERE due_at is not null;
