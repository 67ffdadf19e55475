-- Claims of vouchers, one template's row locked at a time, in order of their ids; each answers for itself.

create function voucher_claim_many(p_bkt int, p_now timestamptz, p_asks jsonb)
returns table (voucher_id bigint, outcome text) language plpgsql as $$
declare
    a record;
    t voucher_template;
    v_has int;
begin
    for a in
        select x.* from jsonb_to_recordset(p_asks)
            as x (bkt int, template_id bigint, member_id bigint, voucher_id bigint, fact_id bigint)
        order by x.template_id, x.voucher_id
    loop
        voucher_id := a.voucher_id;
        select * into t from voucher_template v where v.bkt = a.bkt and v.template_id = a.template_id for update;
        select count(*) into v_has from voucher_claim c
            where c.bkt = a.bkt and c.template_id = a.template_id and c.member_id = a.member_id;
        if t.is_stopped or p_now < t.claim_from or p_now >= t.claim_until then
            outcome := 'not_claimable';
        elsif v_has >= t.per_member then
            outcome := t.per_member::text;
        elsif t.claimed >= t.total then
            outcome := 'all_claimed';
        else
            update voucher_template v set claimed = v.claimed + 1 where v.bkt = a.bkt and v.template_id = a.template_id;
            insert into voucher_claim (bkt, template_id, member_id, nth, voucher_id, claimed_at)
                values (a.bkt, a.template_id, a.member_id, v_has + 1, a.voucher_id, p_now);
            perform fact_tell(a.bkt, p_now, jsonb_build_array(jsonb_build_object(
                'bkt', a.bkt, 'fact_id', a.fact_id, 'owner_id', a.fact_id, 'kind', 'VoucherClaimed',
                'body', jsonb_build_object('claim_id', a.fact_id, 'template_id', a.template_id, 'voucher_id',
                    a.voucher_id, 'member_id', a.member_id, 'claimed_at', p_now))));
            outcome := 'claimed';
        end if;
        return next;
    end loop;
end $$;

create function voucher_grant(p_bkt int, p_now timestamptz, p_grants jsonb) returns int
language plpgsql as $$
declare
    v_count int;
begin
    insert into voucher (bkt, voucher_id, member_id, template_id, owner_id, version, kind, titles, terms, valid_from,
            valid_until, state, changed_at)
        select g.bkt, g.voucher_id, g.member_id, g.template_id, g.owner_id, g.version, g.kind, g.titles, g.terms,
            g.valid_from, g.valid_until, 'CLAIMED', p_now
        from jsonb_to_recordset(p_grants) as g (bkt int, voucher_id bigint, member_id bigint, template_id bigint,
            owner_id bigint, version int, kind text, titles jsonb, terms jsonb, valid_from timestamptz,
            valid_until timestamptz)
        on conflict do nothing;
    get diagnostics v_count = row_count;
    return v_count;
end $$;

-- Coins of one member; false if this reason and reference were entered before. Overdrawing is refused by the table.

create function coin_enter(p_bkt int, p_now timestamptz, p_member bigint, p_amount bigint, p_reason text, p_ref bigint)
returns boolean language plpgsql as $$
begin
    insert into coin_entry (bkt, member_id, reason, ref_id, amount, entered_at)
        values (p_bkt, p_member, p_reason, p_ref, p_amount, p_now) on conflict do nothing;
    if not found then
        return false;
    end if;
    insert into coin_account as c (bkt, member_id, balance) values (p_bkt, p_member, greatest(p_amount, 0))
        on conflict (bkt, member_id) do update set balance = c.balance + p_amount;
    return true;
end $$;

-- What purchases bring along: vouchers that must still be free, coins that must be there. Answers the purchases of
-- which
-- something is not; nothing of those is taken.

create function voucher_lock(p_bkt int, p_now timestamptz, p_asks jsonb) returns bigint[]
language plpgsql as $$
declare
    a record;
    v_refused bigint[] := '{}';
    v_locked int;
    v_has bigint;
begin
    for a in
        select * from jsonb_to_recordset(p_asks)
            as x (bkt int, purchase_id bigint, owner_id bigint, vouchers bigint[], coins bigint)
        order by x.owner_id, x.purchase_id
    loop
        update voucher v set state = 'LOCKED', purchase_id = a.purchase_id, changed_at = p_now
            where v.bkt = a.bkt and v.voucher_id = any(a.vouchers) and v.member_id = a.owner_id and v.state = 'CLAIMED'
              and v.valid_from <= p_now and v.valid_until > p_now;
        get diagnostics v_locked = row_count;
        select c.balance into v_has from coin_account c where c.bkt = a.bkt and c.member_id = a.owner_id for update;
        if v_locked < cardinality(a.vouchers) or coalesce(v_has, 0) < a.coins then
            update voucher v set state = 'CLAIMED', purchase_id = 0 where v.bkt = a.bkt
                and v.voucher_id = any(a.vouchers) and v.purchase_id = a.purchase_id;
            v_refused := v_refused || a.purchase_id;
        elsif a.coins > 0 then
            perform coin_enter(a.bkt, p_now, a.owner_id, -a.coins, 'spent', a.purchase_id);
        end if;
    end loop;
    return v_refused;
end $$;

-- Uses of limited promotions for one purchase: all of them, or none and the promotion that stands in the way.

create function promotion_spend(
    p_bkt int, p_now timestamptz, p_until timestamptz, p_purchase bigint, p_member bigint, p_uses jsonb
) returns setof bigint language plpgsql as $$
declare
    u record;
    p promotion;
    v_mine bigint;
