-- Reviews, credit and DSR.

CREATE TABLE order_rating (
    bkt INTEGER NOT NULL,
    order_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    storefront_id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    is_mutual BOOLEAN NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE NOT NULL,
    closes_at TIMESTAMP WITH TIME ZONE NOT NULL,
    buyer_rated_at TIMESTAMP WITH TIME ZONE,
    description SMALLINT DEFAULT 0 NOT NULL,
    service SMALLINT DEFAULT 0 NOT NULL,
    logistics SMALLINT DEFAULT 0 NOT NULL,
    seller_rated_at TIMESTAMP WITH TIME ZONE,
    seller_result TEXT DEFAULT '' NOT NULL,
    seller_text TEXT DEFAULT '' NOT NULL,
    is_seller_default BOOLEAN DEFAULT false NOT NULL,
    seller_shown_at TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT order_rating_pkey PRIMARY KEY (bkt, order_id),
    CONSTRAINT order_rating_scores CHECK (description between 0 and 5 and service between 0 and 5 and logistics between
        0 and 5),
    CONSTRAINT order_rating_result CHECK (seller_result in ('', 'good', 'neutral', 'bad'))
);
CREATE INDEX order_rating_due ON order_rating (due_at) WHERE due_at is not null;
CREATE INDEX order_rating_member ON order_rating (bkt, member_id, order_id);

CREATE TABLE review (
    bkt INTEGER NOT NULL,
    review_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    line_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    result TEXT NOT NULL,
    text TEXT DEFAULT '' NOT NULL,
    tags JSONB DEFAULT '[]' NOT NULL,
    pictures INTEGER DEFAULT 0 NOT NULL,
    labels JSONB NOT NULL,
    titles JSONB NOT NULL,
    author TEXT NOT NULL,
    is_anonymous BOOLEAN NOT NULL,
    is_default BOOLEAN NOT NULL,
    written_at TIMESTAMP WITH TIME ZONE NOT NULL,
    shown_at TIMESTAMP WITH TIME ZONE,
    changed_at TIMESTAMP WITH TIME ZONE,
    is_held BOOLEAN DEFAULT false NOT NULL,
    removed_at TIMESTAMP WITH TIME ZONE,
    remove_reason TEXT DEFAULT '' NOT NULL,
    look_at TIMESTAMP WITH TIME ZONE,
    look_reason TEXT DEFAULT '' NOT NULL,
    follow_up TEXT DEFAULT '' NOT NULL,
    follow_up_pictures INTEGER DEFAULT 0 NOT NULL,
    followed_up_at TIMESTAMP WITH TIME ZONE,
    reply TEXT DEFAULT '' NOT NULL,
    replied_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT review_pkey PRIMARY KEY (bkt, review_id),
    CONSTRAINT review_result CHECK (result in ('good', 'neutral', 'bad'))
);
CREATE UNIQUE INDEX review_line ON review (bkt, line_id);
CREATE INDEX review_look ON review (look_at) WHERE look_at is not null;
CREATE INDEX review_order ON review (bkt, order_id);

CREATE TABLE product_review (
    bkt INTEGER NOT NULL,
    review_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    is_shown BOOLEAN NOT NULL,
    result TEXT NOT NULL,
    month TEXT NOT NULL,
    body JSONB NOT NULL,
    has_pictures BOOLEAN NOT NULL,
    has_reply BOOLEAN NOT NULL,
    is_default BOOLEAN NOT NULL,
    written_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT product_review_pkey PRIMARY KEY (bkt, review_id)
);
CREATE INDEX product_review_product ON product_review (bkt, product_id, review_id) WHERE is_shown;
CREATE INDEX product_review_shop ON product_review (bkt, shop_id, review_id) WHERE is_shown;

CREATE TABLE product_rating (
    bkt INTEGER NOT NULL,
    product_id BIGINT NOT NULL,
    good INTEGER DEFAULT 0 NOT NULL,
    neutral INTEGER DEFAULT 0 NOT NULL,
    bad INTEGER DEFAULT 0 NOT NULL,
    with_pictures INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT product_rating_pkey PRIMARY KEY (bkt, product_id),
    CONSTRAINT product_rating_counts CHECK (good >= 0 and neutral >= 0 and bad >= 0 and with_pictures >= 0)
);

