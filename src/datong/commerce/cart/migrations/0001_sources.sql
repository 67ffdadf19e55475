-- Lines that came from somewhere (a campaign, a live room, a publisher): the same SKU from two sources is two lines.
-- They have a table of their own, because the key of cart_line is what a web process of the release before writes by.

create table cart_sourced_line (
    bkt integer not null,
    owner_id bigint not null,
    sku_id bigint not null,
    source_kind text not null,
    source_ref text not null,
    source_token text not null,
    product_id bigint not null,
    quantity integer not null,
    is_ticked boolean not null,
    added_at timestamptz not null,
    constraint cart_sourced_line_pkey primary key (bkt, owner_id, sku_id, source_kind, source_ref, source_token),
    constraint cart_sourced_line_quantity check (quantity between 1 and 9999),
    constraint cart_sourced_line_source check (source_kind <> '')
);
create index cart_sourced_line_age on cart_sourced_line (added_at);

create or replace function cart_take(p_bkt int, p_taken jsonb) returns void
language plpgsql as $$
begin
    delete from cart_line c
        using jsonb_to_recordset(p_taken) as t (bkt int, owner_id bigint, sku_id bigint, source_kind text)
        where coalesce(t.source_kind, '') = '' and c.bkt = t.bkt and c.owner_id = t.owner_id and c.sku_id = t.sku_id
          and c.is_ticked;
    if p_taken @? '$[*] ? (@.source_kind != "")' then
        delete from cart_sourced_line c
            using jsonb_to_recordset(p_taken) as t (
                bkt int, owner_id bigint, sku_id bigint, source_kind text, source_ref text, source_token text)
            where c.bkt = t.bkt and c.owner_id = t.owner_id and c.sku_id = t.sku_id and c.source_kind = t.source_kind
              and c.source_ref = t.source_ref and c.source_token = t.source_token and c.is_ticked;
    end if;
end $$;
