-- Rows that break an identity of the audit, in the town of trade.py. A line `-- name` begins a plant for that check;
-- its last statement returns the subject that the audit must name. A constraint of the database that would refuse the
-- row is dropped first: the audit must see what a missing constraint would have let through.

-- ledger.postings
update ledger_entry set amount = amount + 1 where ctid = (select min(ctid) from ledger_entry where amount > 0)
    returning 'posting ' || posting_id;

-- ledger.balances
update balance set amount = amount + 1 where ctid = (select min(ctid) from balance where amount > 0)
    returning account || ' ' || owner_id;

-- ledger.balances
delete from balance where ctid = (select min(ctid) from balance where amount > 0) returning account || ' ' || owner_id;

-- ledger.balances
delete from ledger_entry where ctid = (select min(ctid) from ledger_entry where account = 'escrow')
    returning account || ' ' || owner_id;

-- ledger.sum
update balance set amount = amount + 1 where ctid = (select min(ctid) from balance) returning currency;

-- ledger.escrow
update balance set amount = amount - 1 where ctid = (select min(ctid) from balance
    where account = 'escrow' and amount > 0) returning 'order ' || owner_id;

-- ledger.escrow
delete from balance where ctid = (select min(ctid) from balance where account = 'escrow' and amount > 0)
    returning 'order ' || owner_id;

-- ledger.escrow
update balance set amount = 1 where account = 'escrow' and owner_id = (select min(order_id) from shop_order
    where state = 'TRADE_FINISHED') returning 'order ' || owner_id;

-- ledger.escrow
update shop_order set state = 'TRADE_CLOSED' where ctid = (select min(ctid) from shop_order
    where state = 'WAIT_SELLER_SEND_GOODS') returning 'order ' || order_id;

-- ledger.transit
update balance set amount = amount + 1 where ctid = (select min(ctid) from balance where account = 'shop_transit')
    returning 'shop ' || owner_id;

-- ledger.transit
update fact_outbox f set delivered_at = null
    where kind = 'OrderFinished' and fact_id = (select min(fact_id) from fact_outbox where kind = 'OrderFinished');
delete from fact_inbox
    where reaction like 'commerce.payment.reactions.%' and fact_id = (select min(fact_id) from fact_outbox
    where kind = 'OrderFinished');
select 'shop ' || (body ->> 'shop_id') from fact_outbox where kind = 'OrderFinished' order by fact_id limit 1;

-- ledger.transit
delete from balance where account = 'shop_transit';
update fact_outbox set delivered_at = null where fact_id = (select min(fact_id) from fact_outbox
    where kind = 'OrderFinished');
delete from fact_inbox where fact_id = (select min(fact_id) from fact_outbox where kind = 'OrderFinished');
select 'shop ' || (body ->> 'shop_id') from fact_outbox where kind = 'OrderFinished' order by fact_id limit 1;

-- ledger.presale
update balance set amount = amount - 1 where account = 'presale' and amount > 0 returning 'deposit ' || owner_id;

-- ledger.presale
delete from balance where account = 'presale' returning 'deposit ' || owner_id;

-- ledger.presale
update deposit set state = 'DONE' where state = 'DEPOSIT_PAID' returning 'deposit ' || deposit_id;

-- ledger.unapplied
update balance set amount = 1 where ctid = (select min(ctid) from balance where account = 'unapplied')
    returning 'charge ' || owner_id;

-- ledger.refunds
update refund set state = 'SENT' where ctid = (select min(ctid) from refund where state = 'SUCCEEDED')
    returning 'refund ' || refund_id;

-- ledger.refunds
update balance set amount = 1 where account = 'refund_due' and owner_id = (select min(refund_id) from refund)
    returning 'refund ' || owner_id;

-- ledger.refunds
insert into balance (bkt, account, owner_id, currency, amount) values (5, 'refund_due', 5, 'CNY', 7)
    returning 'refund ' || owner_id;

-- ledger.payouts
update payout set state = 'SENT' where state = 'PAID' returning 'payout ' || payout_id;

