"""Saying something: each message gets the next number of its conversation, once for each request key."""

from typing import Any

import msgspec

from datong.commerce.messaging.queries import COLUMNS, GET, Chat, find_chat, side_of
from datong.commerce.rulebook import Parameter, get_rules
from datong.facts.messaging import ChatChanged
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid, NotFound, TooMany
from datong.kernel.sql import changed, changed_value, command, value
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

MAX_TEXT = 1_000
MAX_KEY = 100
LAST_TEXT = 80
A_MINUTE = Parameter(
    "messaging.a_minute", int, 40, "DESIGN: what one author may say in one conversation in a minute", bounds=(1, 1_000)
)
KINDS = frozenset({"text", "picture", "product", "order"})


class MessageRateExceeded(TooMany):
    """Too much is said in too short a time."""

    code = "messaging.too_quick"


class MessageBody(msgspec.Struct, frozen=True):
    """What someone says: a text, or the number of a picture, product or order with what to show of it."""

    kind: str
    body: dict[str, Any]


OPEN = changed(
    Chat,
    f"""
    insert into chat (bkt, chat_id, member_id, shop_id, version, last_seq, last_side, last_text, last_at, buyer_seen,
        shop_seen, assigned_to)
    values ($1, $2, $3, $4, 1, 0, '', '', $5, 0, 0, 0) on conflict (bkt, member_id, shop_id) do nothing
        returning {COLUMNS}
    """,
)
LOCK = changed(Chat, f"select {COLUMNS} from chat where bkt = $1 and chat_id = $2 for update")
SAID = value(
    int,
    """
    select seq from chat_message where bkt = $1 and chat_id = $2 and author_id = $3 and request_key = $4
    """,
)
LATELY = value(
    int,
    """
    select count(*) from (
        select 1 from chat_message where bkt = $1 and chat_id = $2 and author_id = $3
          and said_at > $4::timestamptz - interval '1 minute' and seq > $5 limit 1000) as counted
    """,
)
PUT = command(
    """
    insert into chat_message (bkt, chat_id, seq, side, author_id, kind, body, request_key, said_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """
)
ADVANCE = command(
    """
    update chat set version = version + 1, last_seq = $3, last_side = $4, last_text = $5, last_at = $6,
        buyer_seen = case when $4 = 'buyer' then $3 else buyer_seen end,
        shop_seen = case when $4 = 'shop' then $3 else shop_seen end,
        assigned_to = case when $4 = 'shop' and assigned_to = 0 then $7 else assigned_to end
    where bkt = $1 and chat_id = $2
    """
)
SEE = changed_value(
    int,
    """
    update chat set version = version + 1,
        buyer_seen = case when $3 = 'buyer' then greatest(buyer_seen, least($4, last_seq)) else buyer_seen end,
        shop_seen = case when $3 = 'shop' then greatest(shop_seen, least($4, last_seq)) else shop_seen end
    where bkt = $1 and chat_id = $2
      and ($3 = 'buyer' and buyer_seen < least($4, last_seq) or $3 = 'shop' and shop_seen < least($4, last_seq))
    returning version
    """,
)


@use_case("actor")
async def open_chat(tx: Tx, actor: Actor, shop_id: int) -> Chat:
    """The actor's conversation with a shop, made at the first asking."""
    actor.must("member:chat:open", actor.id)
    made = await tx.maybe(OPEN, actor.bucket, tx.new_id(actor.bucket), actor.id, shop_id, tx.now)
    found = made or await find_chat(tx, actor.id, shop_id)
    if found is None:
        raise NotFound("chat", shop_id)
    return found


@use_case("chat_id")
async def post_message(tx: Tx, actor: Actor, chat_id: int, said: MessageBody, request_key: str) -> int:
    """Say something in a conversation of one's own or of one's shop; answers its number, the same for the same key.

    Refuses `NotFound` for who is on neither side, `Invalid`, `MessageRateExceeded`.
    """
    _check(said, request_key)
    found = await tx.maybe(LOCK, bucket_of(chat_id), chat_id)
    side = side_of(actor, found) if found else ""
    if found is None or not side:
        raise NotFound("chat", chat_id)
    before = await tx.maybe(SAID, tx.bucket, chat_id, actor.id, request_key)
    if before is not None:
        return before
    most = (await get_rules(tx)).value(A_MINUTE, tx.now)
    if await tx.one(LATELY, tx.bucket, chat_id, actor.id, tx.now, found.last_seq - 1_000) >= most:
        raise MessageRateExceeded(60)
    seq = found.last_seq + 1
    await tx.run(PUT, tx.bucket, chat_id, seq, side, actor.id, said.kind, said.body, request_key, tx.now)
    text = str(said.body.get("text", ""))[:LAST_TEXT] if said.kind == "text" else f"[{said.kind}]"
    await tx.run(ADVANCE, tx.bucket, chat_id, seq, side, text, tx.now, actor.id)
    tx.emit(ChatChanged(chat_id=chat_id, member_id=found.member_id, shop_id=found.shop_id))
    return seq


@use_case("chat_id")
async def mark_seen(tx: Tx, actor: Actor, chat_id: int, seq: int) -> bool:
    """The actor's side has read up to a message; answers whether that was news."""
    found = await tx.maybe(GET, bucket_of(chat_id), chat_id)
    side = side_of(actor, found) if found else ""
    if found is None or not side:
        raise NotFound("chat", chat_id)
    if await tx.maybe(SEE, tx.bucket, chat_id, side, seq) is None:
        return False
    tx.emit(ChatChanged(chat_id=chat_id, member_id=found.member_id, shop_id=found.shop_id))
    return True


def picture_key(chat_id: int, name: str) -> str:
    """Under which key a picture of a conversation is kept."""
    return f"talk/{chat_id}/{name}"


def _check(said: MessageBody, request_key: str) -> None:
    if said.kind not in KINDS:
        raise Invalid("kind", ", ".join(sorted(KINDS)))
    if not 1 <= len(request_key) <= MAX_KEY:
        raise Invalid("request_key", f"1 to {MAX_KEY} characters")
    text = str(said.body.get("text", ""))
    if said.kind == "text" and (not text.strip() or len(text) > MAX_TEXT):
        raise Invalid("text", f"1 to {MAX_TEXT} characters")
