-- How a product reaches its buyer; what was published before, and by a process of the release before, goes by parcel.
alter table product add column method text not null default 'parcel';
