"""Paying a purchase: one charge for all its waiting orders; each gets its share when the money is there.

What can no longer be given to its order (closed in the same moment, or paid by another charge) goes back
to the buyer by itself.
"""

from collections.abc import Mapping

from datong.adapters.payment import Gateway, GatewayEvent
from datong.commerce.order.deposits import apply_deposit
from datong.commerce.order.presale_balance import take_deposits
from datong.commerce.order.queries import get_purchase
from datong.commerce.order.states import OrderState
from datong.commerce.order.transitions import lines_of, lock_order, move_order
from datong.commerce.payment import (
    ChargePart,
    PaidCharge,
    find_live_charge,
    fund_escrow,
    list_parts,
    record_event,
    refund_unapplied,
    request_charge,
    send_charge,
)
from datong.commerce.voucher import mark_used
from datong.facts.order import OrderPaid
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of, is_id
from datong.kernel.refusal import Conflict, Invalid
from datong.kernel.sql import value
from datong.kernel.tx import Db, Tx

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
    if gateway not in gateways:
        raise Invalid("gateway", ", ".join(sorted(gateways)))
    async with db.begin(bucket_of(purchase_id)) as tx:
        await tx.maybe(LOCK_PURCHASE, bucket_of(purchase_id), purchase_id)
        view = await get_purchase(tx, buyer, purchase_id)
        parts = [
            ChargePart(each.order_id, each.shop_id, each.due.amount)
            for each in view.orders
            if each.state == OrderState.WAIT_BUYER_PAY
        ]
        if not parts:
            raise NothingToPay
        charge = await find_live_charge(tx, purchase_id)
        if not charge or charge.gateway != gateway or await list_parts(tx, charge.charge_id) != parts:
            charge = await request_charge(tx, buyer.id, purchase_id, gateway, view.purchase.currency, parts)
    return await send_charge(
        db, gateways, charge, title=f"Datong {purchase_id}",
        return_url=f"{base_url}/purchases/{purchase_id}", base_url=base_url,
    )  # fmt: skip


async def take_payment(db: Db, event: GatewayEvent) -> bool:
    """Take a gateway's word: record it and, if money came in, give every order its share. True if it was news.

    The call-back's signature was checked by whoever calls this.
    """
    if not is_id(event.subject_id):
        return False
    async with db.begin(bucket_of(event.subject_id)) as tx:
        paid = await record_event(tx, event)
        if paid is None:
            return False
        for part in paid.parts:
            await _apply(tx, paid, part)
    return True


async def _apply(tx: Tx, paid: PaidCharge, part: ChargePart) -> None:
    if part.order_id == paid.charge.purchase_id:
        await apply_deposit(tx, paid, part)
        return
    order = await lock_order(tx, part.order_id)
    if order.state != OrderState.WAIT_BUYER_PAY or order.due.amount != part.amount:
        await refund_unapplied(tx, paid.charge, part.order_id, part.amount)
        return
    await fund_escrow(tx, paid.charge, part.order_id, part.amount)
    await take_deposits(tx, order)
    await move_order(tx, order, OrderState.WAIT_SELLER_SEND_GOODS, paid_at=tx.now)
    await mark_used(tx, order.brought.vouchers)
    tx.emit(
        OrderPaid(
            purchase_id=order.purchase_id,
            order_id=order.order_id,
            shop_id=order.shop_id,
            member_id=order.member_id,
            hold_id=order.hold_id,
            amount=order.total,
            lines=[line.as_fact() for line in await lines_of(tx, order.order_id)],
            paid_at=tx.now,
        )
    )
