-- Presales: deposits now, balances later.

CREATE TABLE presale (
    bkt INTEGER NOT NULL,
    presale_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    titles JSONB NOT NULL,
    deposit BIGINT NOT NULL,
    counts_as BIGINT NOT NULL,
    minus BIGINT NOT NULL,
    deposit_from TIMESTAMP WITH TIME ZONE NOT NULL,
    deposit_until TIMESTAMP WITH TIME ZONE NOT NULL,
    balance_from TIMESTAMP WITH TIME ZONE NOT NULL,
    balance_until TIMESTAMP WITH TIME ZONE NOT NULL,
    is_stopped BOOLEAN DEFAULT false NOT NULL,
    made_by BIGINT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT presale_pkey PRIMARY KEY (bkt, presale_id),
    CONSTRAINT presale_amounts CHECK (deposit > 0 and counts_as >= deposit and minus >= 0)
);
CREATE INDEX presale_product ON presale (bkt, product_id, balance_until);
CREATE INDEX presale_shop ON presale (bkt, shop_id, presale_id);

CREATE TABLE deposit (
    bkt INTEGER NOT NULL,
    deposit_id BIGINT NOT NULL,
    presale_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    sku_id BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL,
    cut BIGINT NOT NULL,
    hold_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    purchase_id BIGINT DEFAULT 0 NOT NULL,
    titles JSONB NOT NULL,
    product_titles JSONB NOT NULL,
    placed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    balance_from TIMESTAMP WITH TIME ZONE NOT NULL,
    balance_until TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT deposit_pkey PRIMARY KEY (bkt, deposit_id),
    CONSTRAINT deposit_amounts CHECK (quantity > 0 and amount > 0 and cut >= 0),
    CONSTRAINT deposit_state CHECK (state in ('WAIT_DEPOSIT', 'DEPOSIT_PAID', 'BALANCE_PLACED', 'DONE',
        'CLOSED_UNPAID', 'FORFEITED', 'DOUBLED', 'REFUNDED'))
);
CREATE INDEX deposit_due ON deposit (due_at) WHERE due_at is not null;
CREATE INDEX deposit_member ON deposit (bkt, member_id, deposit_id);

alter table shop_order add column prepaid bigint not null default 0;
alter table order_line add column hold_id bigint not null default 0;
alter table refund add column is_extra boolean not null default false;

-- Deposits that purchases bring along: each must be its buyer's, paid, and in its window. Answers the purchases of
-- which
-- one is not; nothing of those is taken.

create function order_take_deposits(p_bkt int, p_now timestamptz, p_asks jsonb, p_but bigint[]) returns bigint[]
language plpgsql as $$
declare
    a record;
    v_refused bigint[] := '{}';
    v_taken int;
begin
    for a in
        select * from jsonb_to_recordset(p_asks) as x (bkt int, purchase_id bigint, owner_id bigint, deposits bigint[])
        where cardinality(x.deposits) > 0 and not x.purchase_id = any(p_but) order by x.owner_id, x.purchase_id
    loop
        update deposit d set state = 'BALANCE_PLACED', due_at = null, purchase_id = a.purchase_id
            where d.bkt = a.bkt and d.deposit_id = any(a.deposits) and d.member_id = a.owner_id
              and d.state = 'DEPOSIT_PAID' and d.balance_from <= p_now and d.balance_until > p_now;
        get diagnostics v_taken = row_count;
        if v_taken < cardinality(a.deposits) then
            update deposit d set state = 'DEPOSIT_PAID', due_at = d.balance_until, purchase_id = 0
                where d.bkt = a.bkt and d.deposit_id = any(a.deposits) and d.purchase_id = a.purchase_id
                  and d.state = 'BALANCE_PLACED';
            v_refused := v_refused || a.purchase_id;
        end if;
    end loop;
    return v_refused;
end $$;

create function order_leave_deposits(p_bkt int, p_asks jsonb, p_but bigint[]) returns void
language plpgsql as $$
begin
    update deposit d set state = 'DEPOSIT_PAID', due_at = d.balance_until, purchase_id = 0
        from jsonb_to_recordset(p_asks) as x (bkt int, purchase_id bigint, deposits bigint[])
        where not x.purchase_id = any(p_but) and d.bkt = x.bkt and d.deposit_id = any(x.deposits)
          and d.purchase_id = x.purchase_id and d.state = 'BALANCE_PLACED';
end $$;

