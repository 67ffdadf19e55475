-- Stock moves, one bucket a call. Stock rows are locked in SKU order before anything is read.

create function inventory_hold(
    p_bkt int, p_hold_id bigint, p_now timestamptz, p_until timestamptz, p_skus bigint[], p_quantities bigint[]
) returns table (sku_id bigint, free bigint)
language plpgsql as $$
begin
    perform 1 from stock s where s.bkt = p_bkt and s.sku_id = any(p_skus) order by s.sku_id for update;
    return query
        select w.sku, coalesce(s.on_hand - s.held, 0)
        from unnest(p_skus, p_quantities) as w (sku, quantity)
        left join stock s on s.bkt = p_bkt and s.sku_id = w.sku
        left join hold h on h.bkt = p_bkt and h.hold_id = p_hold_id and h.sku_id = w.sku
        where (h.state is null or h.state = 'RELEASED') and coalesce(s.on_hand - s.held, 0) < w.quantity
        order by w.sku;
    if found then
        return;
    end if;
    update stock s set held = s.held + w.quantity
        from unnest(p_skus, p_quantities) as w (sku, quantity)
        where s.bkt = p_bkt and s.sku_id = w.sku and not exists (
            select 1 from hold h
            where h.bkt = p_bkt and h.hold_id = p_hold_id and h.sku_id = w.sku and h.state <> 'RELEASED');
    insert into hold as h (bkt, hold_id, sku_id, quantity, state, expires_at, changed_at)
        select p_bkt, p_hold_id, w.sku, w.quantity, 'HELD', p_until, p_now
        from unnest(p_skus, p_quantities) as w (sku, quantity) order by w.sku
        on conflict on constraint hold_pkey do update
            set state = 'HELD', quantity = excluded.quantity, expires_at = p_until, changed_at = p_now
            where h.state = 'RELEASED';
end $$;

create function inventory_move(
    p_bkt int, p_hold_id bigint, p_skus bigint[], p_to text, p_from text[], p_now timestamptz
) returns int
language plpgsql as $$
declare
    v_moved int;
begin
    perform 1 from stock s where s.bkt = p_bkt and s.sku_id = any(p_skus) order by s.sku_id for update;
    update stock s set
        held = s.held - case when h.state in ('HELD', 'BOUND') and p_to in ('RELEASED', 'SOLD') then h.quantity else 0 end,
        on_hand = s.on_hand - case when p_to = 'SOLD' then h.quantity when p_to = 'RETURNED' then -h.quantity else 0 end,
        sold = s.sold + case when p_to = 'SOLD' then h.quantity when p_to = 'RETURNED' then -h.quantity else 0 end
        from hold h
        where h.bkt = p_bkt and h.hold_id = p_hold_id and h.sku_id = any(p_skus) and h.state = any(p_from)
          and s.bkt = p_bkt and s.sku_id = h.sku_id and p_to <> 'BOUND';
    update hold h set state = p_to, expires_at = null, changed_at = p_now
        where h.bkt = p_bkt and h.hold_id = p_hold_id and h.sku_id = any(p_skus) and h.state = any(p_from);
    get diagnostics v_moved = row_count;
    return v_moved;
end $$;

-- Balances move in account order, so that two postings of one bucket never wait for each other crosswise.

create function ledger_move(p_bkt int, p_currency text, p_accounts text[], p_owners bigint[], p_amounts bigint[])
returns void language plpgsql as $$
declare
    r record;
begin
    for r in
        select * from unnest(p_accounts, p_owners, p_amounts) as l (account, owner_id, amount)
        order by l.account, l.owner_id
    loop
        update balance set amount = amount + r.amount
            where bkt = p_bkt and account = r.account and owner_id = r.owner_id and currency = p_currency;
        if not found then
            insert into balance as b (bkt, account, owner_id, currency, amount)
                values (p_bkt, r.account, r.owner_id, p_currency, r.amount)
                on conflict on constraint balance_pkey do update set amount = b.amount + excluded.amount;
        end if;
    end loop;
end $$;
