CREATE TABLE cart_line (
    bkt INTEGER NOT NULL,
    owner_id BIGINT NOT NULL,
    sku_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    quantity INTEGER NOT NULL,
    is_ticked BOOLEAN NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT cart_line_pkey PRIMARY KEY (bkt, owner_id, sku_id),
    CONSTRAINT cart_line_quantity CHECK (quantity between 1 and 9999)
);
CREATE INDEX cart_line_age ON cart_line (added_at);

CREATE TABLE cart_merge (
    bkt INTEGER NOT NULL,
    member_id BIGINT NOT NULL,
    guest_id BIGINT NOT NULL,
    merged_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT cart_merge_pkey PRIMARY KEY (bkt, member_id, guest_id)
);

CREATE TABLE parcel (
    bkt INTEGER NOT NULL,
    parcel_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    purchase_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    courier TEXT NOT NULL,
    tracking_no TEXT NOT NULL,
    state TEXT NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
    delivered_at TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE,
    attempts INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT parcel_pkey PRIMARY KEY (bkt, parcel_id),
    CONSTRAINT parcel_state CHECK (state in ('SENT', 'MOVING', 'DELIVERED', 'FAILED'))
);
CREATE INDEX parcel_due ON parcel (due_at) WHERE due_at is not null;
CREATE INDEX parcel_order ON parcel (bkt, order_id);

CREATE TABLE parcel_line (
    bkt INTEGER NOT NULL,
    parcel_id BIGINT NOT NULL,
    line_id BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    CONSTRAINT parcel_line_pkey PRIMARY KEY (bkt, parcel_id, line_id)
);
CREATE UNIQUE INDEX parcel_line_once ON parcel_line (bkt, line_id);

CREATE TABLE tracking_event (
    bkt INTEGER NOT NULL,
    parcel_id BIGINT NOT NULL,
    event_id TEXT NOT NULL,
    code TEXT NOT NULL,
    place TEXT NOT NULL,
    happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT tracking_event_pkey PRIMARY KEY (bkt, parcel_id, event_id)
);

CREATE TABLE tracking_number (
    bkt INTEGER NOT NULL,
    courier TEXT NOT NULL,
    tracking_no TEXT NOT NULL,
    parcel_id BIGINT NOT NULL,
    CONSTRAINT tracking_number_pkey PRIMARY KEY (bkt, courier, tracking_no, parcel_id)
);

CREATE TABLE purchase (
    bkt INTEGER NOT NULL,
    purchase_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    hold_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    total BIGINT NOT NULL,
    rules_version BIGINT NOT NULL,
    placed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT purchase_pkey PRIMARY KEY (bkt, purchase_id),
    CONSTRAINT purchase_total CHECK (total > 0)
);

CREATE TABLE shop_order (
    bkt INTEGER NOT NULL,
    order_id BIGINT NOT NULL,
    purchase_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    storefront_id BIGINT NOT NULL,
    hold_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    currency TEXT NOT NULL,
    goods BIGINT NOT NULL,
    freight BIGINT NOT NULL,
    payable BIGINT NOT NULL,
    commission BIGINT NOT NULL,
    rules_version BIGINT NOT NULL,
    shop_names JSONB NOT NULL,
    address JSONB NOT NULL,
    note TEXT NOT NULL,
    placed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    paid_at TIMESTAMP WITH TIME ZONE,
    shipped_at TIMESTAMP WITH TIME ZONE,
    delivered_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    end_reason TEXT DEFAULT '' NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    is_extended_by_buyer BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT shop_order_pkey PRIMARY KEY (bkt, order_id),
    CONSTRAINT shop_order_amounts CHECK (goods > 0 and freight >= 0 and payable > 0 and commission >= 0)
);
CREATE INDEX shop_order_due ON shop_order (due_at) WHERE due_at is not null;
CREATE INDEX shop_order_member ON shop_order (bkt, member_id, order_id);
CREATE INDEX shop_order_purchase ON shop_order (bkt, purchase_id);

CREATE TABLE order_line (
    bkt INTEGER NOT NULL,
    line_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    sku_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    product_version INTEGER NOT NULL,
    category_id BIGINT NOT NULL,
    titles JSONB NOT NULL,
    labels JSONB NOT NULL,
    picture TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    unit_price BIGINT NOT NULL,
    goods BIGINT NOT NULL,
    payable BIGINT NOT NULL,
    cuts JSONB NOT NULL,
    commission_bps INTEGER NOT NULL,
    commission BIGINT NOT NULL,
    parcel_id BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT order_line_pkey PRIMARY KEY (bkt, line_id),
    CONSTRAINT order_line_amounts CHECK (quantity > 0 and goods = unit_price * quantity and payable between 0 and goods)
);
CREATE INDEX order_line_order ON order_line (bkt, order_id);

