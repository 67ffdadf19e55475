"""Granting: the money goes back and the case succeeds. What was not sent is on the shelf again."""

from datetime import timedelta

from datong.commerce.aftersale.deadlines import SEND_BACK_DAYS
from datong.commerce.aftersale.queries import RefundCase
from datong.commerce.aftersale.states import CaseState
from datong.commerce.aftersale.transitions import Change, LockedCase, line_of, move_case, number
from datong.commerce.order import LineRefund, OrderState, StockDisposition, charges_of, max_refundable, refund_line
from datong.commerce.payment import pay_extra
from datong.facts.aftersale import ShopAdjusted
from datong.kernel.money import Money
from datong.kernel.tx import Tx


async def grant(
    tx: Tx, held: LockedCase, action: str, *, amount: int = 0, is_resellable: bool = False, text: str = ""
) -> RefundCase:
    """Give back what is asked (or `amount`), up to what is left of the line, and end the case in success.

    A case that asked for another piece gives back what its pieces cost.

    A case on goods that were sent meanwhile without having been asked about as sent is closed instead: the buyer asks
    again, for goods that are on their way. Source: domain.md §4.
    """
    case, order = held.case, held.order
    line = await line_of(tx, case)
    if line.parcel_id and not case.is_sent:
        return await move_case(tx, held, CaseState.CLOSED, "sent_meanwhile", Change(end_reason="sent_meanwhile"))
    back = min(amount or case.amount or max_refundable(line, case.pieces), line.left)
    if back == 0 or order.state in {OrderState.TRADE_CLOSED, OrderState.TRADE_CLOSED_UNPAID}:
        return await move_case(tx, held, CaseState.CLOSED, "nothing_left", Change(end_reason="nothing_left"))
    fate: StockDisposition = "RESTOCKED" if not line.parcel_id or (case.is_returned and is_resellable) else ""
    if fate and case.is_returned and case.pieces + line.refunded_pieces < line.quantity:
        fate = ""  # some pieces stay with the buyer; the shop counts what it got back by hand
    refunded = await refund_line(tx, order, LineRefund(line.line_id, back, case.pieces, case.case_id, fate))
    if case.return_freight:
        await _pay_return_freight(tx, held)
    change = Change(end_reason=action, paid_back=refunded.amount)
    return await move_case(tx, held, CaseState.SUCCESS, action, change, text)


async def _pay_return_freight(tx: Tx, held: LockedCase) -> None:
    """The return was the shop's fault: what the buyer paid for it comes out of the shop's balance."""
    case, freight = held.case, Money(held.case.return_freight, held.case.currency)
    await pay_extra(tx, case.order_id, freight, charges_of(held.order), case.case_id, shop_id=case.shop_id)
    tell_adjusted(tx, case, "return_freight", -freight)


def tell_adjusted(tx: Tx, case: RefundCase, kind: str, earned: Money) -> None:
    """Something beside the refund is on its way to the shop's balance, or from it."""
    tx.emit(
        ShopAdjusted(
            purchase_id=case.purchase_id, case_id=case.case_id, order_id=case.order_id, shop_id=case.shop_id, kind=kind,
            earned=earned,
        )
    )  # fmt: skip


async def replaced(tx: Tx, held: LockedCase, action: str) -> RefundCase:
    """The buyer has the other piece: the case succeeds and no money moves."""
    return await move_case(tx, held, CaseState.SUCCESS, action, Change(end_reason=action))


async def give_back_instead(tx: Tx, held: LockedCase) -> RefundCase:
    """The shop did not send the replacement in time: what its pieces cost goes back instead."""
    return await grant(tx, held, "replacement_late")


async def let_refusal_stand(tx: Tx, held: LockedCase, action: str, text: str = "") -> RefundCase:
    """A refusal stands, by silence, withdrawal or decision: the case ends, unless the shop has the goods.

    Then it owes them to the buyer: nobody keeps both goods and money. Source: domain.md §4; the clock is DESIGN.
    """
    if not held.case.is_returned:
        return await move_case(tx, held, CaseState.CLOSED, action, Change(end_reason=action), text)
    due = tx.now + timedelta(days=await number(tx, held.case, SEND_BACK_DAYS))
    return await move_case(tx, held, CaseState.WAIT_SELLER_RETURN_GOODS, action, Change(due_at=due), text)
