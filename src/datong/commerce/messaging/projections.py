"""The shop's side: who waits for an answer, longest first, who looks after whom, and what is said often."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from datong.commerce.member import get_names
from datong.commerce.messaging.queries import COLUMNS, GET, RIGHT, Chat
from datong.facts.messaging import ChatChanged
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.paging import LATEST, Page, clamp_limit, decode_cursor, instant_key, make_page
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.sql import changed, command, rows, value
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case

MAX_REPLIES = 30
MAX_REPLY = 500


class ShopChat(msgspec.Struct, frozen=True):
    """A conversation as its shop sees it in a list."""

    chat_id: int
    shop_id: int
    member_id: int
    member_name: str
    version: int
    last_seq: int
    last_side: str
    last_text: str
    last_at: datetime
    shop_seen: int
    assigned_to: int
    waiting_since: datetime | None


class QuickReply(msgspec.Struct, frozen=True):
    """Something the shop says often."""

    reply_id: int
    text: str


class TakenAlready(Conflict):
    """A colleague looks after this conversation already."""

    code = "messaging.taken_already"


_COLUMNS = """chat_id, shop_id, member_id, member_name, version, last_seq, last_side, last_text, last_at, shop_seen,
    assigned_to, waiting_since"""
COPY = command(
    """
    insert into shop_chat as s (bkt, chat_id, shop_id, member_id, member_name, version, last_seq, last_side, last_text,
        last_at, shop_seen, assigned_to, waiting_since)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, case when $8 = 'buyer' then $10::timestamptz end)
    on conflict (bkt, chat_id) do update set version = excluded.version, last_seq = excluded.last_seq,
        last_side = excluded.last_side, last_text = excluded.last_text, last_at = excluded.last_at,
        shop_seen = excluded.shop_seen, assigned_to = excluded.assigned_to,
        waiting_since = case when excluded.last_side = 'buyer' then coalesce(s.waiting_since, excluded.last_at) end
    where s.version < excluded.version
    """
)
WAITING = rows(
    ShopChat,
    f"""
    select {_COLUMNS} from shop_chat where bkt = $1 and shop_id = $2 and waiting_since is not null
    order by waiting_since, chat_id limit $3
    """,
)
ALL = rows(
    ShopChat,
    f"""
    select {_COLUMNS} from shop_chat where bkt = $1 and shop_id = $2 and last_seq > 0
      and (last_at, chat_id) < (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4)
    order by last_at desc, chat_id desc limit $5
    """,
)
COUNT = value(
    int,
    """
    select count(*) from (
        select 1 from shop_chat where bkt = $1 and shop_id = $2 and waiting_since is not null limit 1000) as counted
    """,
)
TAKE = changed(
    Chat,
    f"""
    update chat set assigned_to = $3, version = version + 1
    where bkt = $1 and chat_id = $2 and shop_id = $4 and assigned_to in ($3, $5)
    returning {COLUMNS}
    """,
)
REPLIES = rows(
    QuickReply, "select reply_id, text from quick_reply where bkt = $1 and shop_id = $2 order by reply_id limit 50"
)
PUT_REPLY = command(
    "insert into quick_reply (bkt, reply_id, shop_id, text, made_by, made_at) values ($1, $2, $3, $4, $5, $6)"
)
DROP_REPLY = command("delete from quick_reply where bkt = $1 and reply_id = $2 and shop_id = $3")


async def copy_chats(tx: Tx, chat_ids: Sequence[int]) -> None:
    """Bring the shops' copies up to the conversations as they are now."""
    for chat_id in sorted(set(chat_ids)):
        found = await tx.maybe(GET, bucket_of(chat_id), chat_id)
        if found is None or bucket_of(found.shop_id) not in tx.buckets:
            continue
        name = (await get_names(tx, [found.member_id])).get(found.member_id, "")
        await tx.run(
            COPY, bucket_of(found.shop_id), chat_id, found.shop_id, found.member_id, name, found.version,
            found.last_seq, found.last_side, found.last_text, found.last_at, found.shop_seen, found.assigned_to,
        )  # fmt: skip


async def copy_chat_now(db: Db, chat_id: int, shop_id: int) -> None:
    """The same at once, for staff who have just acted and look at the list."""
    async with db.begin(bucket_of(shop_id)) as tx:
        await copy_chats(tx, [chat_id])


async def list_queue(tx: Tx, actor: Actor, shop_id: int) -> list[ShopChat]:
    """Who waits for an answer, the longest first, up to a hundred."""
    actor.must(RIGHT, shop_id)
    return await tx.all(WAITING, bucket_of(shop_id), shop_id, 100)


async def list_shop_chats(tx: Tx, actor: Actor, shop_id: int, cursor: str = "", limit: int = 30) -> Page[ShopChat]:
    """All conversations of a shop, the last said in first."""
    actor.must(RIGHT, shop_id)
    before, before_id = decode_cursor(cursor, LATEST)
    found = await tx.all(ALL, bucket_of(shop_id), shop_id, before, before_id, clamp_limit(limit) + 1)
    return make_page(found, limit, lambda each: instant_key(each.last_at, each.chat_id))


async def count_waiting(tx: Tx, actor: Actor, shop_id: int) -> int:
    """How many wait for an answer (counted up to 1,000)."""
    actor.must(RIGHT, shop_id)
    return await tx.one(COUNT, bucket_of(shop_id), shop_id)


@use_case("chat_id")
async def assign_chat(tx: Tx, actor: Actor, shop_id: int, chat_id: int, before: int) -> None:
    """Look after a conversation from now on, in place of whoever did (`before`, 0: nobody). Refuses `TakenAlready`."""
    actor.must(RIGHT, shop_id)
    taken = await tx.maybe(TAKE, bucket_of(chat_id), chat_id, actor.id, shop_id, before)
    if taken is None:
        found = await tx.maybe(GET, bucket_of(chat_id), chat_id)
        if found is None or found.shop_id != shop_id:
            raise NotFound("chat", chat_id)
        raise TakenAlready
    tx.emit(ChatChanged(chat_id=chat_id, member_id=taken.member_id, shop_id=shop_id))


async def list_quick_replies(tx: Tx, actor: Actor, shop_id: int) -> list[QuickReply]:
    """What the shop says often."""
    actor.must(RIGHT, shop_id)
    return await tx.all(REPLIES, bucket_of(shop_id), shop_id)


@use_case("shop_id")
async def add_quick_reply(tx: Tx, actor: Actor, shop_id: int, text: str) -> int:
    """Keep one more; answers its id. Refuses `Invalid` for an empty one, and past thirty."""
    actor.must(RIGHT, shop_id)
    if not 1 <= len(text.strip()) <= MAX_REPLY:
        raise Invalid("text", f"1 to {MAX_REPLY} characters")
    if len(await tx.all(REPLIES, bucket_of(shop_id), shop_id)) >= MAX_REPLIES:
        raise Invalid("text", f"at most {MAX_REPLIES} quick replies")
    reply_id = tx.new_id(bucket_of(shop_id))
    await tx.run(PUT_REPLY, bucket_of(shop_id), reply_id, shop_id, text.strip(), actor.id, tx.now)
    return reply_id


@use_case("shop_id")
async def drop_quick_reply(tx: Tx, actor: Actor, shop_id: int, reply_id: int) -> None:
    """Keep it no longer."""
    actor.must(RIGHT, shop_id)
    await tx.run(DROP_REPLY, bucket_of(shop_id), reply_id, shop_id)
