"""Tables of governance."""

import sqlalchemy as sa

from datong.kernel.schema import Instant, Json, column, index, key, table

operator_act = table(
    "operator_act",
    "sharded",
    column("act_id"),
    column("operator_id"),
    column("deed", sa.Text),
    column("path", sa.Text),
    column("details", Json),
    column("asked_at", Instant),
    column("outcome", sa.Text, "''"),
    column("ended_at", Instant, null=True),
    key("bkt", "act_id"),
    index("operator_act_asked", "asked_at", "act_id"),
    index("operator_act_operator", "bkt", "operator_id", "asked_at", "act_id"),
)
