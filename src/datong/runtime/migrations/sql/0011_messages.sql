CREATE TABLE chat (
    bkt INTEGER NOT NULL,
    chat_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    last_side TEXT NOT NULL,
    last_text TEXT NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    buyer_seen INTEGER NOT NULL,
    shop_seen INTEGER NOT NULL,
    assigned_to BIGINT NOT NULL,
    CONSTRAINT chat_pkey PRIMARY KEY (bkt, chat_id),
    CONSTRAINT chat_seen CHECK (buyer_seen between 0 and last_seq and shop_seen between 0 and last_seq)
);
CREATE INDEX chat_last ON chat (bkt, member_id, last_at, chat_id);
CREATE UNIQUE INDEX chat_pair ON chat (bkt, member_id, shop_id);

CREATE TABLE chat_message (
    bkt INTEGER NOT NULL,
    chat_id BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    side TEXT NOT NULL,
    author_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body JSONB NOT NULL,
    request_key TEXT NOT NULL,
    said_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT chat_message_pkey PRIMARY KEY (bkt, chat_id, seq),
    CONSTRAINT chat_message_side CHECK (side in ('buyer', 'shop')),
    CONSTRAINT chat_message_kind CHECK (kind in ('text', 'picture', 'product', 'order'))
);
CREATE UNIQUE INDEX chat_message_key ON chat_message (bkt, chat_id, author_id, request_key);

CREATE TABLE shop_chat (
    bkt INTEGER NOT NULL,
    chat_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    member_name TEXT NOT NULL,
    version INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    last_side TEXT NOT NULL,
    last_text TEXT NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    shop_seen INTEGER NOT NULL,
    assigned_to BIGINT NOT NULL,
    waiting_since TIMESTAMP WITH TIME ZONE,
    CONSTRAINT shop_chat_pkey PRIMARY KEY (bkt, chat_id)
);
CREATE INDEX shop_chat_last ON shop_chat (bkt, shop_id, last_at, chat_id);
CREATE INDEX shop_chat_waiting ON shop_chat (bkt, shop_id, waiting_since, chat_id) WHERE waiting_since is not null;

CREATE TABLE quick_reply (
    bkt INTEGER NOT NULL,
    reply_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    text TEXT NOT NULL,
    made_by BIGINT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT quick_reply_pkey PRIMARY KEY (bkt, reply_id)
);
CREATE INDEX quick_reply_shop ON quick_reply (bkt, shop_id, reply_id);

CREATE TABLE notice (
    bkt INTEGER NOT NULL,
    notice_id BIGINT NOT NULL,
    owner_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body JSONB NOT NULL,
    happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT notice_pkey PRIMARY KEY (bkt, notice_id)
);
CREATE INDEX notice_old ON notice (happened_at);
CREATE INDEX notice_owner ON notice (bkt, owner_id, notice_id);

CREATE TABLE notice_mark (
    bkt INTEGER NOT NULL,
    reader_id BIGINT NOT NULL,
    owner_id BIGINT NOT NULL,
    seen_id BIGINT NOT NULL,
    CONSTRAINT notice_mark_pkey PRIMARY KEY (bkt, reader_id, owner_id)
);

CREATE TABLE notice_setting (
    bkt INTEGER NOT NULL,
    member_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    is_on BOOLEAN NOT NULL,
    CONSTRAINT notice_setting_pkey PRIMARY KEY (bkt, member_id, kind)
);

-- Facts come in crowds, and so do the notices of them; the buckets are those of one transaction.

create function notice_put(p_bkt int, p_now timestamptz, p_bkts int[], p_ids bigint[], p_owners bigint[],
    p_kinds text[], p_bodies jsonb[]) returns int language sql as $$
    insert into notice (bkt, notice_id, owner_id, kind, body, happened_at)
    select w.bkt, w.notice_id, w.owner_id, w.kind, w.body, p_now
    from unnest(p_bkts, p_ids, p_owners, p_kinds, p_bodies) as w (bkt, notice_id, owner_id, kind, body);
    select coalesce(array_length(p_ids, 1), 0)
$$;
