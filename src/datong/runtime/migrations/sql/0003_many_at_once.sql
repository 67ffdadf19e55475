-- Many facts, holds and moves in one call. p_bkt is one of the buckets written; on a cluster it is all of them.

alter table hold add column owner_id bigint not null default 0;
create index hold_owner on hold (bkt, sku_id, owner_id) where state in ('HELD', 'BOUND');
drop index hold_sku;

create index fact_outbox_put_off on fact_outbox (due_at)
    where delivered_at is null and dead_at is null and due_at is not null;
drop index fact_outbox_owner;

create function fact_note(p_bkt int, p_now timestamptz, p_bkts int[], p_facts bigint[], p_reaction text)
returns setof bigint language plpgsql as $$
begin
    return query
        insert into fact_inbox as i (bkt, fact_id, reaction, done_at)
        select n.bkt, n.fact_id, p_reaction, p_now from unnest(p_bkts, p_facts) as n (bkt, fact_id)
        on conflict do nothing returning i.fact_id;
end $$;

create function fact_delivered(p_bkt int, p_now timestamptz, p_bkts int[], p_facts bigint[])
returns int language plpgsql as $$
declare
    v_count int;
begin
    update fact_outbox o set delivered_at = p_now
        from unnest(p_bkts, p_facts) as n (bkt, fact_id) where o.bkt = n.bkt and o.fact_id = n.fact_id;
    get diagnostics v_count = row_count;
    return v_count;
end $$;

-- First claims under request keys: answers the ids of those that nobody had claimed.

create function request_claim(
    p_bkt int, p_now timestamptz, p_until timestamptz, p_bkts int[], p_owners bigint[], p_keys text[],
    p_hashes bytea[], p_refs bigint[]
) returns setof bigint language plpgsql as $$
begin
    return query
        insert into request as r (bkt, actor_id, request_key, body_hash, ref_id, attempt, is_answered, lease_until,
            asked_at)
        select a.bkt, a.owner_id, a.request_key, a.body_hash, a.ref_id, 1, false, p_until, p_now
        from unnest(p_bkts, p_owners, p_keys, p_hashes, p_refs) as a (bkt, owner_id, request_key, body_hash, ref_id)
        on conflict do nothing returning r.ref_id;
end $$;

-- Locks stock rows in SKU order.

create function inventory_lock(p_bkt int, p_bkts int[], p_skus bigint[]) returns void
language plpgsql as $$
begin
    perform 1
        from (select distinct u.bkt, u.sku from unnest(p_bkts, p_skus) as u (bkt, sku) order by u.sku) as w
        cross join lateral (
            select 1 from stock s where s.bkt = w.bkt and s.sku_id = w.sku for update) as locked;
end $$;

-- Holds for many callers. If everything fits, three statements do it; else each hold is tried by itself, in turn.
-- The stock rows stay locked throughout, so what is counted here is exact. `free` is -1 where the owner's own cap
-- stands
-- in the way.

create function inventory_hold(
    p_bkt int, p_now timestamptz, p_until timestamptz, p_most int, p_holds bigint[], p_owners bigint[], p_bkts int[],
    p_skus bigint[], p_quantities bigint[]
) returns table (hold_id bigint, sku_id bigint, free bigint)
language plpgsql as $$
declare
    v_hold bigint;
    v_before bigint;
