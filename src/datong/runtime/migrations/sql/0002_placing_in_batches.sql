-- Holding stock and writing purchases, many callers a call. Each room's tables are touched by its own function.
-- p_bkt is the bucket of the first row: where every bucket has its own lane (a cluster), it is the bucket of all.

create function inventory_hold_batch(
    p_bkt int, p_now timestamptz, p_until timestamptz, p_holds bigint[], p_bkts int[], p_skus bigint[],
        p_quantities bigint[]
) returns table (hold_id bigint, sku_id bigint, free bigint)
language plpgsql as $$
declare
    v_skus bigint[];
    v_free bigint[];
    v_refused bigint[] := '{}';
    v_hold bigint;
    v_place int;
    v_first int := 1;
    v_last int;
    i int;
begin
    perform 1 from stock s
        where s.bkt = any(p_bkts) and s.sku_id = any(p_skus) order by s.sku_id for update;
    select array_agg(s.sku_id), array_agg(s.on_hand - s.held) into v_skus, v_free
        from stock s where s.bkt = any(p_bkts) and s.sku_id = any(p_skus);
    -- The lines of one hold stand together: all of them fit, or none is taken.
    while v_first <= cardinality(p_holds) loop
        v_hold := p_holds[v_first];
        v_last := v_first;
        while v_last < cardinality(p_holds) and p_holds[v_last + 1] = v_hold loop
            v_last := v_last + 1;
        end loop;
        for i in v_first..v_last loop
            v_place := array_position(v_skus, p_skus[i]);
            if v_place is null or v_free[v_place] < p_quantities[i] then
                v_refused := v_refused || v_hold;
                hold_id := v_hold;
                sku_id := p_skus[i];
                free := coalesce(v_free[v_place], 0);
                return next;
                exit;
            end if;
        end loop;
        if not v_hold = any(v_refused) then
            for i in v_first..v_last loop
                v_place := array_position(v_skus, p_skus[i]);
                v_free[v_place] := v_free[v_place] - p_quantities[i];
            end loop;
        end if;
        v_first := v_last + 1;
    end loop;
    update stock s set held = s.held + t.quantity
        from (select w.bkt, w.sku, sum(w.quantity) as quantity
              from unnest(p_holds, p_bkts, p_skus, p_quantities) as w (hold, bkt, sku, quantity)
              where not w.hold = any(v_refused) group by w.bkt, w.sku) t
        where s.bkt = t.bkt and s.sku_id = t.sku;
    insert into hold (bkt, hold_id, sku_id, quantity, state, expires_at, changed_at)
        select w.bkt, w.hold, w.sku, w.quantity, 'HELD', p_until, p_now
        from unnest(p_holds, p_bkts, p_skus, p_quantities) as w (hold, bkt, sku, quantity)
        where not w.hold = any(v_refused);
end $$;

create function request_answer(p_bkt int, p_asks jsonb) returns bigint[]
language plpgsql as $$
declare
    v_answered bigint[] := '{}';
    v_ref bigint;
begin
    for v_ref in
        update request r set is_answered = true
        from jsonb_to_recordset(p_asks) as a (bkt int, owner_id bigint, request_key text, attempt int)
        where r.bkt = a.bkt and r.actor_id = a.owner_id and r.request_key = a.request_key and r.attempt = a.attempt
          and not r.is_answered
        returning r.ref_id
    loop
        v_answered := v_answered || v_ref;
    end loop;
    return v_answered;
end $$;

create function fact_tell(p_bkt int, p_now timestamptz, p_facts jsonb) returns void
language plpgsql as $$
begin
    insert into fact_outbox (bkt, fact_id, owner_id, kind, body, told_at)
        select f.bkt, f.fact_id, f.owner_id, f.kind, f.body, p_now
        from jsonb_to_recordset(p_facts) as f (bkt int, fact_id bigint, owner_id bigint, kind text, body jsonb);
    perform pg_notify('datong_fact', '');
end $$;

create function cart_take(p_bkt int, p_taken jsonb) returns void
language plpgsql as $$
begin
    delete from cart_line c
        using jsonb_to_recordset(p_taken) as t (bkt int, owner_id bigint, sku_id bigint)
        where c.bkt = t.bkt and c.owner_id = t.owner_id and c.sku_id = t.sku_id and c.is_ticked;
end $$;

create function order_place(
    p_bkt int, p_now timestamptz, p_purchases jsonb, p_orders jsonb, p_lines jsonb, p_facts jsonb, p_taken jsonb
) returns setof bigint
language plpgsql as $$
declare
    v_ours bigint[] := request_answer(p_bkt, p_purchases);
begin
    insert into purchase (bkt, purchase_id, member_id, hold_id, currency, total, rules_version, placed_at)
        select p.bkt, p.purchase_id, p.owner_id, p.hold_id, p.currency, p.total, p.rules_version, p_now
        from jsonb_to_recordset(p_purchases) as p (
            bkt int, purchase_id bigint, owner_id bigint, hold_id bigint, currency text, total bigint,
            rules_version bigint)
        where p.purchase_id = any(v_ours);
    insert into shop_order (bkt, order_id, purchase_id, member_id, shop_id, storefront_id, hold_id, state, version,
            currency, goods, freight, payable, commission, rules_version, shop_names, address, note, placed_at, due_at)
        select o.bkt, o.order_id, o.purchase_id, o.member_id, o.shop_id, o.storefront_id, o.hold_id,
            'WAIT_BUYER_PAY', 1, o.currency, o.goods, o.freight, o.payable, o.commission, o.rules_version,
            o.shop_names, o.address, o.note, p_now, o.due_at
        from jsonb_to_recordset(p_orders) as o (
            bkt int, order_id bigint, purchase_id bigint, member_id bigint, shop_id bigint, storefront_id bigint,
            hold_id bigint, currency text, goods bigint, freight bigint, payable bigint, commission bigint,
            rules_version bigint, shop_names jsonb, address jsonb, note text, due_at timestamptz)
        where o.purchase_id = any(v_ours);
    insert into order_line (bkt, line_id, order_id, sku_id, product_id, product_version, category_id, titles,
            labels, picture, quantity, unit_price, goods, payable, cuts, commission_bps, commission)
        select l.bkt, l.line_id, l.order_id, l.sku_id, l.product_id, l.product_version, l.category_id, l.titles,
            l.labels, l.picture, l.quantity, l.unit_price, l.goods, l.payable, l.cuts, l.commission_bps, l.commission
        from jsonb_to_recordset(p_lines) as l (
            bkt int, purchase_id bigint, line_id bigint, order_id bigint, sku_id bigint, product_id bigint,
            product_version int, category_id bigint, titles jsonb, labels jsonb, picture text, quantity bigint,
            unit_price bigint, goods bigint, payable bigint, cuts jsonb, commission_bps int, commission bigint)
        where l.purchase_id = any(v_ours);
    perform fact_tell(p_bkt, p_now, coalesce((
        select jsonb_agg(f) from jsonb_array_elements(p_facts) f
            where (f ->> 'owner_id')::bigint = any(v_ours)), '[]'));
    perform cart_take(p_bkt, coalesce((
        select jsonb_agg(t) from jsonb_array_elements(p_taken) t
            where (t ->> 'purchase_id')::bigint = any(v_ours)), '[]'));
    return query select unnest(v_ours);
end $$;