CREATE TABLE credit (
    bkt INTEGER NOT NULL,
    owner_id BIGINT NOT NULL,
    total INTEGER DEFAULT 0 NOT NULL,
    good INTEGER DEFAULT 0 NOT NULL,
    neutral INTEGER DEFAULT 0 NOT NULL,
    bad INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT credit_pkey PRIMARY KEY (bkt, owner_id)
);

CREATE TABLE credit_month (
    bkt INTEGER NOT NULL,
    owner_id BIGINT NOT NULL,
    giver_id BIGINT NOT NULL,
    month TEXT NOT NULL,
    given INTEGER NOT NULL,
    CONSTRAINT credit_month_pkey PRIMARY KEY (bkt, owner_id, giver_id, month)
);

CREATE TABLE dsr_rating (
    bkt INTEGER NOT NULL,
    order_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    month TEXT NOT NULL,
    day DATE NOT NULL,
    description SMALLINT NOT NULL,
    service SMALLINT NOT NULL,
    logistics SMALLINT NOT NULL,
    is_active BOOLEAN NOT NULL,
    is_counted BOOLEAN NOT NULL,
    CONSTRAINT dsr_rating_pkey PRIMARY KEY (bkt, order_id)
);
CREATE INDEX dsr_rating_pair ON dsr_rating (bkt, shop_id, member_id, month);

CREATE TABLE dsr_day (
    bkt INTEGER NOT NULL,
    shop_id BIGINT NOT NULL,
    day DATE NOT NULL,
    ratings INTEGER DEFAULT 0 NOT NULL,
    description INTEGER DEFAULT 0 NOT NULL,
    service INTEGER DEFAULT 0 NOT NULL,
    logistics INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT dsr_day_pkey PRIMARY KEY (bkt, shop_id, day),
    CONSTRAINT dsr_day_counts CHECK (ratings >= 0 and description >= ratings and service >= ratings
        and logistics >= ratings)
);

CREATE TABLE shop_dsr (
    bkt INTEGER NOT NULL,
    shop_id BIGINT NOT NULL,
    storefront_id BIGINT NOT NULL,
    as_of DATE NOT NULL,
    since DATE NOT NULL,
    ratings INTEGER DEFAULT 0 NOT NULL,
    description INTEGER DEFAULT 0 NOT NULL,
    service INTEGER DEFAULT 0 NOT NULL,
    logistics INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT shop_dsr_pkey PRIMARY KEY (bkt, shop_id),
    CONSTRAINT shop_dsr_counts CHECK (ratings >= 0 and description >= ratings and service >= ratings
        and logistics >= ratings)
);
CREATE INDEX shop_dsr_as_of ON shop_dsr (storefront_id, as_of);

-- Where the brand mall is open already, it gets its rules of this release; a new one is founded with them.

insert into parameter_value (version, name, scope_kind, scope_id, effective_from, value, set_by, set_at, reason)
select (select coalesce(max(version), 0) from parameter_value) + r.place, r.name, 'storefront', s.storefront_id, now(),
       r.value::jsonb, 0, now(), 'domain.md §4, §15'
from storefront s
cross join (values (1, 'aftersale.batch_cases', '30'), (2, 'aftersale.batch_amount', '1000000'),
                   (3, 'review.is_mutual', 'false'), (4, 'review.may_change', 'false')) as r (place, name, value)
where s.code = 'mall';

-- What succeeded in the last days may still be rated.

insert into order_rating (bkt, order_id, member_id, shop_id, storefront_id, version, is_mutual, finished_at,
    closes_at, due_at)
select o.bkt, o.order_id, o.member_id, o.shop_id, o.storefront_id, 1, s.code <> 'mall', o.ended_at,
       o.ended_at + interval '15 days', o.ended_at + interval '15 days'
from shop_order o join storefront s on s.storefront_id = o.storefront_id
where o.state = 'TRADE_FINISHED' and o.ended_at > now() - interval '15 days';
