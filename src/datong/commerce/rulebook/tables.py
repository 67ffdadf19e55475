"""Tables of the rulebook."""

import sqlalchemy as sa

from datong.kernel.schema import Instant, Json, check, column, index, key, table

parameter_value = table(
    "parameter_value",
    "reference",
    sa.Column("version", sa.BigInteger, nullable=False),
    column("name", sa.Text),
    column("scope_kind", sa.Text),
    column("scope_id", sa.BigInteger, "0"),
    column("effective_from", Instant),
    column("value", Json),
    column("set_by"),
    column("set_at", Instant),
    column("reason", sa.Text),
    key("version"),
    check("scope", "scope_kind in ('platform', 'storefront', 'vertical', 'category')"),
    index("parameter_value_name", "name", "scope_kind", "scope_id", "effective_from"),
)
