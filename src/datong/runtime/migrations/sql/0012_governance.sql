CREATE TABLE operator_act (
    bkt INTEGER NOT NULL,
    act_id BIGINT NOT NULL,
    operator_id BIGINT NOT NULL,
    deed TEXT NOT NULL,
    path TEXT NOT NULL,
    details JSONB NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    outcome TEXT DEFAULT '' NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT operator_act_pkey PRIMARY KEY (bkt, act_id)
);
CREATE INDEX operator_act_asked ON operator_act (asked_at, act_id);
CREATE INDEX operator_act_operator ON operator_act (bkt, operator_id, asked_at, act_id);

CREATE TABLE sweep_beat (
    name TEXT NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    ran_at TIMESTAMP WITH TIME ZONE NOT NULL,
    did BIGINT NOT NULL,
    failed_at TIMESTAMP WITH TIME ZONE,
    reason TEXT DEFAULT '' NOT NULL,
    CONSTRAINT sweep_beat_pkey PRIMARY KEY (name)
);

CREATE INDEX balance_platform ON balance (account, currency) WHERE owner_id = 0;
