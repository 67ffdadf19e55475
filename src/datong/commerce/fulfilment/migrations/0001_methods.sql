-- What is handed over otherwise than in a parcel, and the contents that digital goods are delivered from.

create table handover (
    bkt integer not null,
    handover_id bigint not null,
    order_id bigint not null,
    shop_id bigint not null,
    member_id bigint not null,
    method text not null,
    words jsonb not null,
    code text not null,
    tries integer not null default 0,
    made_at timestamptz not null,
    received_at timestamptz,
    constraint handover_pkey primary key (bkt, handover_id),
    constraint handover_tries check (tries >= 0)
);
create index handover_order on handover (bkt, order_id);

create table digital_item (
    bkt integer not null,
    item_id bigint not null,
    shop_id bigint not null,
    sku_id bigint not null,
    content text not null,
    is_reusable boolean not null,
    line_id bigint not null default 0,
    added_at timestamptz not null,
    constraint digital_item_pkey primary key (bkt, item_id),
    constraint digital_item_used check (not is_reusable or line_id = 0)
);
create index digital_item_free on digital_item (bkt, sku_id, item_id) where line_id = 0;
create index digital_item_line on digital_item (bkt, line_id) where line_id <> 0;

create table digital_wait (
    bkt integer not null,
    line_id bigint not null,
    order_id bigint not null,
    purchase_id bigint not null,
    shop_id bigint not null,
    sku_id bigint not null,
    quantity bigint not null,
    since timestamptz not null,
    constraint digital_wait_pkey primary key (bkt, line_id),
    constraint digital_wait_quantity check (quantity > 0)
);
create index digital_wait_sku on digital_wait (bkt, sku_id, line_id);
