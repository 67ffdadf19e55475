"""Tables of messages and notices."""

import sqlalchemy as sa

from datong.kernel.schema import Instant, Json, check, column, index, key, table

chat = table(
    "chat",
    "sharded",
    column("chat_id"),
    column("member_id"),
    column("shop_id"),
    column("version", sa.Integer),
    column("last_seq", sa.Integer),
    column("last_side", sa.Text),
    column("last_text", sa.Text),
    column("last_at", Instant),
    column("buyer_seen", sa.Integer),
    column("shop_seen", sa.Integer),
    column("assigned_to"),
    key("bkt", "chat_id"),
    index("chat_pair", "bkt", "member_id", "shop_id", unique=True),
    index("chat_last", "bkt", "member_id", "last_at", "chat_id"),
    check("seen", "buyer_seen between 0 and last_seq and shop_seen between 0 and last_seq"),
)

chat_message = table(
    "chat_message",
    "sharded",
    column("chat_id"),
    column("seq", sa.Integer),
    column("side", sa.Text),
    column("author_id"),
    column("kind", sa.Text),
    column("body", Json),
    column("request_key", sa.Text),
    column("said_at", Instant),
    key("bkt", "chat_id", "seq"),
    index("chat_message_key", "bkt", "chat_id", "author_id", "request_key", unique=True),
    check("side", "side in ('buyer', 'shop')"),
    check("kind", "kind in ('text', 'picture', 'product', 'order')"),
)

shop_chat = table(
    "shop_chat",
    "sharded",
    column("chat_id"),
    column("shop_id"),
    column("member_id"),
    column("member_name", sa.Text),
    column("version", sa.Integer),
    column("last_seq", sa.Integer),
    column("last_side", sa.Text),
    column("last_text", sa.Text),
    column("last_at", Instant),
    column("shop_seen", sa.Integer),
    column("assigned_to"),
    column("waiting_since", Instant, null=True),
    key("bkt", "chat_id"),
    index("shop_chat_waiting", "bkt", "shop_id", "waiting_since", "chat_id", where="waiting_since is not null"),
    index("shop_chat_last", "bkt", "shop_id", "last_at", "chat_id"),
)

quick_reply = table(
    "quick_reply",
    "sharded",
    column("reply_id"),
    column("shop_id"),
    column("text", sa.Text),
    column("made_by"),
    column("made_at", Instant),
    key("bkt", "reply_id"),
    index("quick_reply_shop", "bkt", "shop_id", "reply_id"),
)

notice = table(
    "notice",
    "sharded",
    column("notice_id"),
    column("owner_id"),
    column("kind", sa.Text),
    column("body", Json),
    column("happened_at", Instant),
    key("bkt", "notice_id"),
    index("notice_owner", "bkt", "owner_id", "notice_id"),
    index("notice_old", "happened_at"),
)

notice_mark = table(
    "notice_mark",
    "sharded",
    column("reader_id"),
    column("owner_id"),
    column("seen_id"),
    key("bkt", "reader_id", "owner_id"),
)

notice_setting = table(
    "notice_setting",
    "sharded",
    column("member_id"),
    column("kind", sa.Text),
    column("is_on", sa.Boolean),
    key("bkt", "member_id", "kind"),
)
