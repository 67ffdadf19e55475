"""Tables of favourites and footprints."""

import sqlalchemy as sa

from datong.kernel.schema import Instant, check, column, index, key, table

favourite = table(
    "favourite",
    "sharded",
    column("member_id"),
    column("kind", sa.Text),
    column("subject_id"),
    column("price"),
    column("kept_at", Instant),
    key("bkt", "member_id", "kind", "subject_id"),
    index("favourite_kept", "bkt", "member_id", "kind", "kept_at", "subject_id"),
    check("kind", "kind in ('product', 'shop')"),
)

footprint = table(
    "footprint",
    "sharded",
    column("member_id"),
    column("product_id"),
    column("happened_at", Instant),
    key("bkt", "member_id", "product_id"),
    index("footprint_happened", "bkt", "member_id", "happened_at", "product_id"),
    index("footprint_old", "happened_at"),
)
