"""Tables of the foundation: facts on their way, request keys, limits, the moved clock."""

import sqlalchemy as sa

from datong.kernel.schema import Bytes, Instant, Json, check, column, index, key, table

fact_outbox = table(
    "fact_outbox",
    "sharded",
    column("fact_id"),
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), nullable=False),
    column("owner_id"),
    column("kind", sa.Text),
    column("body", Json),
    column("told_at", Instant),
    column("attempts", sa.Integer, "0"),
    column("due_at", Instant, null=True),
    column("delivered_at", Instant, null=True),
    column("dead_at", Instant, null=True),
    column("reason", sa.Text, "''"),
    key("bkt", "fact_id"),
    index("fact_outbox_waiting", "seq", where="delivered_at is null and dead_at is null"),
    index("fact_outbox_put_off", "due_at", where="delivered_at is null and dead_at is null and due_at is not null"),
    index("fact_outbox_dead", "dead_at", "fact_id", where="dead_at is not null"),
    index("fact_outbox_done", "delivered_at", where="delivered_at is not null"),
)

fact_inbox = table(
    "fact_inbox",
    "sharded",
    column("fact_id"),
    column("reaction", sa.Text),
    column("done_at", Instant),
    key("bkt", "fact_id", "reaction"),
    index("fact_inbox_done", "done_at"),
)

request = table(
    "request",
    "sharded",
    column("actor_id"),
    column("request_key", sa.Text),
    column("body_hash", Bytes),
    column("ref_id"),
    column("attempt", sa.Integer),
    column("is_answered", sa.Boolean),
    column("lease_until", Instant),
    column("asked_at", Instant),
    key("bkt", "actor_id", "request_key"),
    index("request_asked", "asked_at"),
)

name_claim = table(
    "name_claim",
    "sharded",
    column("space", sa.Text),
    column("name", sa.Text),
    column("owner_id"),
    column("claimed_at", Instant),
    key("bkt", "space", "name"),
)

attempt_limit = table(
    "attempt_limit",
    "sharded",
    column("subject", sa.Text),
    column("window_ends_at", Instant),
    column("count", sa.Integer),
    key("bkt", "subject"),
    index("attempt_limit_ends", "window_ends_at"),
)

clock_shift = table(
    "clock_shift",
    "reference",
    column("one", sa.SmallInteger),
    column("seconds", sa.Double),
    key("one"),
    check("single", "one = 1"),
    check("forward", "seconds >= 0"),
)

town_mark = table(
    "town_mark",
    "local",
    column("mark", sa.Text),
    column("made_at", Instant),
    key("mark"),
)

sweep_beat = table(
    "sweep_beat",
    "local",
    column("name", sa.Text),
    column("seconds", sa.Double),
    column("ran_at", Instant),
    column("did"),
    column("failed_at", Instant, null=True),
    column("reason", sa.Text, "''"),
    key("name"),
)

room_step = table(
    "room_step",
    "local",
    column("room", sa.Text),
    column("step", sa.Text),
    column("digest", sa.Text),
    column("applied_at", Instant, "now()"),
    key("room", "step"),
)
