"""Messages between buyers and shops, and notices of what has happened.

Owns conversations with every word said in them, the shops' queues and quick replies, notices, and who wants to hear of what. Calls
`member`, `rulebook`. Tells `ChatChanged`. A conversation is in the buyer's bucket; the shop's queue is a copy that follows by
version. Nothing said is ever changed or deleted: it is evidence. Notices are made from the facts of every room.
"""

from datong.commerce.messaging.noticing import (
    MEMBER_KINDS,
    SHOP_KINDS,
    Notice,
    Unread,
    count_unread,
    get_settings,
    list_notices,
    mark_notices_seen,
    set_notice,
)
from datong.commerce.messaging.queueing import (
    MOST_REPLIES,
    QuickReply,
    ShopChat,
    add_quick_reply,
    copy_chat_now,
    count_waiting,
    drop_quick_reply,
    list_queue,
    list_quick_replies,
    list_shop_chats,
    take_chat,
)
from datong.commerce.messaging.reading import (
    Chat,
    Message,
    find_chat,
    get_chat,
    list_chats,
    list_messages,
    read_transcript,
)
from datong.commerce.messaging.saying import (
    MAX_TEXT,
    Said,
    TooQuick,
    mark_seen,
    open_chat,
    picture_key,
    say,
)

__all__ = [
    "MAX_TEXT",
    "MEMBER_KINDS",
    "MOST_REPLIES",
    "SHOP_KINDS",
    "Chat",
    "Message",
    "Notice",
    "QuickReply",
    "Said",
    "ShopChat",
    "TooQuick",
    "Unread",
    "add_quick_reply",
    "copy_chat_now",
    "count_unread",
    "count_waiting",
    "drop_quick_reply",
    "find_chat",
    "get_chat",
    "get_settings",
    "list_chats",
    "list_messages",
    "list_notices",
    "list_queue",
    "list_quick_replies",
    "list_shop_chats",
    "mark_notices_seen",
    "mark_seen",
    "open_chat",
    "picture_key",
    "read_transcript",
    "say",
    "set_notice",
    "take_chat",
]
