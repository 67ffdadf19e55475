-- Orders that were paid before they had a clock for shipping, or by a process of the release before, are found by this
-- and given one.
create index shop_order_clockless on shop_order (order_id)
    where due_at is null and state in ('WAIT_SELLER_SEND_GOODS', 'SELLER_CONSIGNED_PART');
