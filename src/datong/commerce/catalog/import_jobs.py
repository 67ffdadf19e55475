"""Bulk import by a merchant: a table becomes drafts, and each draft goes through the same door as a single product.

The table is taken apart at once, so what cannot be read is said at once; what can be read waits, and the worker
publishes it in batches. Every row keeps what became of it. A row that was refused is tried again when the merchant says
so, or comes again in a corrected table: a product is known by its number, so nothing is doubled.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

import msgspec

from datong.commerce.catalog.brands import brand_ref, ensure_brands
from datong.commerce.catalog.csv_import import TableRow
from datong.commerce.catalog.publish_product import Row, get_publishing, publish_batch
from datong.commerce.catalog.validation import ProductDraft
from datong.facts.product import FirstStock, GoodsImported, ImportEnded
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.paging import Page, clamp_limit, decode_cursor, make_page
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.sql import changed, changed_value, command, rows
from datong.kernel.tx import Db, Tx, is_lost
from datong.kernel.use_case import use_case

log = logging.getLogger("datong.catalog")
MAX_ROWS = 5_000
BATCH = 50


class GoodsImport(msgspec.Struct, frozen=True):
    """One table on its way in."""

    import_id: int
    shop_id: int
    title: str
    state: str
    """RUNNING or DONE."""
    total: int
    done: int
    refused: int
    made_at: datetime
    ended_at: datetime | None


class ImportRow(msgspec.Struct, frozen=True):
    """One product of the table: the line it began on, and what became of it."""

    place: int
    outer_id: str
    outcome: str
    """waiting, new, changed, same or refused."""
    code: str
    reason: str
    product_id: int


class _Waiting(msgspec.Struct, frozen=True):
    bkt: int
    import_id: int
    shop_id: int
    made_by: int


class _Draft(msgspec.Struct, frozen=True):
    place: int
    body: dict[str, object]


class _Place(msgspec.Struct, frozen=True):
    place: int


_COLUMNS = "import_id, shop_id, title, state, total, done, refused, made_at, ended_at"
PUT = command(
    """
    insert into goods_import (bkt, import_id, shop_id, title, state, total, done, refused, made_by, made_at, marked_at)
    values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10)
    """
)
PUT_ROWS = command(
    """
    insert into goods_import_row (bkt, import_id, place, outer_id, body, outcome, code, reason)
    select $1, $2, r.place, r.outer_id, r.body, r.outcome, r.code, r.reason
    from unnest($3::integer[], $4::text[], $5::jsonb[], $6::text[], $7::text[], $8::text[])
      as r (place, outer_id, body, outcome, code, reason)
    """
)
LIST = rows(
    GoodsImport,
    f"select {_COLUMNS} from goods_import where bkt = $1 and shop_id = $2 order by import_id desc limit 20",
)
GET = rows(GoodsImport, f"select {_COLUMNS} from goods_import where bkt = $1 and shop_id = $2 and import_id = $3")
ROWS = rows(
    ImportRow,
    """
    select place, outer_id, outcome, code, reason, product_id from goods_import_row
    where bkt = $1 and import_id = $2 and place > $3 and ($4 = '' or outcome = $4) order by place limit $5
    """,
)
NEXT = rows(
    _Waiting,
    "select bkt, import_id, shop_id, made_by from goods_import where marked_at is not null order by marked_at limit 20",
)
LOCK = changed(
    GoodsImport,
    f"""
    update goods_import set marked_at = $3 where bkt = $1 and import_id = $2 and marked_at is not null
    returning {_COLUMNS}
    """,
)
DRAFTS = rows(
    _Draft,
    """
    select place, body from goods_import_row where bkt = $1 and import_id = $2 and outcome = 'waiting'
    order by place limit $3
    """,
)
PLACES = rows(
    _Place,
    """
    select place from goods_import_row where bkt = $1 and import_id = $2 and outcome = 'waiting' order by place limit 1
    """,
)
SET_ROWS = command(
    """
    update goods_import_row r set outcome = n.outcome, code = n.code, reason = n.reason, product_id = n.product_id
    from unnest($3::integer[], $4::text[], $5::text[], $6::text[], $7::bigint[]) as n (place, outcome, code, reason,
        product_id)
    where r.bkt = $1 and r.import_id = $2 and r.place = n.place
    """
)
COUNT = command(
    """
    update goods_import set done = done + $3, refused = refused + $4,
        state = case when $5 then 'DONE' else state end, ended_at = case when $5 then $6 else ended_at end,
        marked_at = case when $5 then null else marked_at end
    where bkt = $1 and import_id = $2
    """
)
RETRY_ROWS = changed_value(
    int,
    """
    update goods_import_row set outcome = 'waiting', code = '', reason = ''
    where bkt = $1 and import_id = $2 and outcome = 'refused' and body <> '{}' returning place
    """,
)
RETRY = command(
    """
    update goods_import set state = 'RUNNING', done = done - $3, refused = refused - $3, ended_at = null, marked_at = $4
    where bkt = $1 and import_id = $2
    """
)


@use_case("shop_id")
async def start_import(tx: Tx, actor: Actor, shop_id: int, title: str, table: Sequence[TableRow]) -> int:
    """Take a table in; answers the import's id. What could not be read is refused in the report at once.

    Refuses `Invalid`.
    """
    actor.must("shop:product:edit", shop_id)
    if not 1 <= len(table) <= MAX_ROWS:
        raise Invalid("file", f"1 to {MAX_ROWS} products")
    bucket = bucket_of(shop_id)
    import_id = tx.new_id(bucket)
    refused = sum(1 for each in table if each.reason)
    is_over = refused == len(table)
    state, marked = ("DONE", None) if is_over else ("RUNNING", tx.now)
    await tx.run(PUT, bucket, import_id, shop_id, title[:100], state, len(table), refused, actor.id, tx.now, marked)
    await tx.run(
        PUT_ROWS, bucket, import_id, [each.place for each in table], [each.outer_id[:100] for each in table],
        [{"draft": msgspec.to_builtins(each.draft), "stock": each.stock} if each.draft else {} for each in table],
        ["refused" if each.reason else "waiting" for each in table],
        ["catalog.unreadable_row" if each.reason else "" for each in table], [each.reason[:300] for each in table],
    )  # fmt: skip
    return import_id


async def list_imports(tx: Tx, actor: Actor, shop_id: int) -> list[GoodsImport]:
    """A shop's last twenty imports."""
    actor.must("shop:product:read", shop_id)
    return await tx.all(LIST, bucket_of(shop_id), shop_id)