begin
    perform inventory_lock(p_bkt, p_bkts, p_skus);
    if inventory_misfit(p_bkt, p_most, p_owners, p_bkts, p_skus, p_quantities) is null then
        perform inventory_take(p_bkt, p_now, p_until, p_holds, p_owners, p_bkts, p_skus, p_quantities);
        return;
    end if;
    foreach v_hold in array p_holds loop
        continue when v_hold is not distinct from v_before;
        v_before := v_hold;
        select m.sku_id, m.free into sku_id, free
            from (select array_agg(w.owner) as owners, array_agg(w.bkt) as bkts, array_agg(w.sku) as skus,
                         array_agg(w.quantity) as quantities
                  from unnest(p_holds, p_owners, p_bkts, p_skus, p_quantities) as w (hold, owner, bkt, sku, quantity)
                  where w.hold = v_hold) as h,
                 lateral inventory_misfit(p_bkt, p_most, h.owners, h.bkts, h.skus, h.quantities) as m
            where m.sku_id is not null;
        if found then
            hold_id := v_hold;
            return next;
        else
            perform inventory_take(p_bkt, p_now, p_until, h.holds, h.owners, h.bkts, h.skus, h.quantities)
            from (select array_agg(w.hold) as holds, array_agg(w.owner) as owners, array_agg(w.bkt) as bkts,
                         array_agg(w.sku) as skus, array_agg(w.quantity) as quantities
                  from unnest(p_holds, p_owners, p_bkts, p_skus, p_quantities) as w (hold, owner, bkt, sku, quantity)
                  where w.hold = v_hold) as h;
        end if;
    end loop;
end $$;

create type inventory_shortage as (sku_id bigint, free bigint);

create function inventory_misfit(p_bkt int, p_most int, p_owners bigint[], p_bkts int[], p_skus bigint[],
    p_quantities bigint[])
returns inventory_shortage language plpgsql stable as $$
declare
    v_found inventory_shortage;
begin
    select w.sku, coalesce(s.on_hand - s.held, 0) into v_found
        from (select u.bkt, u.sku, sum(u.quantity) as quantity
              from unnest(p_bkts, p_skus, p_quantities) as u (bkt, sku, quantity) group by u.bkt, u.sku) as w
        left join stock s on s.bkt = w.bkt and s.sku_id = w.sku
        where s.sku_id is null or s.on_hand - s.held < w.quantity
        order by w.sku limit 1;
    if found then
        return v_found;
    end if;
    select w.sku, -1 into v_found
        from (select u.owner, u.bkt, u.sku, sum(u.quantity) as quantity
              from unnest(p_owners, p_bkts, p_skus, p_quantities) as u (owner, bkt, sku, quantity)
              where u.owner <> 0 group by u.owner, u.bkt, u.sku) as w
        where w.quantity + (
            select coalesce(sum(h.quantity), 0) from hold h
            where h.bkt = w.bkt and h.sku_id = w.sku and h.owner_id = w.owner and h.state in ('HELD', 'BOUND')) > p_most
        order by w.sku limit 1;
    if found then
        return v_found;
    end if;
    return null;
end $$;

create function inventory_take(
    p_bkt int, p_now timestamptz, p_until timestamptz, p_holds bigint[], p_owners bigint[], p_bkts int[],
    p_skus bigint[], p_quantities bigint[]
) returns void language plpgsql as $$
begin
    update stock s set held = s.held + t.quantity
        from (select w.bkt, w.sku, sum(w.quantity) as quantity
              from unnest(p_bkts, p_skus, p_quantities) as w (bkt, sku, quantity) group by w.bkt, w.sku) as t
        where s.bkt = t.bkt and s.sku_id = t.sku;
    insert into hold (bkt, hold_id, sku_id, owner_id, quantity, state, expires_at, changed_at)
        select w.bkt, w.hold, w.sku, w.owner, w.quantity, 'HELD', p_until, p_now
        from unnest(p_holds, p_owners, p_bkts, p_skus, p_quantities) as w (hold, owner, bkt, sku, quantity);
end $$;

-- Moves of many holds; a hold moves once, however often it is asked for. Answers the holds that are neither moved
-- nor further on: someone must look.

