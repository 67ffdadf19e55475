"""Suggesting: what may be meant while it is being typed, what many look for, and what one looked for oneself."""

import msgspec

from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.sql import command, value
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case
from datong.platform.search.query_understanding import MAX_SIGNS, Query
from datong.platform.search.words import fold

MAX_SUGGESTIONS = 10
KEPT = 20
"""How many of one's own queries are kept."""


class Suggestion(msgspec.Struct, frozen=True):
    """A text to search for."""

    shown: str
    is_own: bool = False


_SUGGEST = """
    select shown from search_phrase where {} order by weight desc limit 30
    """
FIRST = value(str, _SUGGEST.format("first = $1"))
SECOND = value(str, _SUGGEST.format("second = $1"))
THIRD = value(str, _SUGGEST.format("third = $1"))
LONGER = value(str, _SUGGEST.format("third = left($1, 3) and starts_with(written, $1)"))
HOT = value(str, "select shown from search_phrase where kind = 'query' order by weight desc limit $1")
OWN = value(
    str,
    """
    select shown from search_history where bkt = $1 and actor_id = $2 and starts_with(phrase, $3)
    order by asked_at desc limit $4
    """,
)
REMEMBER = command(
    """
    insert into search_history (bkt, actor_id, phrase, shown, asked_at) values ($1, $2, $3, $4, $5)
    on conflict (bkt, actor_id, phrase) do update set asked_at = $5, shown = $4
    """
)
TRIM = command(
    """
    delete from search_history where bkt = $1 and actor_id = $2 and asked_at < (
        select min(asked_at) from (
            select asked_at from search_history where bkt = $1 and actor_id = $2 order by asked_at desc
                limit $3) as kept)
    """
)
ERASE_ALL = command("delete from search_history where bkt = $1 and actor_id = $2")
ERASE = command("delete from search_history where bkt = $1 and actor_id = $2 and phrase = $3")


def _key(text: str) -> str:
    return " ".join(fold(text[:MAX_SIGNS]).split())


async def suggest(tx: Tx, actor: Actor, typed: str, limit: int = MAX_SUGGESTIONS) -> list[Suggestion]:
    """What begins with what was typed, in signs or by sound: one's own queries first, then what is common."""
    key = _key(typed)
    own = await tx.all(OWN, actor.bucket, actor.id, key, 3 if key else KEPT) if actor.id else []
    found = {shown: Suggestion(shown, is_own=True) for shown in own}
    if key:
        query = {1: FIRST, 2: SECOND, 3: THIRD}.get(len(key), LONGER)
        for shown in await tx.all(query, key):
            found.setdefault(shown, Suggestion(shown))
    return list(found.values())[: limit if key else KEPT]


async def list_hot(tx: Tx, limit: int = MAX_SUGGESTIONS) -> list[str]:
    """What many look for these days."""
    return await tx.all(HOT, min(limit, 30))


async def remember(db: Db, actor: Actor, query: Query) -> None:
    """Keep a query in its asker's own history, which holds the last twenty; a server crash may lose the latest one."""
    if not actor.id or not query.words:
        return
    async with db.begin_many([actor.bucket], is_async_commit=True) as tx:
        await tx.run(REMEMBER, actor.bucket, actor.id, query.key, query.text, tx.now)
        await tx.run(TRIM, actor.bucket, actor.id, KEPT)


@use_case("actor")
async def erase_history(tx: Tx, actor: Actor, shown: str = "") -> None:
    """Forget one of one's queries, or all of them."""
    bucket = bucket_of(actor.id)
    if shown:
        await tx.run(ERASE, bucket, actor.id, _key(shown))
    else:
        await tx.run(ERASE_ALL, bucket, actor.id)
