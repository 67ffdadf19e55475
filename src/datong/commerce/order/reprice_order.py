"""Changing the price of an order that nobody has paid: the shop takes something off, or asks less freight.

What the shop takes off stands beside the other cuts of the lines, paid for by the shop, in place of what it took off
before. A charge opened for the old amount pays for nothing: money that still comes by it goes back. Source: domain.md
§3 (TOP: a seller changes the price before payment; freight only downwards).
"""

import msgspec

from datong.commerce.order.order_draft import commission_by_line
from datong.commerce.order.pay_purchase import LOCK_PURCHASE
from datong.commerce.order.queries import own_order
from datong.commerce.order.states import OrderState, WrongOrderState
from datong.commerce.order.transitions import lock_order
from datong.commerce.payment import LineParts
from datong.commerce.voucher import SHOP_FUNDER
from datong.facts.order import OrderChanged
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.money import allocate
from datong.kernel.refusal import Conflict, Invalid
from datong.kernel.sql import Doc, command, rows
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

LAYER = "seller"
TITLES = {"en": "Taken off by the shop", "zh": "卖家改价"}
MIN_AMOUNT = 1
"""An order is paid with at least one minor unit."""


class ReductionTooDeep(Conflict):
    """No more can be taken off than the goods cost."""

    code = "order.cut_too_deep"

    def __init__(self, most: int) -> None:
        self.most = most


class _Line(msgspec.Struct, frozen=True):
    line_id: int
    payable: int
    cuts: list[dict[str, object]]
    commission_bps: int
    parts: list[dict[str, object]]


LINES = rows(
    _Line,
    """
    select line_id, payable, cuts, commission_bps, parts from order_line
    where bkt = $1 and order_id = $2 order by line_id for update
    """,
)
SET_LINES = command(
    """
    update order_line l set payable = n.payable, cuts = n.cuts, commission = n.commission, parts = n.parts
    from unnest($3::bigint[], $4::bigint[], $5::jsonb[], $6::bigint[], $7::jsonb[])
        as n (line_id, payable, cuts, commission, parts)
    where l.bkt = $1 and l.order_id = $2 and l.line_id = n.line_id
    """
)
SET_ORDER = command(
    """
    update shop_order set payable = $3, freight = $4, commission = $5, version = version + 1
    where bkt = $1 and order_id = $2
    """
)
SET_PURCHASE = command("update purchase set total = total + $3 where bkt = $1 and purchase_id = $2")


@use_case("order_id")
async def reprice_order(tx: Tx, actor: Actor, order_id: int, cut: int, freight: int) -> int:
    """Take `cut` off the goods (in place of an earlier one) and ask this freight; answers what is to be paid now.

    In minor units. Refuses `WrongOrderState` for an order that is paid, closed or has a deposit, `ReductionTooDeep`,
    and `Invalid` for a freight above the present one.
    """
    seen = await own_order(tx, actor, order_id, "price")
    actor.must("shop:order:price", seen.shop_id)
    await tx.maybe(LOCK_PURCHASE, bucket_of(seen.purchase_id), seen.purchase_id)
    order = await lock_order(tx, order_id)
    if order.state != OrderState.WAIT_BUYER_PAY or order.prepaid:
        raise WrongOrderState(order.state)
    if not 0 <= freight <= order.freight:
        raise Invalid("freight", f"0 to {order.freight}")
    lines = await tx.all(LINES, tx.bucket, order_id)
    kept = [[each for each in line.cuts if each.get("layer") != LAYER] for line in lines]
    whole = [line.payable + _taken(line) for line in lines]
    most = sum(whole) + freight - MIN_AMOUNT
    if not 0 <= cut <= min(sum(whole), most):
        raise ReductionTooDeep(min(sum(whole), most))
    shares = allocate(cut, whole)
    payable = [each - share for each, share in zip(whole, shares, strict=True)]
    cuts = [
        Doc([*before, {"rule": "0", "version": 0, "funder": SHOP_FUNDER, "amount": share, "layer": LAYER,
        "titles": TITLES}])
        if share else Doc(before)
        for before, share in zip(kept, shares, strict=True)
    ]  # fmt: skip
    commission = commission_by_line(payable, [line.commission_bps for line in lines])
    parts = [
        Doc(LineParts.read(line.parts, line.payable).repriced(price, taken).parts)
        for line, price, taken in zip(lines, payable, commission, strict=True)
    ]
    await tx.run(SET_LINES, tx.bucket, order_id, [line.line_id for line in lines], payable, cuts, commission, parts)
    total = sum(payable) + freight
    await tx.run(SET_ORDER, tx.bucket, order_id, total, freight, sum(commission))
    await tx.run(SET_PURCHASE, tx.bucket, order.purchase_id, total - order.payable)
    tx.emit(
        OrderChanged(
            purchase_id=order.purchase_id, order_id=order_id, shop_id=order.shop_id, member_id=order.member_id,
            change="repriced",
        )
    )  # fmt: skip
    return total


def _taken(line: _Line) -> int:
    return sum(int(str(each["amount"])) for each in line.cuts if each.get("layer") == LAYER)
