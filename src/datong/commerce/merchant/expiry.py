"""Applications that come to nothing by the clock: dues that were not paid by their date, and those nobody decides.

Either way the applicant is told and may apply again; what it had paid in goes to its balance. Source: domain.md §1
[12]; the time for the decision is DESIGN.
"""

from datetime import datetime, timedelta

import msgspec

from datong.commerce.merchant.dues import REVIEW_DAYS
from datong.commerce.merchant.queries import RECENT
from datong.commerce.merchant.states import ShopState
from datong.commerce.rulebook import get_rules
from datong.commerce.storefront import get_storefronts
from datong.facts.merchant import ApplicationEnded
from datong.kernel.money import Money
from datong.kernel.sql import changed, command, rows
from datong.kernel.sweeping import one_by_one
from datong.kernel.tx import Db, Tx

LATE_DUES, UNDECIDED = "timeout.dues", "timeout.review"
"""Why an application ended, as codes that pages put into words."""


class DueShop(msgspec.Struct, frozen=True):
    """A shop whose time is over."""

    bkt: int
    shop_id: int


class _Ended(msgspec.Struct, frozen=True):
    storefront_id: int
    deposit_paid: int
    fee_paid: int


DUE_DUES = rows(
    DueShop,
    "select bkt, shop_id from shop where state = 'AWAIT_PAYMENT' and dues_by <= $1 order by dues_by limit 200",
)
DUE_REVIEWS = rows(
    DueShop,
    """
    select bkt, shop_id from shop where state in ('SUBMITTED', 'UNDER_REVIEW') and applied_at <= $1
    order by applied_at limit 200
    """,
)
CLOSE = changed(
    _Ended,
    """
    update shop set state = 'CLOSED', closed_at = $3, reason = $4
    where bkt = $1 and shop_id = $2 and state = 'AWAIT_PAYMENT' and dues_by <= $3
    returning storefront_id, deposit_paid, fee_paid
    """,
)
TAKE_OUT = command("update shop set deposit_paid = 0, fee_paid = 0 where bkt = $1 and shop_id = $2")
REJECT = changed(
    _Ended,
    """
    update shop set state = 'REJECTED', closed_at = $3, reason = $4
    where bkt = $1 and shop_id = $2 and state in ('SUBMITTED', 'UNDER_REVIEW') and applied_at <= $5
    returning storefront_id, deposit_paid, fee_paid
    """,
)


async def run_due_applications(db: Db) -> int:
    """End every application whose time is over, each by itself; answers how many were found."""
    async with db.read() as tx:
        late = await tx.all(DUE_DUES, tx.now)
        undecided = await tx.all(DUE_REVIEWS, await _applied_before(tx))

    async def close(each: DueShop) -> None:
        async with db.begin(each.bkt) as tx:
            ended = await tx.maybe(CLOSE, each.bkt, each.shop_id, tx.now, LATE_DUES)
            if ended is not None:
                await tx.run(TAKE_OUT, each.bkt, each.shop_id)
                await _tell(tx, each.shop_id, ended, ShopState.CLOSED, LATE_DUES)

    async def reject(each: DueShop) -> None:
        async with db.begin(each.bkt) as tx:
            before = await _applied_before(tx)
            ended = await tx.maybe(REJECT, each.bkt, each.shop_id, tx.now, UNDECIDED, before)
            if ended is not None:
                await _tell(tx, each.shop_id, ended, ShopState.REJECTED, UNDECIDED)

    await one_by_one(late, close)
    await one_by_one(undecided, reject)
    return len(late) + len(undecided)


async def _applied_before(tx: Tx) -> datetime:
    return tx.now - timedelta(days=(await get_rules(tx)).value(REVIEW_DAYS, tx.now))


async def _tell(tx: Tx, shop_id: int, ended: _Ended, state: ShopState, reason: str) -> None:
    RECENT.forget(shop_id)
    currency = (await get_storefronts(tx)).get(ended.storefront_id).currency
    tx.emit(
        ApplicationEnded(
            shop_id=shop_id, state=state.value, reason=reason, deposit=Money(ended.deposit_paid, currency),
            fee=Money(ended.fee_paid, currency), ended_at=tx.now,
        )
    )  # fmt: skip
