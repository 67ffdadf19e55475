"""Learning: what many did with what they were shown becomes signals of products and phrases to suggest.

Signals fade by half in thirty days. A phrase is suggested to others only when several have asked it and it found
something.
"""

from datetime import date, datetime, timedelta

import msgspec

from datong.commerce.rulebook import get_rules
from datong.kernel.ids import BUCKETS, bucket_of
from datong.kernel.sql import command, rows, value
from datong.kernel.tx import Db
from datong.platform.search.dirty_queue import mark_products
from datong.platform.search.parameters import KEEP_DAYS, TRAIL_DAYS
from datong.platform.search.query_log import WITHHELD
from datong.platform.search.vocabulary import put_phrases, sound_of

SETTLED = timedelta(seconds=10)
"""Notes are written within a second; what is older than this is complete."""
LONGEST = timedelta(hours=1)
ASKERS = 3
"""So many clients must have asked a phrase before others are shown it."""
HOT_DAYS = 7
ASKED_WEIGHT = 20.0


class Shown(msgspec.Struct, frozen=True):
    """How often a product was shown, looked at or bought in a stretch of time."""

    product_id: int
    seen: int
    clicked: int
    bought: int


class Popular(msgspec.Struct, frozen=True):
    """A phrase that several asked."""

    phrase: str
    shown: str
    askers: int


UNTIL = value(datetime, "select until from search_learned where what = $1")
PUT_UNTIL = command(
    "insert into search_learned (what, until) values ($1, $2) on conflict (what) do update set until = $2"
)
WHAT_HAPPENED = rows(
    Shown,
    """
    select product_id, sum(seen)::bigint as seen, sum(clicked)::bigint as clicked, sum(bought)::bigint as bought from (
        select h.product_id, 1 as seen, 0 as clicked, 0 as bought
        from search_query q cross join lateral unnest(q.hits) as h (product_id)
        where q.asked_at > $1 and q.asked_at <= $2
        union all
        select product_id, 0, (action = 'click')::int, (action = 'purchase')::int from (
            select distinct e.query_id, e.client, e.action, e.product_id from search_event e
            join search_query q on q.bkt = e.query_id & $3 and q.query_id = e.query_id and e.product_id = any(q.hits)
            where e.happened_at > $1 and e.happened_at <= $2) as credited) as each
    group by product_id order by product_id limit 100000
    """,
)
"""What came of a query counts once for each client, and only for a product that the query had shown."""
LEARN = command("select search_learn($1, $2, $3::integer[], $4::bigint[], $5::float8[], $6::float8[], $7::float8[])")
POPULAR = rows(
    Popular,
    """
    select phrase, min(shown) as shown, count(distinct client) as askers from search_query
    where asked_at > $1 and total > 0 and phrase not in ('', $2)
    group by phrase having count(distinct client) >= $3 order by askers desc, phrase limit 5000
    """,
)
FORGET_POPULAR = command("delete from search_phrase where kind = 'query'")
PRUNE = (
    (KEEP_DAYS, command("delete from search_query where asked_at < $1")),
    (KEEP_DAYS, command("delete from search_event where happened_at < $1")),
    (TRAIL_DAYS, command("delete from search_trail where clicked_at < $1")),
)


async def learn_signals(db: Db) -> int:
    """What happened since the last time, product by product; answers how many products moved."""
    async with db.read() as tx:
        since = await tx.maybe(UNTIL, "signals") or tx.now - LONGEST
        until = min(tx.now - SETTLED, max(since, tx.now - LONGEST * 24) + LONGEST)
        if until <= since:
            return 0
        happened = await tx.all(WHAT_HAPPENED, since, until, BUCKETS - 1)
    for buckets in db.groups(bucket_of(each.product_id) for each in happened):
        mine = [each for each in happened if bucket_of(each.product_id) in buckets]
        async with db.begin_many(buckets, is_async_commit=True) as tx:
            places = [bucket_of(each.product_id) for each in mine]
            columns = zip(
                *((e.product_id, float(e.seen), float(e.clicked), float(e.bought)) for e in mine), strict=True
            )
            await tx.run(LEARN, buckets[0], until, places, *map(list, columns))
            await mark_products(tx, [each.product_id for each in mine])
    async with db.begin() as tx:
        await tx.run(PUT_UNTIL, "signals", until)
    return len(happened)


class _Learned:
    """What this process has learnt last: what has not changed is not written again."""

    def __init__(self) -> None:
        self.phrases: dict[tuple[str, str], float] | None = None
        self.forgotten_on: date | None = None


async def learn_phrases(db: Db) -> int:
    """What several looked for in the last days and found; answers how many phrases it are."""
    async with db.snapshot() as tx:
        popular = await tx.all(POPULAR, tx.now - timedelta(days=HOT_DAYS), WITHHELD, ASKERS)
    phrases: dict[tuple[str, str], float] = {}
    for each in popular:
        for written in {each.phrase, sound_of(each.phrase)} - {""}:
            phrases[written, each.shown] = ASKED_WEIGHT * each.askers
    learned = db.keep("search.phrases", _Learned)
    if phrases != learned.phrases:
        async with db.begin() as tx:
            await tx.run(FORGET_POPULAR)
            await put_phrases(tx, "query", phrases)
        learned.phrases = phrases
    return len(popular)


async def forget_old(db: Db) -> int:
    """Notes older than they are kept, once a day; answers how many rows went."""
    gone, learned = 0, db.keep("search.phrases", _Learned)
    if learned.forgotten_on == db.now().date():
        return 0
    learned.forgotten_on = db.now().date()
    async with db.begin() as tx:
        rules = await get_rules(tx)
        for days, statement in PRUNE:
            gone += await tx.run(statement, tx.now - timedelta(days=rules.value(days, tx.now)))
    return gone
