-- Refund cases and disputes, and what of an order was given back.

CREATE TABLE refund_case (
    bkt INTEGER NOT NULL,
    case_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    purchase_id BIGINT NOT NULL,
    line_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    storefront_id BIGINT NOT NULL,
    scope JSONB NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    kind TEXT NOT NULL,
    phase TEXT NOT NULL,
    is_sent BOOLEAN NOT NULL,
    is_received BOOLEAN NOT NULL,
    is_returned BOOLEAN DEFAULT false NOT NULL,
    reason TEXT NOT NULL,
    note TEXT DEFAULT '' NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL,
    pieces BIGINT NOT NULL,
    paid_back BIGINT DEFAULT 0 NOT NULL,
    return_freight BIGINT DEFAULT 0 NOT NULL,
    return_address JSONB,
    what JSONB NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    end_reason TEXT DEFAULT '' NOT NULL,
    CONSTRAINT refund_case_pkey PRIMARY KEY (bkt, case_id),
    CONSTRAINT refund_case_amounts CHECK (amount >= 0 and pieces > 0 and paid_back >= 0 and return_freight >= 0),
    CONSTRAINT refund_case_kind CHECK (kind in ('REFUND', 'REFUND_AND_RETURN', 'EXCHANGE', 'RESHIPPING')),
    CONSTRAINT refund_case_state CHECK (state in ('WAIT_SELLER_AGREE', 'SELLER_REFUSE_BUYER',
        'WAIT_BUYER_RETURN_GOODS', 'WAIT_SELLER_CONFIRM_GOODS', 'WAIT_SELLER_SEND_GOODS', 'WAIT_BUYER_CONFIRM_GOODS',
        'SUCCESS', 'CLOSED')),
    CONSTRAINT refund_case_ended CHECK ((state in ('SUCCESS', 'CLOSED')) = (ended_at is not null)
        and (ended_at is null or due_at is null))
);
CREATE INDEX refund_case_due ON refund_case (due_at) WHERE due_at is not null;
CREATE UNIQUE INDEX refund_case_line ON refund_case (bkt, line_id) WHERE ended_at is null;
CREATE INDEX refund_case_member ON refund_case (bkt, member_id, case_id);
CREATE INDEX refund_case_order ON refund_case (bkt, order_id, case_id);

CREATE TABLE case_event (
    bkt INTEGER NOT NULL,
    event_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    side TEXT NOT NULL,
    actor_id BIGINT NOT NULL,
    deed TEXT NOT NULL,
    text TEXT DEFAULT '' NOT NULL,
    details JSONB DEFAULT '{}' NOT NULL,
    happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT case_event_pkey PRIMARY KEY (bkt, event_id)
);
CREATE INDEX case_event_case ON case_event (bkt, case_id, event_id);

CREATE TABLE evidence (
    bkt INTEGER NOT NULL,
    evidence_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    side TEXT NOT NULL,
    actor_id BIGINT NOT NULL,
    file_key TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    text TEXT DEFAULT '' NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT evidence_pkey PRIMARY KEY (bkt, evidence_id),
    CONSTRAINT evidence_side CHECK (side in ('buyer', 'seller'))
);
CREATE INDEX evidence_case ON evidence (bkt, case_id, evidence_id);

CREATE TABLE dispute (
    bkt INTEGER NOT NULL,
    dispute_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    cs_status INTEGER NOT NULL,
    opened_by TEXT NOT NULL,
    is_buyer_ready BOOLEAN DEFAULT false NOT NULL,
    is_seller_ready BOOLEAN DEFAULT false NOT NULL,
    outcome TEXT DEFAULT '' NOT NULL,
    amount BIGINT DEFAULT 0 NOT NULL,
    goodwill BIGINT DEFAULT 0 NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    decided_by BIGINT DEFAULT 0 NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE,
    appealed_by TEXT DEFAULT '' NOT NULL,
    appeal_text TEXT DEFAULT '' NOT NULL,
    appeal_outcome TEXT DEFAULT '' NOT NULL,
    compensated BIGINT DEFAULT 0 NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT dispute_pkey PRIMARY KEY (bkt, dispute_id),
    CONSTRAINT dispute_amounts CHECK (amount >= 0 and goodwill >= 0)
);
CREATE INDEX dispute_case ON dispute (bkt, case_id, dispute_id);
CREATE INDEX dispute_desk ON dispute (cs_status, due_at) WHERE cs_status in (3, 10, 11);
CREATE INDEX dispute_due ON dispute (due_at) WHERE due_at is not null;
CREATE UNIQUE INDEX dispute_one_open ON dispute (bkt, case_id) WHERE due_at is not null;

