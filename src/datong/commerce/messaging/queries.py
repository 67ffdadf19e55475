"""Reading conversations: by their buyer, by the shop's staff, and by an operator who decides a dispute."""

from datetime import datetime

import msgspec

from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.paging import LATEST, Page, clamp_limit, decode_cursor, instant_key, make_page
from datong.kernel.refusal import NotFound
from datong.kernel.sql import rows
from datong.kernel.tx import Tx

RIGHT = "shop:message:answer"


class Chat(msgspec.Struct, frozen=True):
    """A conversation of one buyer with one shop; `seen` are the last messages that each side has read."""

    chat_id: int
    member_id: int
    shop_id: int
    version: int
    last_seq: int
    last_side: str
    last_text: str
    last_at: datetime
    buyer_seen: int
    shop_seen: int
    assigned_to: int


class Message(msgspec.Struct, frozen=True):
    """One thing said: a text, a picture, a product or an order."""

    chat_id: int
    seq: int
    side: str
    author_id: int
    kind: str
    body: dict[str, object]
    said_at: datetime


COLUMNS = """chat_id, member_id, shop_id, version, last_seq, last_side, last_text, last_at, buyer_seen, shop_seen,
    assigned_to"""
_MESSAGE = "chat_id, seq, side, author_id, kind, body, said_at"
GET = rows(Chat, f"select {COLUMNS} from chat where bkt = $1 and chat_id = $2")
PAIR = rows(Chat, f"select {COLUMNS} from chat where bkt = $1 and member_id = $2 and shop_id = $3")
OWN = rows(
    Chat,
    f"""
    select {COLUMNS} from chat where bkt = $1 and member_id = $2 and last_seq > 0
      and (last_at, chat_id) < (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4)
    order by last_at desc, chat_id desc limit $5
    """,
)
BEFORE = rows(
    Message,
    f"""
    select {_MESSAGE} from chat_message where bkt = $1 and chat_id = $2 and seq < $3 order by seq desc limit $4
    """,
)
AFTER = rows(
    Message,
    f"select {_MESSAGE} from chat_message where bkt = $1 and chat_id = $2 and seq > $3 order by seq limit $4",
)


def side_of(actor: Actor, found: Chat) -> str:
    """Which side of a conversation an actor is on: buyer, shop, or (empty) none."""
    if actor.is_member and actor.id == found.member_id:
        return "buyer"
    return "shop" if actor.may(RIGHT, found.shop_id) else ""


async def get_chat(tx: Tx, actor: Actor, chat_id: int) -> tuple[Chat, str]:
    """A conversation and the actor's side of it; one that is not the actor's is `NotFound`."""
    found = await tx.maybe(GET, bucket_of(chat_id), chat_id)
    side = side_of(actor, found) if found else ""
    if found is None or not side:
        raise NotFound("chat", chat_id)
    return found, side


async def find_chat(tx: Tx, member_id: int, shop_id: int) -> Chat | None:
    """The conversation of a member with a shop, or None."""
    return await tx.maybe(PAIR, bucket_of(member_id), member_id, shop_id)


async def list_chats(tx: Tx, actor: Actor, cursor: str = "", limit: int = 20) -> Page[Chat]:
    """A buyer's conversations, the last said in first."""
    actor.must("member:chat:read", actor.id)
    before, before_id = decode_cursor(cursor, LATEST)
    found = await tx.all(OWN, actor.bucket, actor.id, before, before_id, clamp_limit(limit) + 1)
    return make_page(found, limit, lambda each: instant_key(each.last_at, each.chat_id))


async def list_messages(
    tx: Tx, actor: Actor, chat_id: int, *, after: int = -1, before: int = 2**31 - 1, limit: int = 50
) -> list[Message]:
    """What was said, in order: what came after one, or (`after` -1) the last before one."""
    await get_chat(tx, actor, chat_id)
    if after >= 0:
        return await tx.all(AFTER, bucket_of(chat_id), chat_id, after, clamp_limit(limit))
    return (await tx.all(BEFORE, bucket_of(chat_id), chat_id, before, clamp_limit(limit)))[::-1]


async def read_transcript(tx: Tx, actor: Actor, member_id: int, shop_id: int) -> list[Message]:
    """The last hundred things a member and a shop said to each other, for who decides between them."""
    actor.must("operator:dispute:decide")
    found = await find_chat(tx, member_id, shop_id)
    if found is None:
        return []
    return (await tx.all(BEFORE, bucket_of(found.chat_id), found.chat_id, 2**31 - 1, 100))[::-1]