-- ledger.payouts
update balance set amount = 1 where account = 'payout_due' returning 'payout ' || owner_id;

-- ledger.payouts
insert into balance (bkt, account, owner_id, currency, amount) values (5, 'payout_due', 5, 'CNY', 7)
    returning 'payout ' || owner_id;

-- charge.parts
update charge_part set amount = amount + 1 where ctid = (select min(ctid) from charge_part)
    returning 'charge ' || charge_id;

-- charge.parts
delete from charge_part where ctid = (select min(ctid) from charge_part) returning 'charge ' || charge_id;

-- ledger.subsidy
update balance set amount = amount - 1 where account = 'subsidy' and amount < 0 returning 'currency ' || currency;

-- ledger.subsidy
update shop_order set subsidy_undone = subsidy where state = 'TRADE_FINISHED' returning 'currency ' || currency;

-- ledger.subsidy
delete from balance where account = 'subsidy' returning 'currency ' || currency;

-- order.lines
update shop_order set freight = freight + 1 where ctid = (select min(ctid) from shop_order)
    returning 'order ' || order_id;

-- order.lines
update shop_order set goods = goods + 1 where ctid = (select min(ctid) from shop_order) returning 'order ' || order_id;

-- order.lines
update shop_order set commission = commission + 1 where ctid = (select min(ctid) from shop_order)
    returning 'order ' || order_id;

-- order.lines
delete from order_line where ctid = (select min(ctid) from order_line) returning 'order ' || order_id;

-- order.purchases
update purchase set total = total + 1 where ctid = (select min(ctid) from purchase)
    returning 'purchase ' || purchase_id;

-- order.purchases
delete from shop_order where ctid = (select min(ctid) from shop_order) returning 'purchase ' || purchase_id;

-- order.cuts
update order_line set cuts = '[]' where ctid = (select min(ctid) from order_line where payable < goods)
    returning 'line ' || line_id;

-- order.cuts
update order_line set payable = payable - 1 where ctid = (select min(ctid) from order_line)
    returning 'line ' || line_id;

-- order.paid
update shop_order set paid_at = null where ctid = (select min(ctid) from shop_order where paid_at is not null)
    returning 'order ' || order_id;

-- order.paid
update shop_order set paid_at = placed_at where ctid = (select min(ctid) from shop_order where paid_at is null)
    returning 'order ' || order_id;

-- stock.holds
update stock set held = held + 1 where ctid = (select ctid from stock order by sku_id limit 1)
    returning 'sku ' || sku_id;

-- stock.holds
update stock set sold = sold + 1, on_hand = on_hand - 1 where ctid = (select ctid from stock order by sku_id limit 1)
    returning 'sku ' || sku_id;

-- stock.holds
update hold set quantity = quantity + 1 where ctid = (
    select ctid from hold where state = 'BOUND' order by hold_id, sku_id limit 1)
    returning 'sku ' || sku_id;

-- stock.received
update stock_entry set quantity = quantity + 1 where ctid = (select min(ctid) from stock_entry)
    returning 'sku ' || sku_id;

-- stock.received
alter table stock drop constraint stock_constant;
update stock set on_hand = on_hand + 1 where ctid = (select ctid from stock order by sku_id limit 1)
    returning 'sku ' || sku_id;

-- stock.orders
update hold set quantity = quantity + 1 where ctid = (select min(ctid) from hold where state = 'SOLD')
    returning 'sku ' || sku_id;

-- stock.orders
update hold set state = 'RETURNED' where ctid = (select min(ctid) from hold where state = 'SOLD')
    returning 'sku ' || sku_id;

-- stock.orders
update order_line set stock_fate = 'RESTOCKED'
    where ctid = (select min(l.ctid) from order_line l join shop_order o using (bkt, order_id)
    where o.state = 'TRADE_FINISHED') returning 'sku ' || sku_id;

-- order.copies
update seller_order set version = version - 1 where ctid = (select min(ctid) from seller_order)
    returning 'order ' || order_id;

-- order.copies
delete from seller_order where ctid = (select min(ctid) from seller_order) returning 'order ' || order_id;

