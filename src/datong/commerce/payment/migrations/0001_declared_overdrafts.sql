-- Which accounts may go below zero is declared by the rooms; the function is written anew when a declaration changes.

create function ledger_may_overdraw(p_account text) returns boolean
language sql immutable parallel safe as $$
    select p_account in ('bank', 'gateway', 'goodwill', 'shop_balance', 'shop_transit', 'subsidy')
$$;

alter table balance drop constraint balance_not_overdrawn;
alter table balance add constraint balance_not_overdrawn
    check (amount >= 0 or ledger_may_overdraw(account)) not valid;
