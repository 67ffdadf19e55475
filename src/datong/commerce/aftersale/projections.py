"""The shop's copies of refund cases: its due list by time left. They follow the buyer's by version."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from datong.commerce.aftersale.queries import MANY
from datong.commerce.aftersale.states import OPEN_STATES
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.paging import Page, clamp_limit, decode_cursor, make_page
from datong.kernel.sql import command, rows, value
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case

TO_ANSWER = ("WAIT_SELLER_AGREE", "WAIT_SELLER_CONFIRM_GOODS", "WAIT_SELLER_SEND_GOODS")
"""The states in which the shop's own clock runs."""


class SellerCase(msgspec.Struct, frozen=True):
    """A case in a shop's list."""

    case_id: int
    order_id: int
    version: int
    state: str
    kind: str
    reason: str
    currency: str
    amount: int
    what: dict[str, object]
    is_disputed: bool
    opened_at: datetime
    due_at: datetime | None
    ended_at: datetime | None


_COLUMNS = (
    "case_id, order_id, version, state, kind, reason, currency, amount, what, is_disputed, opened_at, due_at, ended_at"
)
PUT = command(
    """
    insert into seller_case as s (bkt, case_id, shop_id, order_id, version, state, kind, reason, currency, amount, what,
        is_disputed, opened_at, due_at, ended_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    on conflict (bkt, case_id) do update set version = $5, state = $6, kind = $7, reason = $8, amount = $10,
        is_disputed = $12, due_at = $14, ended_at = $15
    where s.version <= $5
    """
)
DISPUTED = value(
    int,
    """
    select d.case_id from unnest($1::integer[], $2::bigint[]) as w (bkt, case_id)
    join dispute d on d.bkt = w.bkt and d.case_id = w.case_id and d.due_at is not null and d.cs_status in (3, 10, 11)
        limit 2000
    """,
)
DUE = rows(
    SellerCase,
    f"""
    select {_COLUMNS} from seller_case
    where bkt = $1 and shop_id = $2 and state = any($3) order by due_at nulls last, case_id limit $4
    """,
)
LIST = rows(
    SellerCase,
    f"select {_COLUMNS} from seller_case where bkt = $1 and shop_id = $2 and case_id < $3 order by case_id desc "
    "limit $4",
)
COUNT = value(
    int,
    """
    select count(*) from (
        select 1 from seller_case where bkt = $1 and shop_id = $2 and state = any($3) limit 1000) as counted
    """,
)


@use_case("shop_id")
async def refresh_queue(tx: Tx, shop_id: int, case_ids: Sequence[int]) -> None:  # noqa: ARG001 - whose bucket
    """Bring a shop's projections of these cases up to now, so that whoever acted on them sees what it did."""
    await copy_to_sellers(tx, case_ids)


async def copy_to_sellers(tx: Tx, case_ids: Sequence[int]) -> None:
    """Bring the shops' copies up to the cases as they are now; only those of this transaction's buckets are written."""
    wanted = sorted(set(case_ids))
    found = await tx.all(MANY, [bucket_of(each) for each in wanted], wanted)
    mine = [each for each in found if bucket_of(each.shop_id) in tx.buckets]
    if not mine:
        return
    disputed = set(await tx.all(DISPUTED, [bucket_of(each.case_id) for each in mine], [each.case_id for each in mine]))
    for case in mine:
        await tx.run(
            PUT, bucket_of(case.shop_id), case.case_id, case.shop_id, case.order_id, case.version, case.state,
            case.kind,
            case.reason, case.currency, case.amount, case.what, case.case_id in disputed, case.opened_at, case.due_at,
            case.ended_at,
        )  # fmt: skip


async def copy_case_now(db: Db, case_id: int, shop_id: int) -> None:
    """Bring the copy up to date at once, for a shop that has just acted and looks at its list."""
    async with db.begin(bucket_of(shop_id)) as tx:
        await copy_to_sellers(tx, [case_id])


async def list_due_cases(tx: Tx, actor: Actor, shop_id: int, limit: int = 50) -> list[SellerCase]:
    """The cases that wait for the shop, least time left first."""
    actor.must("shop:refund:read", shop_id)
    return await tx.all(DUE, bucket_of(shop_id), shop_id, list(TO_ANSWER), clamp_limit(limit))


async def list_open_cases(tx: Tx, actor: Actor, shop_id: int, limit: int = 50) -> list[SellerCase]:
    """The cases that wait for anyone, least time left first."""
    actor.must("shop:refund:read", shop_id)
    return await tx.all(DUE, bucket_of(shop_id), shop_id, [state.value for state in OPEN_STATES], clamp_limit(limit))


async def list_seller_cases(tx: Tx, actor: Actor, shop_id: int, cursor: str = "", limit: int = 30) -> Page[SellerCase]:
    """A shop's cases, newest first, ended ones too."""
    actor.must("shop:refund:read", shop_id)
    (before,) = decode_cursor(cursor, [2**63 - 1])
    found = await tx.all(LIST, bucket_of(shop_id), shop_id, before, clamp_limit(limit) + 1)
    return make_page(found, limit, lambda case: [case.case_id])


async def count_due_cases(tx: Tx, actor: Actor, shop_id: int) -> int:
    """How many cases wait for the shop (counted up to 1,000)."""
    actor.must("shop:refund:read", shop_id)
    return await tx.one(COUNT, bucket_of(shop_id), shop_id, list(TO_ANSWER))