-- Purchases with what they bring along: vouchers, coins, deposits. One of which something is not there any more is not
-- written; what was taken for it is given back. Facts and cart lines are sorted out only where some purchase is not
-- ours.

create function order_place(
    p_bkt int, p_now timestamptz, p_purchases jsonb, p_orders jsonb, p_lines jsonb, p_facts jsonb, p_taken jsonb,
        p_brought jsonb
) returns setof bigint
language plpgsql as $$
declare
    v_refused bigint[] := '{}';
    v_missing bigint[] := '{}';
    v_ours bigint[];
begin
    if jsonb_array_length(p_brought) > 0 then
        v_refused := voucher_lock(p_bkt, p_now, p_brought);
        v_missing := order_take_deposits(p_bkt, p_now, p_brought, v_refused);
    end if;
    v_ours := request_answer(p_bkt, (
        select coalesce(jsonb_agg(p), '[]') from jsonb_array_elements(p_purchases) p
        where not (p ->> 'purchase_id')::bigint = any(v_refused || v_missing)));
    if jsonb_array_length(p_brought) > 0 then
        perform voucher_unlock(p_bkt, p_now, p_brought, v_ours || v_refused);
        perform order_leave_deposits(p_bkt, p_brought, v_ours || v_refused || v_missing);
    end if;
    insert into purchase (bkt, purchase_id, member_id, hold_id, currency, total, rules_version, placed_at)
        select p.bkt, p.purchase_id, p.owner_id, p.hold_id, p.currency, p.total, p.rules_version, p_now
        from jsonb_to_recordset(p_purchases) as p (
            bkt int, purchase_id bigint, owner_id bigint, hold_id bigint, currency text, total bigint,
            rules_version bigint)
        where p.purchase_id = any(v_ours);
    insert into shop_order (bkt, order_id, purchase_id, member_id, shop_id, storefront_id, hold_id, state, version,
            currency, goods, freight, payable, commission, subsidy, tools, prepaid, rules_version, shop_names,
                address, note, placed_at, due_at)
        select o.bkt, o.order_id, o.purchase_id, o.member_id, o.shop_id, o.storefront_id, o.hold_id,
            'WAIT_BUYER_PAY', 1, o.currency, o.goods, o.freight, o.payable, o.commission, o.subsidy, o.tools,
            o.prepaid, o.rules_version, o.shop_names, o.address, o.note, p_now, o.due_at
        from jsonb_to_recordset(p_orders) as o (
            bkt int, order_id bigint, purchase_id bigint, member_id bigint, shop_id bigint, storefront_id bigint,
            hold_id bigint, currency text, goods bigint, freight bigint, payable bigint, commission bigint,
            subsidy bigint, tools jsonb, prepaid bigint, rules_version bigint, shop_names jsonb, address jsonb,
                note text, due_at timestamptz)
        where o.purchase_id = any(v_ours);
    insert into order_line (bkt, line_id, order_id, sku_id, product_id, product_version, category_id, titles,
            labels, picture, quantity, unit_price, goods, payable, cuts, commission_bps, commission, hold_id)
        select l.bkt, l.line_id, l.order_id, l.sku_id, l.product_id, l.product_version, l.category_id, l.titles,
            l.labels, l.picture, l.quantity, l.unit_price, l.goods, l.payable, l.cuts, l.commission_bps, l.commission,
                l.hold_id
        from jsonb_to_recordset(p_lines) as l (
            bkt int, purchase_id bigint, line_id bigint, order_id bigint, sku_id bigint, product_id bigint,
            product_version int, category_id bigint, titles jsonb, labels jsonb, picture text, quantity bigint,
            unit_price bigint, goods bigint, payable bigint, cuts jsonb, commission_bps int, commission bigint,
            hold_id bigint)
        where l.purchase_id = any(v_ours);
    if cardinality(v_ours) < jsonb_array_length(p_purchases) then
        p_facts := coalesce((
            select jsonb_agg(f) from jsonb_array_elements(p_facts) f
                where (f ->> 'owner_id')::bigint = any(v_ours)), '[]');
        p_taken := coalesce((
            select jsonb_agg(t) from jsonb_array_elements(p_taken) t
                where (t ->> 'purchase_id')::bigint = any(v_ours)), '[]');
    end if;
    perform fact_tell(p_bkt, p_now, p_facts);
    if jsonb_array_length(p_taken) > 0 then
        perform cart_take(p_bkt, p_taken);
    end if;
    return query select unnest(v_ours);
end $$;
