-- Which order a courier's number was used for: one number is one parcel.

create table waybill (
    bkt integer not null,
    courier text not null,
    tracking_no text not null,
    order_id bigint not null,
    kind text not null,
    claimed_at timestamptz not null,
    is_sent boolean not null default false,
    constraint waybill_pkey primary key (bkt, courier, tracking_no)
);
