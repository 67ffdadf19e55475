"""Paying a purchase: one charge for all its waiting orders; each gets its share when the money is there.

What can no longer be given to its order (closed in the same moment, or paid by another charge) goes back
to the buyer by itself.
"""

from collections.abc import Mapping

from datong.adapters.payment import Gateway
from datong.commerce.order.deposits import apply_deposit
from datong.commerce.order.hand_over import hand_over_at_once
from datong.commerce.order.presale_balance import take_deposits
from datong.commerce.order.queries import OF_PURCHASE
from datong.commerce.order.queries import PURCHASE as GET_PURCHASE
from datong.commerce.order.ship_deadline import ship_dates
from datong.commerce.order.states import OrderState
from datong.commerce.order.transitions import lines_of, lock_order, move_order
from datong.commerce.payment import (
    ChargePart,
    PaidCharge,
    Payable,
    PayableView,
    fund_account,
    open_charge,
    refund_unapplied,
)
from datong.commerce.voucher import mark_used
from datong.facts.order import OrderPaid
from datong.kernel.actor import Actor
from datong.kernel.refusal import Conflict, NotFound
from datong.kernel.sql import value
from datong.kernel.tx import Db, Tx

PURCHASE = "purchase"
"""The kind under which purchases are paid."""
LOCK_PURCHASE = value(int, "select purchase_id from purchase where bkt = $1 and purchase_id = $2 for update")


class NothingToPay(Conflict):
    """No order of this purchase waits for payment."""

    code = "order.nothing_to_pay"


async def pay_purchase(
    db: Db, gateways: Mapping[str, Gateway], buyer: Actor, purchase_id: int, gateway: str, base_url: str
) -> str:
    """Open the charge of a purchase, or find the one open; answers where the buyer pays.

    Refuses `NothingToPay`, `NotFound`; raises `GatewayDown` when the gateway does not answer.
    """
    return await open_charge(db, gateways, buyer, PURCHASE, purchase_id, gateway, base_url)


async def _describe(tx: Tx, purchase_id: int) -> PayableView:
    """Every order that waits has a share. Locks the purchase, so that two payments of it open one charge."""
    await tx.maybe(LOCK_PURCHASE, tx.bucket, purchase_id)
    purchase = await tx.maybe(GET_PURCHASE, tx.bucket, purchase_id)
    if purchase is None:
        raise NotFound(PURCHASE, purchase_id)
    parts = [
        ChargePart(each.order_id, each.shop_id, each.due.amount)
        for each in await tx.all(OF_PURCHASE, tx.bucket, purchase_id)
        if each.state == OrderState.WAIT_BUYER_PAY
    ]
    return PayableView(
        purchase.member_id, purchase.currency, parts, f"Datong {purchase_id}", f"/purchases/{purchase_id}",
        None if parts else NothingToPay(),
    )  # fmt: skip


async def _apply(tx: Tx, paid: PaidCharge, part: ChargePart) -> None:
    """An order gets its share, or the buyer gets it back."""
    if part.order_id == paid.charge.subject_id:
        # A deposit whose charge was opened by a process of the former release, which writes no kind.
        await apply_deposit(tx, paid, part)
        return
    order = await lock_order(tx, part.order_id)
    if order.state != OrderState.WAIT_BUYER_PAY or order.due.amount != part.amount:
        await refund_unapplied(tx, paid.charge, part.order_id, part.amount)
        return
    await fund_account(tx, paid.charge, part, ("escrow", order.order_id), "order_paid")
    await take_deposits(tx, order)
    due = (await ship_dates(tx, order.storefront_id, tx.now)).after(tx.now)
    await move_order(tx, order, OrderState.WAIT_SELLER_SEND_GOODS, paid_at=tx.now, due_at=due)
    await mark_used(tx, order.brought.vouchers)
    lines = await lines_of(tx, order.order_id)
    tx.emit(
        OrderPaid(
            purchase_id=order.purchase_id,
            order_id=order.order_id,
            shop_id=order.shop_id,
            member_id=order.member_id,
            hold_id=order.hold_id,
            amount=order.total,
            lines=[line.as_fact() for line in lines],
            paid_at=tx.now,
        )
    )
    await hand_over_at_once(tx, order, lines)


PAYABLE = Payable(key=PURCHASE, describe=_describe, on_paid=_apply)
