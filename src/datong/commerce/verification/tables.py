"""Tables of verifications."""

import sqlalchemy as sa

from datong.kernel.schema import Bytes, Instant, check, column, index, key, table

verification = table(
    "verification",
    "sharded",
    column("verification_id"),
    column("shop_id"),
    column("kind", sa.Text),
    column("subject_hash", Bytes),
    column("provider", sa.Text),
    column("provider_ref", sa.Text, "''"),
    column("state", sa.Text),
    column("reason", sa.Text, "''"),
    column("attempts", sa.Integer, "0"),
    column("asked_by"),
    column("asked_at", Instant),
    column("decided_at", Instant, null=True),
    column("due_at", Instant, null=True),
    key("bkt", "verification_id"),
    index("verification_shop", "bkt", "shop_id", "kind", "verification_id"),
    index(
        "verification_open", "bkt", "shop_id", "kind", "subject_hash", unique=True,
        where="state in ('REQUESTED', 'PENDING')",
    ),
    index("verification_due", "due_at", where="due_at is not null"),
    check("kind", "kind in ('identity', 'account')"),
    check("state", "state in ('REQUESTED', 'PENDING', 'VERIFIED', 'REFUSED', 'LOST')"),
    check("clock", "(due_at is not null) = (state in ('REQUESTED', 'PENDING'))"),
)  # fmt: skip
