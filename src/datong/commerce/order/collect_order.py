"""Collecting: the buyer shows a code, the shop types it in, and what was ready is received.

The confirm clock then runs from the collection. What nobody collects in time is paid back by the clock (`expiry`).
"""

from datong.commerce.catalog import LineState, MovedBy
from datong.commerce.fulfilment import CodeOutcome, redeem_code, renew_codes
from datong.commerce.order.hand_over import confirm_due, method_of
from datong.commerce.order.queries import own_order
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
        paused_due_at = case when paused_due_at is null then null else $3::timestamptz end
    where bkt = $1 and order_id = $2
    """
)


class NothingToCollect(Conflict):
    """Nothing of this order waits to be collected."""

    code = "order.nothing_to_collect"


@use_case("order_id")
async def collect_order(tx: Tx, actor: Actor, order_id: int, code: str) -> CodeOutcome:
    """Take the buyer's code for what is ready; answers whether it was right.

    A wrong one is an answer and not a refusal, because it is counted. Refuses `WrongOrderState`, `NotFound`.
    """
    seen = await own_order(tx, actor, order_id, "ship")
    actor.must("shop:order:ship", seen.shop_id)
    order = await lock_order(tx, order_id)
    if order.state not in IN_ESCROW:
        raise WrongOrderState(order.state)
    outcome, collected = await redeem_code(tx, order_id, code)
    if not collected:
        return outcome
    ready = [
        line.line_id for line in await lines_of(tx, order_id)
        if line.parcel_id in collected
        and method_of(tx, line.method).allows(line.state, LineState.RECEIVED, MovedBy.SELLER)
    ]  # fmt: skip
    await tx.run(RECEIVE, tx.bucket, ready, collected, tx.now)
    lines = await lines_of(tx, order_id)
    if order.state == OrderState.WAIT_BUYER_CONFIRM_GOODS and all(
        line.state not in {LineState.WAITING, LineState.HANDED_OVER} for line in lines
    ):
        await tx.run(MOVE_CLOCK, tx.bucket, order_id, await confirm_due(tx, order, lines))
    tx.emit(
        OrderChanged(
            purchase_id=order.purchase_id, order_id=order_id, shop_id=order.shop_id, member_id=order.member_id,
            change="collected",
        )
    )  # fmt: skip
    return outcome


@use_case("order_id")
async def renew_collection_code(tx: Tx, actor: Actor, order_id: int) -> None:
    """A new code for the buyer of an order, who thinks that somebody else knows the old one or locked it.

    Refuses `NothingToCollect`, `NotFound`.
    """
    seen = await own_order(tx, actor, order_id, "confirm")
    actor.must("member:order:confirm", seen.member_id)
    await lock_order(tx, order_id)
    if not await renew_codes(tx, order_id):
        raise NothingToCollect
