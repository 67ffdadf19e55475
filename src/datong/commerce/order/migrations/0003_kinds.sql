-- The life of an order is data by its kind; what was placed before, and by a process of the release before, is goods.
alter table shop_order add column kind text not null default 'goods';
