-- Stock moves, one bucket a call. Stock rows are locked in SKU order before anything is read.

create function inventory_move(
    p_bkt int, p_hold_id bigint, p_skus bigint[], p_to text, p_from text[], p_now timestamptz
) returns int
language plpgsql as $$
declare
    v_moved int;
begin
    perform 1 from stock s where s.bkt = p_bkt and s.sku_id = any(p_skus) order by s.sku_id for update;
    update stock s set
        held = s.held - case when h.state in ('HELD', 'BOUND') and p_to in ('RELEASED', 'SOLD')
            then h.quantity else 0 end,
        on_hand = s.on_hand - case when p_to = 'SOLD' then h.quantity
            when p_to = 'RETURNED' then -h.quantity else 0 end,
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