-- promotion.counts
update promotion set committed = committed - 1 where ctid = (select min(ctid) from promotion where committed > 0)
    returning 'promotion ' || promotion_id;

-- promotion.counts
update promotion set used = used + 1 where ctid = (select min(ctid) from promotion where used > 0)
    returning 'promotion ' || promotion_id;

-- promotion.counts
alter table promotion drop constraint promotion_budget;
update promotion set budget = committed - 1 where ctid = (select min(ctid) from promotion where committed > 0)
    returning 'promotion ' || promotion_id;

-- promotion.counts
alter table promotion drop constraint promotion_limit;
update promotion set limit_uses = used - 1 where ctid = (select min(ctid) from promotion where used > 1)
    returning 'promotion ' || promotion_id;

-- voucher.counts
update voucher_template set claimed = claimed + 1 where claimed > 0 returning 'template ' || template_id;

-- voucher.counts
delete from voucher_claim returning 'template ' || template_id;

-- voucher.counts
delete from voucher returning 'template ' || template_id;

-- voucher.counts
update voucher set member_id = 1 returning 'template ' || template_id;

-- voucher.locks
update voucher set purchase_id = 1 where state in ('LOCKED', 'USED') returning 'voucher ' || voucher_id;

-- voucher.locks
update shop_order o set state = 'TRADE_CLOSED' from voucher v where o.purchase_id = v.purchase_id
    returning 'voucher ' || voucher_id;

-- voucher.locks
update shop_order o set tools = '{}' from voucher v where o.purchase_id = v.purchase_id
    returning 'voucher ' || voucher_id;

-- coins.sum
update coin_account set balance = balance + 1 returning 'member ' || member_id;

-- coins.sum
insert into coin_entry (bkt, member_id, reason, ref_id, amount, entered_at) values (5, 5, 'gift', 1, 3, now())
    returning 'member ' || member_id;

-- coins.sum
update coin_entry set amount = amount + 1 where amount > 0 returning 'member ' || member_id;

-- order.subsidy
update shop_order set subsidy = subsidy + 1 where ctid = (select min(ctid) from shop_order)
    returning 'order ' || order_id;

-- order.subsidy
update order_line set cuts = '[]' where ctid = (select min(ctid) from order_line) returning 'order ' || order_id;

-- refund.lines
update order_line set refunded = refunded - 1
    where ctid = (select min(l.ctid) from order_line l join refund_case c using (bkt, line_id)
    where l.refunded > 0 and c.paid_back > 0);
update shop_order set freight = 0 where refunded > 0 and freight > 0;
select 'order ' || order_id from refund_case where paid_back > 0;

-- refund.lines
update shop_order set refunded = 1 where ctid = (select min(ctid) from shop_order where refunded > 0)
    returning 'order ' || order_id;

-- refund.cases
update refund_case set paid_back = paid_back - 1 where paid_back > 0 returning 'order ' || order_id;

-- refund.cases
update shop_order set open_cases = open_cases + 1 where ctid = (select min(ctid) from shop_order)
    returning 'order ' || order_id;

-- refund.cases
delete from refund_case where ctid = (select min(ctid) from refund_case where ended_at is null)
    returning 'order ' || order_id;

-- refund.paid
update refund set amount = amount + 1 where case_id <> 0 and not is_extra returning 'case ' || case_id;

-- refund.paid
delete from refund where case_id <> 0 and not is_extra returning 'case ' || case_id;

-- refund.paid
update refund set case_id = 5 where ctid = (select min(ctid) from refund where case_id = 0 and not is_extra)
    returning 'case ' || case_id;

-- refund.clocks
update refund_case set due_at = null where ctid = (select min(ctid) from refund_case where due_at is not null)
    returning 'case ' || case_id;

-- refund.clocks
delete from dispute where cs_status in (3, 10) returning 'case ' || case_id;

-- refund.copies
update seller_case set version = version - 1 where ctid = (select min(ctid) from seller_case)
    returning 'case ' || case_id;

-- refund.copies
delete from seller_case where ctid = (select min(ctid) from seller_case) returning 'case ' || case_id;

