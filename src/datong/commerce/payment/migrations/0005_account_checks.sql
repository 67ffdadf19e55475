-- When the account of a shop is to be handed to the provider that checks it; null: not.
alter table payout_account add column due_at timestamptz;
create index payout_account_check on payout_account (due_at) where due_at is not null;
