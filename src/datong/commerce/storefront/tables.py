"""Tables of storefronts."""

import sqlalchemy as sa

from datong.kernel.schema import Json, Texts, column, index, key, table

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
    key("storefront_id"),
    index("storefront_code", "code", unique=True),
)
