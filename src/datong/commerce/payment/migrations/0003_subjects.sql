-- A charge names what it pays by a kind and an id. Processes of the former release write neither: they leave the kind
-- at its default and the id empty, and read `purchase_id`, which is therefore still written for every kind.
alter table charge add column subject_kind text not null default 'purchase', add column subject_id bigint;
alter table refund add column first_settled_at timestamptz;
