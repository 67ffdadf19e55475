-- A template that is not there cannot be claimed from; before, its empty row passed every comparison.
create or replace function voucher_claim_many(p_bkt int, p_now timestamptz, p_asks jsonb)
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
        if t.template_id is null or t.is_stopped or p_now < t.claim_from or p_now >= t.claim_until then
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
                'body', jsonb_build_object('claim_id', a.fact_id, 'template_id', a.template_id,
                    'voucher_id', a.voucher_id, 'member_id', a.member_id, 'claimed_at', p_now))));
            outcome := 'claimed';
        end if;
        return next;
    end loop;
end $$;
