-- How each line is handed over, frozen at placement, and when its receipt was proven. What was placed before, and by a
-- process of the release before, goes by parcel.

alter table order_line add column method text not null default 'parcel', add column received_at timestamptz;
-- What the clock gave back of an order because nobody collected it: a part of `refunded` that has no refund case.
alter table shop_order add column uncollected bigint not null default 0;

create or replace function order_place(
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
            currency, goods, freight, payable, commission, subsidy, tools, prepaid, rules_version, shop_names, address,
            note, placed_at, due_at)
        select o.bkt, o.order_id, o.purchase_id, o.member_id, o.shop_id, o.storefront_id, o.hold_id,
            'WAIT_BUYER_PAY', 1, o.currency, o.goods, o.freight, o.payable, o.commission, o.subsidy, o.tools, o.prepaid,
            o.rules_version, o.shop_names, o.address, o.note, p_now, o.due_at
        from jsonb_to_recordset(p_orders) as o (
            bkt int, order_id bigint, purchase_id bigint, member_id bigint, shop_id bigint, storefront_id bigint,
            hold_id bigint, currency text, goods bigint, freight bigint, payable bigint, commission bigint,
            subsidy bigint, tools jsonb, prepaid bigint, rules_version bigint, shop_names jsonb, address jsonb,
            note text, due_at timestamptz)
        where o.purchase_id = any(v_ours);
    insert into order_line (bkt, line_id, order_id, sku_id, product_id, product_version, category_id, titles,
            labels, picture, quantity, unit_price, goods, payable, cuts, commission_bps, commission, hold_id, source,
            parts, method)
        select l.bkt, l.line_id, l.order_id, l.sku_id, l.product_id, l.product_version, l.category_id, l.titles,
            l.labels, l.picture, l.quantity, l.unit_price, l.goods, l.payable, l.cuts, l.commission_bps,
            l.commission, l.hold_id,
            coalesce(l.source, '{}'), coalesce(l.parts, '[]'), coalesce(l.method, 'parcel')
        from jsonb_to_recordset(p_lines) as l (
            bkt int, purchase_id bigint, line_id bigint, order_id bigint, sku_id bigint, product_id bigint,
            product_version int, category_id bigint, titles jsonb, labels jsonb, picture text, quantity bigint,
            unit_price bigint, goods bigint, payable bigint, cuts jsonb, commission_bps int, commission bigint,
            hold_id bigint, source jsonb, parts jsonb, method text)
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
