-- What a shop offered when a deposit was put down for it: price, goods, freight. Deposits of the release before, and of
-- its processes, have none.

alter table deposit add column agreed jsonb;
