-- Promotions and vouchers.

CREATE TABLE voucher_template (
    bkt INTEGER NOT NULL,
    template_id BIGINT NOT NULL,
    owner_id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    titles JSONB NOT NULL,
    terms JSONB NOT NULL,
    total BIGINT NOT NULL,
    claimed BIGINT DEFAULT 0 NOT NULL,
    per_member INTEGER NOT NULL,
    claim_from TIMESTAMP WITH TIME ZONE NOT NULL,
    claim_until TIMESTAMP WITH TIME ZONE NOT NULL,
    use_from TIMESTAMP WITH TIME ZONE,
    use_until TIMESTAMP WITH TIME ZONE,
    use_days INTEGER NOT NULL,
    is_stopped BOOLEAN DEFAULT false NOT NULL,
    made_by BIGINT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT voucher_template_pkey PRIMARY KEY (bkt, template_id),
    CONSTRAINT voucher_template_total CHECK (total > 0 and claimed between 0 and total),
    CONSTRAINT voucher_template_kind CHECK (kind in ('coupon', 'envelope'))
);
CREATE INDEX voucher_template_owner ON voucher_template (bkt, owner_id, claim_until);

CREATE TABLE voucher_claim (
    bkt INTEGER NOT NULL,
    template_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    nth INTEGER NOT NULL,
    voucher_id BIGINT NOT NULL,
    claimed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT voucher_claim_pkey PRIMARY KEY (bkt, template_id, member_id, nth)
);

CREATE TABLE voucher (
    bkt INTEGER NOT NULL,
    voucher_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    template_id BIGINT NOT NULL,
    owner_id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    titles JSONB NOT NULL,
    terms JSONB NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_until TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    purchase_id BIGINT DEFAULT 0 NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT voucher_pkey PRIMARY KEY (bkt, voucher_id),
    CONSTRAINT voucher_state CHECK (state in ('CLAIMED', 'LOCKED', 'USED', 'EXPIRED')),
    CONSTRAINT voucher_lock CHECK ((state in ('LOCKED', 'USED')) = (purchase_id <> 0))
);
CREATE INDEX voucher_member ON voucher (bkt, member_id, state, valid_until);

CREATE TABLE coin_account (
    bkt INTEGER NOT NULL,
    member_id BIGINT NOT NULL,
    balance BIGINT NOT NULL,
    CONSTRAINT coin_account_pkey PRIMARY KEY (bkt, member_id),
    CONSTRAINT coin_account_not_overdrawn CHECK (balance >= 0)
);

CREATE TABLE coin_entry (
    bkt INTEGER NOT NULL,
    member_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    ref_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT coin_entry_pkey PRIMARY KEY (bkt, member_id, reason, ref_id),
    CONSTRAINT coin_entry_moves CHECK (amount <> 0)
);

CREATE TABLE promotion (
    bkt INTEGER NOT NULL,
    promotion_id BIGINT NOT NULL,
    owner_id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    titles JSONB NOT NULL,
    terms JSONB NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    budget BIGINT NOT NULL,
    committed BIGINT DEFAULT 0 NOT NULL,
    limit_uses BIGINT NOT NULL,
    used BIGINT DEFAULT 0 NOT NULL,
    per_buyer BIGINT NOT NULL,
    spent BIGINT DEFAULT 0 NOT NULL,
    made_by BIGINT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT promotion_pkey PRIMARY KEY (bkt, promotion_id),
    CONSTRAINT promotion_budget CHECK (committed >= 0 and (budget = 0 or committed <= budget)),
    CONSTRAINT promotion_limit CHECK (used >= 0 and (limit_uses = 0 or used <= limit_uses)),
    CONSTRAINT promotion_state CHECK (state in ('LIVE', 'STOPPED'))
);
CREATE INDEX promotion_running ON promotion (bkt, owner_id, ends_at) WHERE state = 'LIVE';

CREATE TABLE promotion_use (
    bkt INTEGER NOT NULL,
    promotion_id BIGINT NOT NULL,
    purchase_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    uses BIGINT NOT NULL,
    state TEXT NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT promotion_use_pkey PRIMARY KEY (bkt, promotion_id, purchase_id, shop_id),
    CONSTRAINT promotion_use_state CHECK (state in ('HELD', 'KEPT', 'RELEASED'))
);
CREATE INDEX promotion_use_buyer ON promotion_use (bkt, promotion_id, member_id) WHERE state in ('HELD', 'KEPT');
CREATE INDEX promotion_use_expires ON promotion_use (expires_at) WHERE state = 'HELD';
CREATE INDEX promotion_use_purchase ON promotion_use (bkt, purchase_id);

CREATE TABLE promotion_enrolment (
    bkt INTEGER NOT NULL,
    shop_id BIGINT NOT NULL,
    promotion_id BIGINT NOT NULL,
    enrolled_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT promotion_enrolment_pkey PRIMARY KEY (bkt, shop_id, promotion_id)
);

alter table shop_order add column subsidy bigint not null default 0;
alter table shop_order add column tools jsonb not null default '{}';

alter table balance drop constraint balance_not_overdrawn;
alter table balance add constraint balance_not_overdrawn
    check (amount >= 0 or account in ('gateway', 'bank', 'shop_transit', 'shop_balance', 'subsidy'));