-- ledger.goodwill
update dispute set goodwill = goodwill + 1 where goodwill > 0 returning 'goodwill';

-- ledger.goodwill
update goodwill_month set spent = spent - 1 returning 'goodwill';

-- ledger.goodwill
delete from balance where account = 'goodwill' returning 'goodwill';

-- review.copies
update product_review set version = version - 1 returning 'review ' || review_id;

-- review.copies
delete from product_review returning 'review ' || review_id;

-- review.counts
update product_rating set good = good + 1 returning 'product ' || product_id;

-- review.counts
update product_rating set neutral = neutral + 1 returning 'product ' || product_id;

-- review.counts
update product_rating set bad = bad + 1 returning 'product ' || product_id;

-- review.counts
update product_rating set with_pictures = with_pictures + 1 returning 'product ' || product_id;

-- review.counts
delete from product_rating returning 'product ' || product_id;

-- review.counts
update product_review set is_shown = false returning 'product ' || product_id;

-- review.credit
update credit set total = total + 1 where owner_id in (select shop_id from shop) returning 'shop ' || owner_id;

-- review.credit
update credit set good = good + 1 where owner_id in (select shop_id from shop) returning 'shop ' || owner_id;

-- review.credit
update credit set neutral = neutral + 1 where owner_id in (select shop_id from shop) returning 'shop ' || owner_id;

-- review.credit
update credit set bad = bad + 1 where owner_id in (select shop_id from shop) returning 'shop ' || owner_id;

-- review.credit
delete from credit where owner_id in (select shop_id from shop) returning 'shop ' || owner_id;

-- review.credit
insert into credit (bkt, owner_id, total, good, neutral, bad) values (5, 5, 1, 1, 0, 0) returning 'shop ' || owner_id;

-- review.buyers
update credit set good = good + 1 where owner_id in (select member_id from order_rating)
    returning 'member ' || owner_id;

-- review.buyers
update credit set neutral = neutral + 1 where owner_id in (select member_id from order_rating)
    returning 'member ' || owner_id;

-- review.buyers
update credit set bad = bad + 1 where owner_id in (select member_id from order_rating) returning 'member ' || owner_id;

-- review.buyers
delete from credit where owner_id in (select member_id from order_rating) returning 'member ' || owner_id;

-- review.dsr
update shop_dsr set description = description - 1 returning 'shop ' || shop_id;

-- review.dsr
update shop_dsr set service = service - 1 returning 'shop ' || shop_id;

-- review.dsr
update shop_dsr set logistics = logistics - 1 returning 'shop ' || shop_id;

-- review.dsr
update shop_dsr set ratings = 0 returning 'shop ' || shop_id;

-- review.dsr
update shop_dsr set as_of = as_of - 2 returning 'shop ' || shop_id;

-- review.dsr
update shop_dsr set since = as_of returning 'shop ' || shop_id;

-- review.dsr
update dsr_rating set is_counted = false returning 'shop ' || shop_id;

-- chat.words
delete from chat_message where seq = 1 returning 'chat ' || chat_id;

-- chat.words
update chat_message set seq = 3 where seq = 2 returning 'chat ' || chat_id;

-- chat.words
update chat set last_seq = last_seq + 1 returning 'chat ' || chat_id;

-- chat.copies
update shop_chat set version = version - 1 returning 'chat ' || chat_id;

-- chat.copies
delete from shop_chat returning 'chat ' || chat_id;

-- import.rows
update goods_import set total = total + 1 returning 'import ' || import_id;

-- import.rows
update goods_import set refused = 0 returning 'import ' || import_id;

-- import.rows
update goods_import_row set outcome = 'waiting' where outcome = 'new' returning 'import ' || import_id;

-- import.rows
update goods_import_row set outcome = 'waiting' where outcome = 'new';
update goods_import set done = done - 1 returning 'import ' || import_id;

-- import.rows
update goods_import set total = 0, done = 0, refused = 0 returning 'import ' || import_id;

-- facts.dead
update fact_outbox set dead_at = told_at, reason = 'no' where ctid = (select min(ctid) from fact_outbox)
    returning kind || ' ' || fact_id;