begin
    perform 1 from (select distinct x.bkt, x.promotion_id from jsonb_to_recordset(p_uses)
            as x (bkt int, promotion_id bigint) order by x.promotion_id) as w
        cross join lateral (
            select 1 from promotion l where l.bkt = w.bkt and l.promotion_id = w.promotion_id for update) as locked;
    for u in
        select x.bkt, x.promotion_id, sum(x.amount) as amount, sum(x.uses) as uses
        from jsonb_to_recordset(p_uses) as x (bkt int, promotion_id bigint, amount bigint, uses bigint)
        group by x.bkt, x.promotion_id order by x.promotion_id
    loop
        select * into p from promotion l where l.bkt = u.bkt and l.promotion_id = u.promotion_id;
        select coalesce(sum(m.uses), 0) into v_mine from promotion_use m
            where m.bkt = u.bkt and m.promotion_id = u.promotion_id and m.member_id = p_member
              and m.state in ('HELD', 'KEPT');
        if p.state <> 'LIVE' or p_now >= p.ends_at or (p.budget > 0 and p.committed + u.amount > p.budget)
            or (p.limit_uses > 0 and p.used + u.uses > p.limit_uses)
            or (p.per_buyer > 0 and v_mine + u.uses > p.per_buyer) then
            return next u.promotion_id;
            return;
        end if;
    end loop;
    insert into promotion_use (bkt, promotion_id, purchase_id, shop_id, member_id, amount, uses, state, expires_at,
        changed_at)
        select x.bkt, x.promotion_id, p_purchase, x.shop_id, p_member, x.amount, x.uses, 'HELD', p_until, p_now
        from jsonb_to_recordset(p_uses) as x (bkt int, promotion_id bigint, shop_id bigint, amount bigint, uses bigint)
        on conflict (bkt, promotion_id, purchase_id, shop_id) do update set amount = excluded.amount,
            uses = excluded.uses, state = 'HELD', expires_at = p_until, changed_at = p_now;
    update promotion t set committed = t.committed + x.amount, used = t.used + x.uses
        from (select y.bkt, y.promotion_id, sum(y.amount) as amount, sum(y.uses) as uses from jsonb_to_recordset(p_uses)
                as y (bkt int, promotion_id bigint, amount bigint, uses bigint) group by y.bkt, y.promotion_id) as x
        where t.bkt = x.bkt and t.promotion_id = x.promotion_id;
end $$;

create function promotion_keep(p_bkt int, p_now timestamptz, p_bkts int[], p_purchases bigint[]) returns setof bigint
language plpgsql as $$
begin
    return query
        update promotion_use m set state = 'KEPT', expires_at = null, changed_at = p_now
        from unnest(p_bkts, p_purchases) as w (in_bkt, purchase)
        where m.bkt = w.in_bkt and m.purchase_id = w.purchase and m.state = 'HELD' returning m.promotion_id;
end $$;

-- Uses that are free again: of a whole purchase, or (shop not 0) of one shop's order.

create function promotion_let_go(
    p_bkt int, p_now timestamptz, p_bkts int[], p_purchases bigint[], p_shops bigint[], p_from text[]
) returns setof bigint language plpgsql as $$
declare
    u record;
begin
    for u in
        select m.bkt, m.promotion_id, m.purchase_id, m.shop_id
        from unnest(p_bkts, p_purchases, p_shops) as w (in_bkt, purchase, shop)
        join promotion_use m on m.bkt = w.in_bkt and m.purchase_id = w.purchase and (w.shop = 0 or m.shop_id = w.shop)
            and m.state = any(p_from)
        order by m.promotion_id
    loop
        perform 1 from promotion l where l.bkt = u.bkt and l.promotion_id = u.promotion_id for update;
        update promotion t set committed = t.committed - m.amount, used = t.used - m.uses
            from promotion_use m
            where m.bkt = u.bkt and m.promotion_id = u.promotion_id and m.purchase_id = u.purchase_id
              and m.shop_id = u.shop_id and m.state = any(p_from) and t.bkt = m.bkt and t.promotion_id = m.promotion_id;
        update promotion_use m set state = 'RELEASED', expires_at = null, changed_at = p_now
            where m.bkt = u.bkt and m.promotion_id = u.promotion_id and m.purchase_id = u.purchase_id
              and m.shop_id = u.shop_id and m.state = any(p_from);
        return next u.promotion_id;
    end loop;
end $$;

-- What was locked for purchases that turned out not to be ours is free again.

create function voucher_unlock(p_bkt int, p_now timestamptz, p_asks jsonb, p_but bigint[]) returns void
language plpgsql as $$
declare
    a record;
begin
    for a in
        select * from jsonb_to_recordset(p_asks)
            as x (bkt int, purchase_id bigint, owner_id bigint, vouchers bigint[], coins bigint)
        where not x.purchase_id = any(p_but)
    loop
        update voucher v set state = 'CLAIMED', purchase_id = 0, changed_at = p_now
            where v.bkt = a.bkt and v.voucher_id = any(a.vouchers) and v.purchase_id = a.purchase_id
                and v.state = 'LOCKED';
        delete from coin_entry e where e.bkt = a.bkt and e.member_id = a.owner_id and e.reason = 'spent'
            and e.ref_id = a.purchase_id;
        if found then
            update coin_account c set balance = c.balance + a.coins where c.bkt = a.bkt and c.member_id = a.owner_id;
        end if;
    end loop;
end $$;
