CREATE TABLE vertical (
    vertical_id BIGSERIAL NOT NULL,
    code TEXT NOT NULL,
    names JSONB NOT NULL,
    emblem TEXT NOT NULL,
    CONSTRAINT vertical_pkey PRIMARY KEY (vertical_id)
);
CREATE UNIQUE INDEX vertical_code ON vertical (code);

CREATE TABLE category (
    category_id BIGSERIAL NOT NULL,
    parent_id BIGINT NOT NULL,
    vertical_id BIGINT NOT NULL,
    ref TEXT NOT NULL,
    names JSONB NOT NULL,
    is_leaf BOOLEAN NOT NULL,
    CONSTRAINT category_pkey PRIMARY KEY (category_id)
);
CREATE UNIQUE INDEX category_ref ON category (ref);

CREATE TABLE attribute (
    attribute_id BIGSERIAL NOT NULL,
    ref TEXT NOT NULL,
    names JSONB NOT NULL,
    kind TEXT NOT NULL,
    unit TEXT DEFAULT '' NOT NULL,
    CONSTRAINT attribute_pkey PRIMARY KEY (attribute_id),
    CONSTRAINT attribute_kind CHECK (kind in ('choice', 'text', 'number', 'flag'))
);
CREATE UNIQUE INDEX attribute_ref ON attribute (ref);

CREATE TABLE attribute_value (
    value_id BIGSERIAL NOT NULL,
    attribute_id BIGINT NOT NULL,
    ref TEXT NOT NULL,
    names JSONB NOT NULL,
    CONSTRAINT attribute_value_pkey PRIMARY KEY (value_id)
);
CREATE UNIQUE INDEX attribute_value_ref ON attribute_value (attribute_id, ref);

CREATE TABLE category_attribute (
    category_id BIGINT NOT NULL,
    attribute_id BIGINT NOT NULL,
    is_required BOOLEAN NOT NULL,
    is_key BOOLEAN NOT NULL,
    is_sale BOOLEAN NOT NULL,
    place INTEGER NOT NULL,
    CONSTRAINT category_attribute_pkey PRIMARY KEY (category_id, attribute_id)
);

CREATE TABLE brand (
    brand_id BIGSERIAL NOT NULL,
    ref TEXT NOT NULL,
    names JSONB NOT NULL,
    CONSTRAINT brand_pkey PRIMARY KEY (brand_id)
);
CREATE UNIQUE INDEX brand_ref ON brand (ref);

CREATE TABLE brand_authorisation (
    bkt INTEGER NOT NULL,
    shop_id BIGINT NOT NULL,
    brand_id BIGINT NOT NULL,
    level TEXT NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    authorised_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT brand_authorisation_pkey PRIMARY KEY (bkt, shop_id, brand_id)
);

CREATE TABLE product (
    bkt INTEGER NOT NULL,
    product_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    storefront_id BIGINT NOT NULL,
    category_id BIGINT NOT NULL,
    brand_id BIGINT NOT NULL,
    outer_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    content_hash BYTEA NOT NULL,
    titles JSONB NOT NULL,
    points JSONB NOT NULL,
    description JSONB NOT NULL,
    pictures TEXT[] NOT NULL,
    props JSONB NOT NULL,
    specs JSONB NOT NULL,
    weight_grams BIGINT NOT NULL,
    volume_cm3 BIGINT NOT NULL,
    freight_template_id BIGINT NOT NULL,
    price_min BIGINT NOT NULL,
    price_max BIGINT NOT NULL,
    sold_count BIGINT DEFAULT 0 NOT NULL,
    is_on_sale BOOLEAN NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT product_pkey PRIMARY KEY (bkt, product_id),
    CONSTRAINT product_prices CHECK (price_min > 0 and price_max >= price_min)
);
CREATE UNIQUE INDEX product_outer ON product (bkt, shop_id, outer_id);
CREATE INDEX product_shop ON product (bkt, shop_id, product_id);

CREATE TABLE product_version (
    bkt INTEGER NOT NULL,
    product_id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    body JSONB NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT product_version_pkey PRIMARY KEY (bkt, product_id, version)
);

CREATE TABLE sku (
    bkt INTEGER NOT NULL,
    sku_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    outer_id TEXT NOT NULL,
    sale_key TEXT NOT NULL,
    labels JSONB NOT NULL,
    list_price BIGINT NOT NULL,
    is_offered BOOLEAN NOT NULL,
    place INTEGER NOT NULL,
    CONSTRAINT sku_pkey PRIMARY KEY (bkt, sku_id),
    CONSTRAINT sku_price CHECK (list_price > 0)
);
CREATE UNIQUE INDEX sku_sale_key ON sku (bkt, product_id, sale_key);

CREATE TABLE shelf (
    bkt INTEGER NOT NULL,
    category_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    storefront_id BIGINT NOT NULL,
    price BIGINT NOT NULL,
    mixed INTEGER NOT NULL,
    CONSTRAINT shelf_pkey PRIMARY KEY (bkt, category_id, product_id)
);
CREATE INDEX shelf_mixed ON shelf (category_id, storefront_id, mixed, product_id);
CREATE INDEX shelf_newest ON shelf (category_id, storefront_id, product_id);
CREATE INDEX shelf_price ON shelf (category_id, storefront_id, price, product_id);
CREATE INDEX shelf_product ON shelf (bkt, product_id);

CREATE TABLE stock (
    bkt INTEGER NOT NULL,
    sku_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    received BIGINT NOT NULL,
    on_hand BIGINT NOT NULL,
    held BIGINT DEFAULT 0 NOT NULL,
    sold BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT stock_pkey PRIMARY KEY (bkt, sku_id),
    CONSTRAINT stock_never_below_zero CHECK (on_hand >= 0 and held >= 0 and sold >= 0),
    CONSTRAINT stock_held_is_there CHECK (held <= on_hand),
    CONSTRAINT stock_constant CHECK (received = on_hand + sold)
);

CREATE TABLE stock_entry (
    bkt INTEGER NOT NULL,
    entry_id BIGINT NOT NULL,
    sku_id BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    reason TEXT NOT NULL,
    entered_by BIGINT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT stock_entry_pkey PRIMARY KEY (bkt, entry_id)
);
CREATE INDEX stock_entry_sku ON stock_entry (bkt, sku_id, entry_id);

CREATE TABLE hold (
    bkt INTEGER NOT NULL,
    hold_id BIGINT NOT NULL,
    sku_id BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    state TEXT NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT hold_pkey PRIMARY KEY (bkt, hold_id, sku_id),
    CONSTRAINT hold_quantity CHECK (quantity > 0),
    CONSTRAINT hold_state CHECK (state in ('HELD', 'BOUND', 'SOLD', 'RELEASED', 'RETURNED'))
);
CREATE INDEX hold_expires ON hold (expires_at) WHERE state = 'HELD';
CREATE INDEX hold_sku ON hold (bkt, sku_id) WHERE state in ('HELD', 'BOUND');

CREATE TABLE freight_template (
    bkt INTEGER NOT NULL,
    template_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    body JSONB NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT freight_template_pkey PRIMARY KEY (bkt, template_id)
);
CREATE INDEX freight_template_shop ON freight_template (bkt, shop_id);
