"""Tables of parcels, of what is handed over otherwise, and of digital goods."""

import sqlalchemy as sa

from datong.kernel.schema import Instant, Json, check, column, index, key, table

parcel = table(
    "parcel",
    "sharded",
    column("parcel_id"),
    column("order_id"),
    column("purchase_id"),
    column("shop_id"),
    column("courier", sa.Text),
    column("tracking_no", sa.Text),
    column("state", sa.Text),
    column("sent_at", Instant),
    column("delivered_at", Instant, null=True),
    column("due_at", Instant, null=True),
    column("attempts", sa.Integer, "0"),
    column("kind", sa.Text, "'OUT'"),
    column("case_id", sa.BigInteger, "0"),
    key("bkt", "parcel_id"),
    index("parcel_order", "bkt", "order_id"),
    index("parcel_due", "due_at", where="due_at is not null"),
    check("state", "state in ('SENT', 'MOVING', 'DELIVERED', 'FAILED')"),
)

parcel_line = table(
    "parcel_line",
    "sharded",
    column("parcel_id"),
    column("line_id"),
    column("quantity", sa.BigInteger),
    key("bkt", "parcel_id", "line_id"),
    index("parcel_line_once", "bkt", "line_id", unique=True),
)

tracking_event = table(
    "tracking_event",
    "sharded",
    column("parcel_id"),
    column("event_id", sa.Text),
    column("code", sa.Text),
    column("place", sa.Text),
    column("happened_at", Instant),
    key("bkt", "parcel_id", "event_id"),
)

tracking_number = table(
    "tracking_number",
    "sharded",
    column("courier", sa.Text),
    column("tracking_no", sa.Text),
    column("parcel_id"),
    key("bkt", "courier", "tracking_no", "parcel_id"),
)

waybill = table(
    "waybill",
    "sharded",
    column("courier", sa.Text),
    column("tracking_no", sa.Text),
    column("order_id"),
    column("kind", sa.Text),
    column("claimed_at", Instant),
    column("is_sent", sa.Boolean, "false"),
    key("bkt", "courier", "tracking_no"),
)

handover = table(
    "handover",
    "sharded",
    column("handover_id"),
    column("order_id"),
    column("shop_id"),
    column("member_id"),
    column("method", sa.Text),
    column("words", Json),
    column("code", sa.Text),
    column("tries", sa.Integer, "0"),
    column("made_at", Instant),
    column("received_at", Instant, null=True),
    key("bkt", "handover_id"),
    index("handover_order", "bkt", "order_id"),
    check("tries", "tries >= 0"),
)

digital_item = table(
    "digital_item",
    "sharded",
    column("item_id"),
    column("shop_id"),
    column("sku_id"),
    column("content", sa.Text),
    column("is_reusable", sa.Boolean),
    column("line_id", sa.BigInteger, "0"),
    column("added_at", Instant),
    key("bkt", "item_id"),
    index("digital_item_free", "bkt", "sku_id", "item_id", where="line_id = 0"),
    index("digital_item_line", "bkt", "line_id", where="line_id <> 0"),
    check("used", "not is_reusable or line_id = 0"),
)

digital_wait = table(
    "digital_wait",
    "sharded",
    column("line_id"),
    column("order_id"),
    column("purchase_id"),
    column("shop_id"),
    column("sku_id"),
    column("quantity", sa.BigInteger),
    column("since", Instant),
    key("bkt", "line_id"),
    index("digital_wait_sku", "bkt", "sku_id", "line_id"),
    check("quantity", "quantity > 0"),
)
