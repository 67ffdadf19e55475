CREATE TABLE order_memo (
    bkt INTEGER NOT NULL,
    order_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    flag INTEGER NOT NULL,
    text TEXT NOT NULL,
    changed_by BIGINT NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT order_memo_pkey PRIMARY KEY (bkt, order_id),
    CONSTRAINT order_memo_flag CHECK (flag between 0 and 5)
);
CREATE INDEX order_memo_flag ON order_memo (bkt, shop_id, flag, order_id);

CREATE TABLE goods_import (
    bkt INTEGER NOT NULL,
    import_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    total INTEGER NOT NULL,
    done INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    made_by BIGINT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    marked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT goods_import_pkey PRIMARY KEY (bkt, import_id),
    CONSTRAINT goods_import_state CHECK (state in ('RUNNING', 'DONE')
        and (state = 'RUNNING') = (marked_at is not null)),
    CONSTRAINT goods_import_counts CHECK (done between 0 and total and refused between 0 and done)
);
CREATE INDEX goods_import_marked ON goods_import (marked_at) WHERE marked_at is not null;
CREATE INDEX goods_import_shop ON goods_import (bkt, shop_id, import_id);

CREATE TABLE goods_import_row (
    bkt INTEGER NOT NULL,
    import_id BIGINT NOT NULL,
    place INTEGER NOT NULL,
    outer_id TEXT NOT NULL,
    body JSONB NOT NULL,
    outcome TEXT NOT NULL,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    product_id BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT goods_import_row_pkey PRIMARY KEY (bkt, import_id, place),
    CONSTRAINT goods_import_row_outcome CHECK (outcome in ('waiting', 'new', 'changed', 'same', 'refused'))
);

CREATE TABLE shop_document (
    bkt INTEGER NOT NULL,
    document_id BIGINT NOT NULL,
    shop_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    file_key TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    added_by BIGINT NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT shop_document_pkey PRIMARY KEY (bkt, document_id)
);
CREATE INDEX shop_document_shop ON shop_document (bkt, shop_id, document_id);

CREATE TABLE shop_page (
    bkt INTEGER NOT NULL,
    shop_id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    body JSONB NOT NULL,
    made_by BIGINT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT shop_page_pkey PRIMARY KEY (bkt, shop_id, version)
);