create function inventory_move_many(
    p_bkt int, p_now timestamptz, p_bkts int[], p_holds bigint[], p_skus bigint[], p_to text, p_from text[],
    p_further text[]
) returns setof bigint
language plpgsql as $$
begin
    perform inventory_lock(p_bkt, p_bkts, p_skus);
    if p_to <> 'BOUND' then
        update stock s set
            held = s.held - t.held,
            on_hand = s.on_hand - case when p_to = 'SOLD' then t.quantity when p_to = 'RETURNED' then -t.quantity else
                0 end,
            sold = s.sold + case when p_to = 'SOLD' then t.quantity when p_to = 'RETURNED' then -t.quantity else 0 end
            from (select h.bkt, h.sku_id, sum(h.quantity) as quantity,
                         sum(case when h.state in ('HELD', 'BOUND') then h.quantity else 0 end) as held
                  from unnest(p_bkts, p_holds, p_skus) as w (bkt, hold, sku)
                  join hold h on h.bkt = w.bkt and h.hold_id = w.hold and h.sku_id = w.sku and h.state = any(p_from)
                  group by h.bkt, h.sku_id) as t
            where s.bkt = t.bkt and s.sku_id = t.sku_id;
    end if;
    update hold h set state = p_to, expires_at = null, changed_at = p_now
        from unnest(p_bkts, p_holds, p_skus) as w (bkt, hold, sku)
        where h.bkt = w.bkt and h.hold_id = w.hold and h.sku_id = w.sku and h.state = any(p_from);
    return query
        select w.hold from unnest(p_bkts, p_holds, p_skus) as w (bkt, hold, sku)
        where not exists (
            select 1 from hold h where h.bkt = w.bkt and h.hold_id = w.hold and h.sku_id = w.sku
              and (h.state = p_to or h.state = any(p_further)));
end $$;

-- Facts, without a notification inside the transaction: it would make every commit that tells something wait for every
-- other. Whoever has told notifies afterwards.

create or replace function fact_tell(p_bkt int, p_now timestamptz, p_facts jsonb) returns void
language plpgsql as $$
begin
    insert into fact_outbox (bkt, fact_id, owner_id, kind, body, told_at)
        select f.bkt, f.fact_id, f.owner_id, f.kind, f.body, p_now
        from jsonb_to_recordset(p_facts) as f (bkt int, fact_id bigint, owner_id bigint, kind text, body jsonb);
end $$;

-- The seller's copies of many orders; an older version never overwrites a newer one.

create function order_copy(p_bkt int, p_copies jsonb) returns int
language plpgsql as $$
declare
    v_count int;
begin
    insert into seller_order as s (bkt, order_id, shop_id, purchase_id, version, state, currency, payable, pieces,
            first_line, line_count, region, city, placed_at, paid_at, ship_by, ended_at)
        select c.bkt, c.order_id, c.shop_id, c.purchase_id, c.version, c.state, c.currency, c.payable, c.pieces,
            c.first_line, c.line_count, c.region, c.city, c.placed_at, c.paid_at, c.ship_by, c.ended_at
        from jsonb_to_recordset(p_copies) as c (bkt int, order_id bigint, shop_id bigint, purchase_id bigint,
            version int, state text, currency text, payable bigint, pieces bigint, first_line jsonb, line_count int,
            region text, city text, placed_at timestamptz, paid_at timestamptz, ship_by timestamptz,
                ended_at timestamptz)
        order by c.bkt, c.order_id
        on conflict (bkt, order_id) do update set version = excluded.version, state = excluded.state,
            payable = excluded.payable, paid_at = excluded.paid_at, ship_by = excluded.ship_by,
            ended_at = excluded.ended_at
        where s.version < excluded.version;
    get diagnostics v_count = row_count;
    return v_count;
end $$;

-- A posting in one call: its entries, then the balances in account order.

create function ledger_post(
    p_bkt int, p_now timestamptz, p_posting bigint, p_currency text, p_kind text, p_ref bigint, p_entries bigint[],
    p_accounts text[], p_owners bigint[], p_amounts bigint[]
) returns void language plpgsql as $$
begin
    insert into ledger_entry (bkt, entry_id, posting_id, account, owner_id, currency, amount, kind, ref_id, posted_at)
        select p_bkt, l.entry_id, p_posting, l.account, l.owner_id, p_currency, l.amount, p_kind, p_ref, p_now
        from unnest(p_entries, p_accounts, p_owners, p_amounts) as l (entry_id, account, owner_id, amount);
    perform ledger_move(p_bkt, p_currency, p_accounts, p_owners, p_amounts);
end $$;
