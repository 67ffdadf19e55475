"""Tables of the newsletter."""

import sqlalchemy as sa

from datong.kernel.schema import Instant, check, column, index, key, table

newsletter_subscription = table(
    "newsletter_subscription",
    "sharded",
    column("subscription_id"),
    column("member_id"),
    column("state", sa.Text),
    column("currency", sa.Text),
    column("price"),
    column("paid_total", sa.BigInteger, "0"),
    column("paid_until", Instant, null=True),
    column("due_at", Instant, null=True),
    column("subscribed_at", Instant),
    key("bkt", "subscription_id"),
    index("newsletter_subscription_member", "bkt", "member_id", where="state <> 'ENDED'", unique=True),
    index("newsletter_subscription_due", "due_at", where="due_at is not null"),
    check("state", "state in ('WAIT_PAY', 'ACTIVE', 'ENDED')"),
    check("amounts", "price > 0 and paid_total >= 0"),
)