CREATE TABLE seller_order (
    bkt INTEGER NOT NULL,
    order_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    purchase_id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    currency TEXT NOT NULL,
    payable BIGINT NOT NULL,
    pieces BIGINT NOT NULL,
    first_line JSONB NOT NULL,
    line_count INTEGER NOT NULL,
    region TEXT NOT NULL,
    city TEXT NOT NULL,
    placed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    paid_at TIMESTAMP WITH TIME ZONE,
    ship_by TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT seller_order_pkey PRIMARY KEY (bkt, order_id)
);
CREATE INDEX seller_order_shop ON seller_order (bkt, shop_id, order_id);
CREATE INDEX seller_order_state ON seller_order (bkt, shop_id, state, order_id);

CREATE TABLE ledger_entry (
    bkt INTEGER NOT NULL,
    entry_id BIGINT NOT NULL,
    posting_id BIGINT NOT NULL,
    account TEXT NOT NULL,
    owner_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL,
    kind TEXT NOT NULL,
    ref_id BIGINT NOT NULL,
    posted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT ledger_entry_pkey PRIMARY KEY (bkt, entry_id),
    CONSTRAINT ledger_entry_moves CHECK (amount <> 0)
);
CREATE INDEX ledger_entry_owner ON ledger_entry (bkt, account, owner_id, entry_id);
CREATE INDEX ledger_entry_posting ON ledger_entry (bkt, posting_id);

CREATE TABLE balance (
    bkt INTEGER NOT NULL,
    account TEXT NOT NULL,
    owner_id BIGINT NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL,
    CONSTRAINT balance_pkey PRIMARY KEY (bkt, account, owner_id, currency),
    CONSTRAINT balance_not_overdrawn CHECK (amount >= 0 or account in ('gateway', 'bank', 'shop_transit',
        'shop_balance'))
);

CREATE TABLE charge (
    bkt INTEGER NOT NULL,
    charge_id BIGINT NOT NULL,
    payer_id BIGINT NOT NULL,
    purchase_id BIGINT NOT NULL,
    gateway TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL,
    state TEXT NOT NULL,
    provider_ref TEXT DEFAULT '' NOT NULL,
    pay_url TEXT DEFAULT '' NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT charge_pkey PRIMARY KEY (bkt, charge_id),
    CONSTRAINT charge_amount CHECK (amount > 0),
    CONSTRAINT charge_state CHECK (state in ('REQUESTED', 'SENT', 'SUCCEEDED', 'FAILED'))
);
CREATE INDEX charge_due ON charge (due_at) WHERE due_at is not null;
CREATE INDEX charge_purchase ON charge (bkt, purchase_id);

CREATE TABLE charge_part (
    bkt INTEGER NOT NULL,
    charge_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    CONSTRAINT charge_part_pkey PRIMARY KEY (bkt, charge_id, order_id),
    CONSTRAINT charge_part_amount CHECK (amount > 0)
);

CREATE TABLE charge_event (
    bkt INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT charge_event_pkey PRIMARY KEY (bkt, event_id)
);

CREATE TABLE refund (
    bkt INTEGER NOT NULL,
    refund_id BIGINT NOT NULL,
    charge_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    gateway TEXT NOT NULL,
    provider_ref TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT refund_pkey PRIMARY KEY (bkt, refund_id),
    CONSTRAINT refund_amount CHECK (amount > 0),
    CONSTRAINT refund_state CHECK (state in ('REQUESTED', 'SENT', 'SUCCEEDED', 'DECLINED'))
);
CREATE INDEX refund_due ON refund (due_at) WHERE due_at is not null;
CREATE INDEX refund_order ON refund (bkt, order_id);

CREATE TABLE payout_account (
    bkt INTEGER NOT NULL,
    shop_id BIGINT NOT NULL,
    gateway TEXT NOT NULL,
    destination TEXT NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT payout_account_pkey PRIMARY KEY (bkt, shop_id)
);

CREATE TABLE payout (
    bkt INTEGER NOT NULL,
    payout_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    gateway TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT payout_pkey PRIMARY KEY (bkt, payout_id),
    CONSTRAINT payout_amount CHECK (amount > 0),
    CONSTRAINT payout_state CHECK (state in ('REQUESTED', 'SENT', 'PAID', 'DECLINED'))
);
CREATE INDEX payout_due ON payout (due_at) WHERE due_at is not null;
CREATE INDEX payout_shop ON payout (bkt, shop_id, payout_id);
