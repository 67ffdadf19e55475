"""Collecting: the buyer shows a code, the shop types it in, and what was ready is received.

The confirm clock then runs from the collection. What nobody collects in time is paid back by the clock (`expiry`).
"""

from collections.abc import Sequence
from datetime import datetime

from datong.commerce.catalog import LineState, MovedBy
from datong.commerce.fulfilment import CodeOutcome, redeem_code, renew_codes
from datong.commerce.order.hand_over import confirm_due, method_of
from datong.commerce.order.queries import OrderLine, ShopOrder, own_order
from datong.commerce.order.states import IN_ESCROW, OrderState, WrongOrderState
from datong.commerce.order.transitions import lines_of, lock_order
from datong.facts.order import OrderChanged
from datong.kernel.actor import Actor
from datong.kernel.refusal import Conflict
from datong.kernel.sql import command
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

RECEIVE = command(
    """
    update order_line set received_at = $4
    where bkt = $1 and line_id = any($2) and parcel_id = any($3) and received_at is null
    """
)
MOVE_CLOCK = command(
    """
    update shop_order set version = version + 1,
        due_at = case when due_at is null then null else $3::timestamptz end,
        paused_due_at = case when paused_due_at is null then null else $3::timestamptz end,
        paused_at = case when paused_at is null then null else $4::timestamptz end
    where bkt = $1 and order_id = $2
    """
)


class NothingToCollect(Conflict):
    """Nothing of this order waits to be collected."""

    code = "order.nothing_to_collect"


@use_case("order_id")
async def collect_order(tx: Tx, actor: Actor, order_id: int, code: str) -> CodeOutcome:
    """Take the buyer's code for what is ready; answers whether it was right.

    A wrong one is an answer and not a refusal, because it is counted. Refuses `WrongOrderState`, `NothingToCollect`,
    `NotFound`.
    """
    seen = await own_order(tx, actor, order_id, "ship")
    actor.must("shop:order:ship", seen.shop_id)
    order = await lock_order(tx, order_id)
    if order.state not in IN_ESCROW:
        raise WrongOrderState(order.state)
    lines = await lines_of(tx, order_id)
    outcome, collected = await redeem_code(tx, order_id, _ready(tx, lines), code)
    if not collected:
        return outcome
    await tx.run(RECEIVE, tx.bucket, [line.line_id for line in lines], collected, tx.now)
    if order.state == OrderState.WAIT_BUYER_CONFIRM_GOODS:
        due = await _due_after(tx, order, await lines_of(tx, order_id))
        await tx.run(MOVE_CLOCK, tx.bucket, order_id, due, tx.now)
    tx.emit(
        OrderChanged(
            purchase_id=order.purchase_id, order_id=order_id, shop_id=order.shop_id, member_id=order.member_id,
            change="collected",
        )
    )  # fmt: skip
    return outcome


def _ready(tx: Tx, lines: Sequence[OrderLine]) -> set[int]:
    """The hand-overs of which something waits to be collected; refuses `NothingToCollect`."""
    ready = {
        line.parcel_id for line in lines
        if line.state == LineState.HANDED_OVER
        and method_of(tx, line.method).allows(line.state, LineState.RECEIVED, MovedBy.SELLER)
    }  # fmt: skip
    if not ready:
        raise NothingToCollect
    return ready


async def _due_after(tx: Tx, order: ShopOrder, lines: Sequence[OrderLine]) -> datetime:
    """When the order is confirmed by itself after a collection: what is still on its way keeps the time it had."""
    received = [line for line in lines if line.state != LineState.HANDED_OVER]
    due = await confirm_due(tx, order, received)
    had = order.due_at or order.paused_due_at
    return due if had is None or len(received) == len(lines) else max(due, had)


@use_case("order_id")
async def renew_collection_code(tx: Tx, actor: Actor, order_id: int) -> None:
    """A new code for the buyer of an order, who thinks that somebody else knows the old one or locked it.

    Refuses `NothingToCollect`, `NotFound`.
    """
    seen = await own_order(tx, actor, order_id, "confirm")
    actor.must("member:order:confirm", seen.member_id)
    await lock_order(tx, order_id)
    await renew_codes(tx, order_id, _ready(tx, await lines_of(tx, order_id)))