-- facts.late
update fact_outbox set delivered_at = null where ctid = (select min(ctid) from fact_outbox)
    returning kind || ' ' || fact_id;

-- timers.orders
update shop_order set due_at = placed_at - interval '1 hour' where ctid = (select min(ctid) from shop_order
    where due_at is not null) returning 'order ' || order_id;

-- timers.cases
update refund_case set due_at = opened_at - interval '1 hour' where ctid = (select min(ctid) from refund_case
    where due_at is not null) returning 'case ' || case_id;

-- timers.cases
update dispute set cs_status = 8, due_at = opened_at - interval '1 hour' where ctid = (select min(ctid) from dispute)
    returning 'dispute of case ' || case_id;

-- timers.cases
update dispute set cs_status = 9, due_at = opened_at - interval '1 hour' where ctid = (select min(ctid) from dispute)
    returning 'dispute of case ' || case_id;

-- timers.cases
update dispute set cs_status = 10, due_at = opened_at - interval '1 hour' where ctid = (select min(ctid) from dispute)
    returning 'dispute of case ' || case_id;

-- timers.ratings
update order_rating set due_at = finished_at - interval '1 hour' returning 'ratings of order ' || order_id;

-- order.parts
update order_line set parts = '[{"name": "x", "account": "x", "payee_id": 1, "base": 1, "rate_bps": 1, "amount": 7,
    "version": 1}]' where ctid = (select min(l.ctid) from order_line l join shop_order o on o.order_id = l.order_id
    where o.state = 'TRADE_FINISHED') returning 'order ' || order_id;

-- order.parts
update ledger_entry set account = 'publisher_due' where ctid = (select min(ctid) from ledger_entry
    where kind = 'order_finished' and account = 'shop_transit') returning 'order ' || ref_id;

-- order.clocks
update shop_order set due_at = null, paid_at = paid_at - interval '1 hour' where ctid =
    (select min(ctid) from shop_order where state = 'WAIT_SELLER_SEND_GOODS') returning 'order ' || order_id;

-- order.clocks
update shop_order set open_cases = 0, paid_at = paid_at - interval '1 hour' where ctid =
    (select min(ctid) from shop_order where paused_at is not null)
    returning 'order ' || order_id;

-- qualification.flagship
insert into qualification (bkt, qualification_id, shop_id, kind, brand_id, level, mark, number, valid_from, paper_ids,
    state, sole_storefront_id, applied_by, applied_at, decided_at)
    select 1, n * 4096 + 1, n, 'brand', 7, 'own', 'R', '1', now(), '[]', 'APPROVED', 2, 1, now(), now()
    from generate_series(1, 2) n;
select 'brand 7';

-- qualification.decided
insert into qualification (bkt, qualification_id, shop_id, kind, brand_id, level, mark, number, valid_from, valid_until,
    paper_ids, state, applied_by, applied_at, decided_at)
    values (1, 4097, 1, 'food', 0, '', '', '1', now(), now() + interval '1 day', '[]', 'APPROVED', 1, now(), now())
    returning 'qualification ' || qualification_id;

-- qualification.decided
insert into qualification (bkt, qualification_id, shop_id, kind, brand_id, level, mark, number, valid_from, paper_ids,
    state, applied_by, applied_at)
    values (1, 4097, 1, 'food', 0, '', '', '1', now(), '[]', 'APPROVED', 1, now())
    returning 'qualification ' || qualification_id;

-- timers.cases
update dispute set cs_status = 3, due_at = opened_at - interval '1 hour' where ctid = (select min(ctid) from dispute)
    returning 'dispute of case ' || case_id;

-- timers.cases
update dispute set cs_status = 11, due_at = opened_at - interval '1 hour' where ctid = (select min(ctid) from dispute)
    returning 'dispute of case ' || case_id;

-- ledger.deposits
update shop set deposit_paid = deposit_paid + 1 where ctid = (select min(ctid) from shop where deposit_paid > 0)
    returning 'shop ' || shop_id;