CREATE TABLE seller_case (
    bkt INTEGER NOT NULL,
    case_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL,
    what JSONB NOT NULL,
    is_disputed BOOLEAN NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT seller_case_pkey PRIMARY KEY (bkt, case_id)
);
CREATE INDEX seller_case_due ON seller_case (bkt, shop_id, state, due_at);
CREATE INDEX seller_case_shop ON seller_case (bkt, shop_id, case_id);

CREATE TABLE return_address (
    bkt INTEGER NOT NULL,
    shop_id BIGINT NOT NULL,
    receiver TEXT NOT NULL,
    phone TEXT NOT NULL,
    region TEXT NOT NULL,
    city TEXT NOT NULL,
    street TEXT NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT return_address_pkey PRIMARY KEY (bkt, shop_id)
);

CREATE TABLE buyer_standing (
    bkt INTEGER NOT NULL,
    member_id BIGINT NOT NULL,
    finished INTEGER DEFAULT 0 NOT NULL,
    lost INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT buyer_standing_pkey PRIMARY KEY (bkt, member_id)
);

CREATE TABLE shop_standing (
    bkt INTEGER NOT NULL,
    shop_id BIGINT NOT NULL,
    score INTEGER NOT NULL,
    scored_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT shop_standing_pkey PRIMARY KEY (bkt, shop_id)
);

CREATE TABLE goodwill_month (
    bkt INTEGER NOT NULL,
    month TEXT NOT NULL,
    spent BIGINT NOT NULL,
    CONSTRAINT goodwill_month_pkey PRIMARY KEY (bkt, month),
    CONSTRAINT goodwill_month_spent CHECK (spent >= 0)
);

CREATE TABLE goodwill_use (
    bkt INTEGER NOT NULL,
    use_id BIGINT NOT NULL,
    month TEXT NOT NULL,
    amount BIGINT NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT goodwill_use_pkey PRIMARY KEY (bkt, use_id),
    CONSTRAINT goodwill_use_amount CHECK (amount > 0)
);

alter table shop_order
    add column refunded bigint not null default 0,
    add column subsidy_undone bigint not null default 0,
    add column open_cases integer not null default 0,
    add column paused_at timestamp with time zone,
    add column paused_due_at timestamp with time zone;
alter table shop_order add constraint shop_order_refunded
    check (refunded between 0 and payable and subsidy_undone between 0 and subsidy and open_cases >= 0);
alter table shop_order add constraint shop_order_paused
    check ((paused_at is null) = (paused_due_at is null) and (paused_at is null or due_at is null));

alter table order_line
    add column refunded bigint not null default 0,
    add column refunded_pieces bigint not null default 0,
    add column commission_undone bigint not null default 0,
    add column stock_fate text not null default '';
alter table order_line add constraint order_line_refunded
    check (refunded between 0 and payable and refunded_pieces between 0 and quantity
           and commission_undone between 0 and commission and stock_fate in ('', 'RESTOCKED', 'GONE'));

alter table parcel add column kind text not null default 'OUT', add column case_id bigint not null default 0;
alter table refund add column case_id bigint not null default 0;

alter table balance drop constraint balance_not_overdrawn;
alter table balance add constraint balance_not_overdrawn
    check (amount >= 0 or account in ('gateway', 'bank', 'shop_transit', 'shop_balance', 'subsidy', 'goodwill'));
