"""Tables of qualifications."""

import sqlalchemy as sa

from datong.kernel.schema import Instant, Json, check, column, index, key, table

qualification = table(
    "qualification",
    "sharded",
    column("qualification_id"),
    column("shop_id"),
    column("kind", sa.Text),
    column("brand_id"),
    column("level", sa.Text),
    column("mark", sa.Text),
    column("number", sa.Text),
    column("valid_from", Instant),
    column("valid_until", Instant, null=True),
    column("paper_ids", Json),
    column("state", sa.Text),
    column("reason", sa.Text, "''"),
    column("sole_storefront_id", sa.BigInteger, "0"),
    column("rules_version", sa.BigInteger, "0"),
    column("applied_by"),
    column("applied_at", Instant),
    column("decided_by", sa.BigInteger, "0"),
    column("decided_at", Instant, null=True),
    column("ended_at", Instant, null=True),
    column("is_noticed", sa.Boolean, "false"),
    column("due_at", Instant, null=True),
    key("bkt", "qualification_id"),
    index("qualification_shop", "bkt", "shop_id", "qualification_id"),
    index("qualification_waiting", "bkt", "shop_id", "kind", "brand_id", unique=True, where="state = 'SUBMITTED'"),
    index("qualification_desk", "state", "applied_at", "qualification_id"),
    index("qualification_brand", "brand_id", "shop_id", where="state in ('SUBMITTED', 'APPROVED')"),
    index("qualification_due", "due_at", where="due_at is not null"),
    check("state", "state in ('SUBMITTED', 'APPROVED', 'REJECTED', 'WITHDRAWN', 'EXPIRED', 'REVOKED')"),
    check("brand", "(kind = 'brand') = (brand_id > 0)"),
    check("term", "valid_until is null or valid_until > valid_from"),
    check("clock", "due_at is null or state = 'APPROVED'"),
)

brand_flagship = table(
    "brand_flagship",
    "sharded",
    column("storefront_id"),
    column("brand_id"),
    column("shop_id"),
    column("claimed_at", Instant),
    key("bkt", "storefront_id", "brand_id"),
)

brand_authorisation = table(
    "brand_authorisation",
    "sharded",
    column("shop_id"),
    column("brand_id"),
    column("level", sa.Text),
    column("expires_at", Instant, null=True),
    column("authorised_at", Instant),
    key("bkt", "shop_id", "brand_id"),
)
"""What processes of the release before read; it follows the qualifications and is read by nobody here."""
