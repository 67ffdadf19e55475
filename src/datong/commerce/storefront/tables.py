"""Tables of storefronts."""

import sqlalchemy as sa

from datong.kernel.schema import Instant, Json, Texts, check, column, index, key, table

storefront = table(
    "storefront",
    "reference",
    column("storefront_id"),
    column("code", sa.Text),
    column("names", Json),
    column("taglines", Json),
    column("currency", sa.Text),
    column("time_zone", sa.Text),
    column("languages", Texts),
    column("theme", sa.Text),
    column("place", sa.Integer),
    column("state", sa.Text, "'LIVE'"),
    column("state_since", Instant, "now()"),
    column("version", default="1"),
    column("look", Json, "'{}'"),
    column("opened_key", sa.Text, "''"),
    column("opened_body", sa.Text, "''"),
    column("changed_key", sa.Text, "''"),
    column("changed_body", sa.Text, "''"),
    key("storefront_id"),
    index("storefront_code", "code", unique=True),
    check("state", "state in ('DRAFT', 'LIVE', 'PAUSED', 'CLOSED')"),
)
