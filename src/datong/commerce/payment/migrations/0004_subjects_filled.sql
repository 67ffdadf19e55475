-- In a step of its own, so that the table is not kept from readers while its rows are written.
update charge set subject_id = purchase_id where subject_id is null;
update refund set first_settled_at = coalesce(settled_at, requested_at)
    where first_settled_at is null and state = 'SUCCEEDED';
