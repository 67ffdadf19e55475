"""Messages between buyers and shops, and notices of what has happened.

Owns chats with every word said in them, the shops' queues and quick replies, notices, and who wants to hear of
what. Calls `member`, `rulebook`. Tells `ChatChanged`. A conversation is in the buyer's bucket; the shop's queue is a
copy that follows by version. Nothing said is ever changed or deleted: it is evidence. Notices are made from the facts
of every room.
"""

from datong.commerce.messaging.messages import MessageBody, mark_seen, open_chat, picture_key, post_message
from datong.commerce.messaging.notifications import (
    NoticeKind,
    NotificationDraft,
    Unread,
    count_unread,
    first_name,
    get_settings,
    kinds_of,
    list_notices,
    mark_notices_seen,
    notify_on,
    set_notices,
)
from datong.commerce.messaging.projections import (
    MAX_REPLIES,
    add_quick_reply,
    assign_chat,
    copy_chat_now,
    count_waiting,
    drop_quick_reply,
    list_queue,
    list_quick_replies,
    list_shop_chats,
)
from datong.commerce.messaging.queries import Chat, Message, get_chat, list_chats, list_messages, read_transcript

__all__ = [
    "MAX_REPLIES",
    "Chat",
    "Message",
    "MessageBody",
    "NoticeKind",
    "NotificationDraft",
    "Unread",
    "add_quick_reply",
    "assign_chat",
    "copy_chat_now",
    "count_unread",
    "count_waiting",
    "drop_quick_reply",
    "first_name",
    "get_chat",
    "get_settings",
    "kinds_of",
    "list_chats",
    "list_messages",
    "list_notices",
    "list_queue",
    "list_quick_replies",
    "list_shop_chats",
    "mark_notices_seen",
    "mark_seen",
    "notify_on",
    "open_chat",
    "picture_key",
    "post_message",
    "read_transcript",
    "set_notices",
]