async def get_import(
    tx: Tx, actor: Actor, shop_id: int, import_id: int, outcome: str = "", cursor: str = "", limit: int = 50
) -> tuple[GoodsImport, Page[ImportRow]]:
    """One import with its report, row by row, of one outcome or all. Refuses `NotFound`."""
    actor.must("shop:product:read", shop_id)
    found = await tx.maybe(GET, bucket_of(shop_id), shop_id, import_id)
    if found is None:
        raise NotFound("import", import_id)
    (after,) = decode_cursor(cursor, [-1])
    listed = await tx.all(ROWS, bucket_of(shop_id), import_id, after, outcome, clamp_limit(limit) + 1)
    return found, make_page(listed, limit, lambda row: [row.place])


@use_case("shop_id")
async def retry_refused(tx: Tx, actor: Actor, shop_id: int, import_id: int) -> int:
    """Try every refused row again that could be read; answers how many."""
    actor.must("shop:product:edit", shop_id)
    await get_import(tx, actor, shop_id, import_id)
    again = await tx.all(RETRY_ROWS, bucket_of(shop_id), import_id)
    if again:
        await tx.run(RETRY, bucket_of(shop_id), import_id, len(again), tx.now)
    return len(again)


async def run_imports(db: Db) -> int:
    """Publish the next batch of every import that waits; answers how many products were tried."""
    async with db.read() as tx:
        waiting = await tx.all(NEXT)
    return sum([await _run_next(db, each) for each in waiting])


