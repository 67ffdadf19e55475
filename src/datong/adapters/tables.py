"""Tables of the sandbox makers: what a provider would keep on its own side."""

import sqlalchemy as sa

from datong.kernel.schema import Instant, column, index, key, table

sandbox_charge = table(
    "sandbox_charge",
    "local",
    column("ref", sa.Text),
    column("charge_id"),
    column("amount"),
    column("currency", sa.Text),
    column("title", sa.Text),
    column("return_url", sa.Text),
    column("callback_url", sa.Text),
    column("state", sa.Text),
    column("opened_at", Instant),
    key("ref"),
    index("sandbox_charge_id", "charge_id", unique=True),
)

sandbox_transfer = table(
    "sandbox_transfer",
    "local",
    column("transfer_id"),
    column("kind", sa.Text),
    column("charge_ref", sa.Text),
    column("amount"),
    column("currency", sa.Text),
    column("made_at", Instant),
    key("transfer_id"),
    index("sandbox_transfer_charge", "charge_ref"),
)

sandbox_callback = table(
    "sandbox_callback",
    "local",
    sa.Column("callback_id", sa.BigInteger, sa.Identity(always=True), nullable=False),
    column("url", sa.Text),
    column("header", sa.Text),
    column("body", sa.Text),
    column("due_at", Instant),
    column("attempts", sa.Integer, "0"),
    column("delivered_at", Instant, null=True),
    key("callback_id"),
    index("sandbox_callback_due", "due_at", where="delivered_at is null"),
)

sandbox_parcel = table(
    "sandbox_parcel",
    "local",
    column("tracking_no", sa.Text),
    column("parcel_id"),
    column("callback_url", sa.Text),
    column("step", sa.Integer),
    column("due_at", Instant, null=True),
    key("tracking_no"),
    index("sandbox_parcel_due", "due_at", where="due_at is not null"),
)

sandbox_check = table(
    "sandbox_check",
    "local",
    column("check_id"),
    column("subject", sa.Text),
    column("name", sa.Text),
    column("reason", sa.Text),
    column("opened_at", Instant),
    column("answer_at", Instant),
    key("check_id"),
    index("sandbox_check_subject", "subject", "check_id"),
)
