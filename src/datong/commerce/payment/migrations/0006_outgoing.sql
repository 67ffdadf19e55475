-- Where a payout goes, frozen when it is asked for. Empty: asked for by the former release, which reads the account
-- when it sends. And how often a refund was declined, by which a new try is told from the same one.
alter table payout add column destination text not null default '';
alter table refund add column declines integer not null default 0;