async def _run_next(db: Db, waiting: _Waiting) -> int:
    """The next batch; if it fails, its first row by itself, and if that fails, the row is refused.

    So each import comes to its end, and one that fails holds no other up.
    """
    for most in (BATCH, 1):
        try:
            return await _run_batch(db, waiting, most)
        except Exception as error:
            if is_lost(error):
                raise
            log.exception("a batch of an import failed", extra={"import_id": waiting.import_id, "rows": most})
    async with db.begin(waiting.bkt) as tx:
        if not await tx.maybe(LOCK, waiting.bkt, waiting.import_id, tx.now):
            return 0
        places = [each.place for each in await tx.all(PLACES, waiting.bkt, waiting.import_id)]
        await tx.run(
            SET_ROWS, waiting.bkt, waiting.import_id, places, ["refused"] * len(places),
            ["catalog.import_failed"] * len(places), ["could not be taken in"] * len(places), [0] * len(places),
        )  # fmt: skip
        await tx.run(COUNT, waiting.bkt, waiting.import_id, len(places), len(places), not places, tx.now)
    return len(places)


async def _run_batch(db: Db, waiting: _Waiting, most: int) -> int:
    """One batch in one transaction with its report: a crash in between leaves neither."""
    async with db.read() as tx:
        peeked = await tx.all(DRAFTS, waiting.bkt, waiting.import_id, most)
    drafts = {each.place: msgspec.convert(each.body["draft"], ProductDraft) for each in peeked}
    brands = await ensure_brands(db, sorted({each.brand for each in drafts.values() if brand_ref(each.brand)}))
    actor = Actor(waiting.made_by, "member", {waiting.shop_id: frozenset({"product:edit"})})
    async with db.begin(waiting.bkt) as tx:
        found = await tx.maybe(LOCK, waiting.bkt, waiting.import_id, tx.now)
        if found is None:
            return 0
        mine = [each for each in await tx.all(DRAFTS, waiting.bkt, waiting.import_id, most) if each.place in drafts]
        chosen = [drafts[each.place] for each in mine]
        to = await get_publishing(tx, waiting.shop_id, sorted({draft.category_id for draft in chosen}))
        made = await publish_batch(tx, actor, to, brands, chosen) if chosen else []
        if mine:
            await tx.run(
                SET_ROWS, waiting.bkt, waiting.import_id, [each.place for each in mine], [row.outcome for row in made],
                [row.refusal.code if row.refusal else "" for row in made],
                [_why(row) for row in made], [row.product_id for row in made],
            )  # fmt: skip
        refused, is_over = sum(1 for row in made if row.refusal), len(peeked) < most
        await tx.run(COUNT, waiting.bkt, waiting.import_id, len(mine), refused, is_over, tx.now)
        if is_over:
            tx.emit(ImportEnded(import_id=waiting.import_id, shop_id=waiting.shop_id, refused=found.refused + refused))
        for each, row in zip(mine, made, strict=True):
            if row.sku_ids:
                tx.emit(
                    GoodsImported(
                        product_id=row.product_id,
                        shop_id=waiting.shop_id,
                        made_by=waiting.made_by,
                        stock=_stock(each, row),
                    )
                )
    return len(mine)


def _why(row: Row) -> str:
    if row.refusal is None:
        return ""
    details = row.refusal.details()
    return ": ".join(str(details[name]) for name in ("field", "reason") if details.get(name)) or str(row.refusal)


def _stock(each: _Draft, row: Row) -> list[FirstStock]:
    named = msgspec.convert(each.body.get("stock", {}), dict[str, int])
    return [FirstStock(sku_id, named.get(key, 0)) for key, sku_id in row.sku_ids.items()]
