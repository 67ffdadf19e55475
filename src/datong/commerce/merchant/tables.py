"""Tables of merchants."""

import sqlalchemy as sa

from datong.kernel.schema import Bytes, Instant, Json, check, column, index, key, table

merchant = table(
    "merchant",
    "sharded",
    column("merchant_id"),
    column("kind", sa.Text),
    column("legal_name", sa.Text),
    column("identity_hash", Bytes),
    column("founded_by"),
    column("registered_at", Instant),
    key("bkt", "merchant_id"),
    check("kind", "kind in ('person', 'company')"),
)

shop = table(
    "shop",
    "sharded",
    column("shop_id"),
    column("merchant_id"),
    column("storefront_id"),
    column("kind", sa.Text),
    column("mark", sa.Text),
    column("names", Json),
    column("slug", sa.Text),
    column("about", Json),
    column("picture", sa.Text, "''"),
    column("ships_from", sa.Text),
    column("category_id"),
    column("state", sa.Text),
    column("deposit_due"),
    column("fee_due"),
    column("deposit_paid", sa.BigInteger, "0"),
    column("fee_paid", sa.BigInteger, "0"),
    column("dues_by", Instant, null=True),
    column("rules_version"),
    column("reason", sa.Text, "''"),
    column("applied_at", Instant),
    column("opened_at", Instant, null=True),
    column("closed_at", Instant, null=True),
    key("bkt", "shop_id"),
    index("shop_merchant", "bkt", "merchant_id"),
    index("shop_open", "storefront_id", "shop_id", where="state = 'OPEN'"),
    index("shop_queue", "applied_at", "shop_id", where="state in ('SUBMITTED', 'UNDER_REVIEW', 'AWAIT_PAYMENT')"),
    index("shop_dues", "dues_by", where="state = 'AWAIT_PAYMENT'"),
    check("paid", "deposit_paid >= 0 and fee_paid >= 0 and deposit_due >= 0 and fee_due >= 0"),
)

staff = table(
    "staff",
    "sharded",
    column("shop_id"),
    column("member_id"),
    column("role", sa.Text),
    column("version"),
    column("since", Instant),
    key("bkt", "shop_id", "member_id"),
)

duty = table(
    "duty",
    "sharded",
    column("member_id"),
    column("shop_id"),
    column("role", sa.Text),
    column("version"),
    key("bkt", "member_id", "shop_id"),
)

shop_document = table(
    "shop_document",
    "sharded",
    column("document_id"),
    column("shop_id"),
    column("kind", sa.Text),
    column("file_key", sa.Text),
    column("media_type", sa.Text),
    column("size"),
    column("added_by"),
    column("added_at", Instant),
    key("bkt", "document_id"),
    index("shop_document_shop", "bkt", "shop_id", "document_id"),
)

shop_page = table(
    "shop_page",
    "sharded",
    column("shop_id"),
    column("version", sa.Integer),
    column("body", Json),
    column("made_by"),
    column("made_at", Instant),
    key("bkt", "shop_id", "version"),
)
