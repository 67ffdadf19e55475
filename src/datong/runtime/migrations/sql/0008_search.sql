-- Search: what is to be indexed and by whom, what was asked and what came of it.

CREATE TABLE search_dirty (
    bkt INTEGER NOT NULL,
    product_id BIGINT NOT NULL,
    marks INTEGER DEFAULT 1 NOT NULL,
    marked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT search_dirty_pkey PRIMARY KEY (bkt, product_id)
);
CREATE INDEX search_dirty_marked ON search_dirty (marked_at);

CREATE TABLE search_event (
    bkt INTEGER NOT NULL,
    event_id BIGINT NOT NULL,
    query_id BIGINT NOT NULL,
    client TEXT NOT NULL,
    action TEXT NOT NULL,
    product_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT search_event_pkey PRIMARY KEY (bkt, event_id),
    CONSTRAINT search_event_action CHECK (action in ('click', 'add_to_cart', 'purchase'))
);
CREATE INDEX search_event_happened ON search_event (happened_at, event_id);

CREATE TABLE search_history (
    bkt INTEGER NOT NULL,
    actor_id BIGINT NOT NULL,
    phrase TEXT NOT NULL,
    shown TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT search_history_pkey PRIMARY KEY (bkt, actor_id, phrase)
);
CREATE INDEX search_history_asked ON search_history (bkt, actor_id, asked_at);

CREATE TABLE search_index (
    name TEXT NOT NULL,
    schema INTEGER NOT NULL,
    state TEXT NOT NULL,
    after_bkt INTEGER DEFAULT -1 NOT NULL,
    after_id BIGINT DEFAULT 0 NOT NULL,
    products BIGINT DEFAULT 0 NOT NULL,
    lengths JSONB NOT NULL,
    begun_at TIMESTAMP WITH TIME ZONE NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT search_index_pkey PRIMARY KEY (name),
    CONSTRAINT search_index_state CHECK (state in ('building', 'current', 'retired'))
);

CREATE TABLE search_learned (
    what TEXT NOT NULL,
    until TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT search_learned_pkey PRIMARY KEY (what)
);

CREATE TABLE search_penalty (
    penalty_id BIGINT NOT NULL,
    subject TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    factor DOUBLE PRECISION NOT NULL,
    reason TEXT NOT NULL,
    set_by BIGINT NOT NULL,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT search_penalty_pkey PRIMARY KEY (penalty_id),
    CONSTRAINT search_penalty_subject CHECK (subject in ('shop', 'product')),
    CONSTRAINT search_penalty_factor CHECK (factor >= 0 and factor < 1)
);
CREATE INDEX search_penalty_set ON search_penalty (set_at);

CREATE TABLE search_phrase (
    written TEXT NOT NULL,
    shown TEXT NOT NULL,
    kind TEXT NOT NULL,
    first TEXT NOT NULL,
    second TEXT NOT NULL,
    third TEXT NOT NULL,
    weight DOUBLE PRECISION NOT NULL,
    CONSTRAINT search_phrase_pkey PRIMARY KEY (written, shown, kind),
    CONSTRAINT search_phrase_kind CHECK (kind in ('query', 'goods'))
);
CREATE INDEX search_phrase_first ON search_phrase (first, weight);
CREATE INDEX search_phrase_kind ON search_phrase (kind, weight);
CREATE INDEX search_phrase_second ON search_phrase (second, weight);
CREATE INDEX search_phrase_third ON search_phrase (third, weight);

CREATE TABLE search_query (
    bkt INTEGER NOT NULL,
    query_id BIGINT NOT NULL,
    client TEXT NOT NULL,
    phrase TEXT NOT NULL,
    shown TEXT NOT NULL,
    attributes JSONB NOT NULL,
    total BIGINT NOT NULL,
    hits BIGINT[] NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT search_query_pkey PRIMARY KEY (bkt, query_id)
);
CREATE INDEX search_query_asked ON search_query (asked_at, query_id);

CREATE TABLE search_shop (
    bkt INTEGER NOT NULL,
    shop_id BIGINT NOT NULL,
    score INTEGER NOT NULL,
    ratings BIGINT NOT NULL,
    CONSTRAINT search_shop_pkey PRIMARY KEY (bkt, shop_id)
);

CREATE TABLE search_signal (
    bkt INTEGER NOT NULL,
    product_id BIGINT NOT NULL,
    seen DOUBLE PRECISION NOT NULL,
    clicked DOUBLE PRECISION NOT NULL,
    bought DOUBLE PRECISION NOT NULL,
    as_of TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT search_signal_pkey PRIMARY KEY (bkt, product_id)
);

CREATE TABLE search_term (
    term TEXT NOT NULL,
    shown TEXT NOT NULL,
    sound TEXT NOT NULL,
    near TEXT[] NOT NULL,
    products BIGINT NOT NULL,
    CONSTRAINT search_term_pkey PRIMARY KEY (term)
);
CREATE INDEX search_term_near ON search_term USING gin (near);
CREATE INDEX search_term_sound ON search_term (sound);

CREATE TABLE search_trail (
    bkt INTEGER NOT NULL,
    actor_id BIGINT NOT NULL,
    product_id BIGINT NOT NULL,
    query_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    clicked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT search_trail_pkey PRIMARY KEY (bkt, actor_id, product_id)
);
CREATE INDEX search_trail_clicked ON search_trail (clicked_at);

CREATE TABLE search_writer (
    one SMALLINT NOT NULL,
    holder TEXT NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT search_writer_pkey PRIMARY KEY (one),
    CONSTRAINT search_writer_single CHECK (one = 1)
);

-- Products are marked, unmarked and learned of in crowds, whose buckets are those of one transaction.

create function search_mark(p_bkt int, p_now timestamptz, p_bkts int[], p_products bigint[])
returns void language sql as $$
    insert into search_dirty as d (bkt, product_id, marked_at)
    select w.bkt, w.product_id, p_now from unnest(p_bkts, p_products) as w (bkt, product_id)
    order by w.bkt, w.product_id
    on conflict (bkt, product_id) do update set marks = d.marks + 1
$$;

create function search_unmark(p_bkt int, p_bkts int[], p_products bigint[], p_marks int[])
returns void language sql as $$
    delete from search_dirty d using unnest(p_bkts, p_products, p_marks) as w (bkt, product_id, marks)
    where d.bkt = w.bkt and d.product_id = w.product_id and d.marks = w.marks
$$;

create function search_learn(p_bkt int, p_now timestamptz, p_bkts int[], p_products bigint[], p_seen float8[],
    p_clicked float8[], p_bought float8[])
returns void language sql as $$
    insert into search_signal as s (bkt, product_id, seen, clicked, bought, as_of)
    select w.bkt, w.product_id, w.seen, w.clicked, w.bought, p_now
    from unnest(p_bkts, p_products, p_seen, p_clicked, p_bought) as w (bkt, product_id, seen, clicked, bought)
    order by w.bkt, w.product_id
    on conflict (bkt, product_id) do update set as_of = p_now,
        seen = s.seen * power(0.5, extract(epoch from p_now - s.as_of) / 2592000) + excluded.seen,
        clicked = s.clicked * power(0.5, extract(epoch from p_now - s.as_of) / 2592000) + excluded.clicked,
        bought = s.bought * power(0.5, extract(epoch from p_now - s.as_of) / 2592000) + excluded.bought
$$;
