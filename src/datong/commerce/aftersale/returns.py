"""Goods on their way back, and the piece that comes instead. Source: domain.md §4 [18]."""

from datetime import datetime, timedelta

import msgspec

from datong.commerce.aftersale.deadlines import (
    MAX_RETURN_FREIGHT,
    RECEIPT_DAYS,
    REPLACED_DAYS,
    REPLACEMENT_HOURS,
    SIGNED_RECEIPT_DAYS,
)
from datong.commerce.aftersale.queries import GET, RefundCase
from datong.commerce.aftersale.resolution import grant, replaced
from datong.commerce.aftersale.states import CaseKind, CaseState
from datong.commerce.aftersale.transitions import (
    CLOCK,
    Change,
    LockedCase,
    hold_case,
    lock_case,
    move_case,
    note,
    number,
    tell_changed,
)
from datong.commerce.fulfilment import Parcel, open_case_parcel
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid
from datong.kernel.sql import command
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

HASTEN = command(
    "update refund_case set due_at = least(due_at, $3), version = version + 1 where bkt = $1 and case_id = $2"
)


class ReturnShipment(msgspec.Struct, frozen=True):
    """A parcel handed over: who carries it, its number, and what the sender paid for it in minor units."""

    courier: str
    tracking_no: str
    freight: int = 0


@use_case("case_id")
async def send_back(tx: Tx, actor: Actor, case_id: int, version: int, sending: ReturnShipment) -> RefundCase:
    """The buyer has sent the goods back. Where it is the shop's fault it may ask for the freight it paid.

    Refuses `Invalid` for freight above the limit, or where the buyer bears it.
    """
    held = await hold_case(tx, actor, case_id, "ask", version)
    held.must_be_in(CaseState.WAIT_BUYER_RETURN_GOODS)
    most = await number(tx, held.case, MAX_RETURN_FREIGHT) if held.case.why.is_sellers_fault else 0
    if not 0 <= sending.freight <= most:
        raise Invalid("freight", f"0 to {most}")
    await _hand_over(tx, held, sending, "RETURN")
    due = tx.now + timedelta(days=await number(tx, held.case, RECEIPT_DAYS))
    change = Change(due_at=due, is_received=True, return_freight=sending.freight)
    return await move_case(tx, held, CaseState.WAIT_SELLER_CONFIRM_GOODS, "sent_back", change)


@use_case("case_id")
async def confirm_return(
    tx: Tx, actor: Actor, case_id: int, version: int, *, is_resellable: bool = True
) -> RefundCase:  # fmt: skip
    """The shop has the goods: the money goes back, or the other piece is to be sent."""
    held = await hold_case(tx, actor, case_id, "answer", version)
    held.must_be_in(CaseState.WAIT_SELLER_CONFIRM_GOODS)
    return await take_goods(tx, held, "goods_confirmed", is_resellable=is_resellable)


async def take_goods(tx: Tx, held: LockedCase, action: str, *, is_resellable: bool) -> RefundCase:
    """What having the goods back means for a locked case, whether the shop says so or its silence."""
    case = msgspec.structs.replace(held.case, is_returned=True)
    if case.kind == CaseKind.EXCHANGE:
        due = tx.now + timedelta(hours=await number(tx, case, REPLACEMENT_HOURS))
        change = Change(due_at=due, is_returned=True)
        return await move_case(tx, held, CaseState.WAIT_SELLER_SEND_GOODS, action, change)
    return await grant(tx, msgspec.structs.replace(held, case=case), action, is_resellable=is_resellable)


@use_case("case_id")
async def send_replacement(tx: Tx, actor: Actor, case_id: int, version: int, sending: ReturnShipment) -> RefundCase:
    """The shop has sent the other piece, or the parcel once more, or the goods that it did not take back."""
    held = await hold_case(tx, actor, case_id, "answer", version)
    held.must_be_in(CaseState.WAIT_SELLER_SEND_GOODS, CaseState.WAIT_SELLER_RETURN_GOODS)
    await _hand_over(tx, held, sending, "REPLACEMENT")
    due = tx.now + timedelta(days=await number(tx, held.case, REPLACED_DAYS))
    if held.case.state == CaseState.WAIT_SELLER_RETURN_GOODS:
        change = Change(due_at=due, is_returned=False)
        return await move_case(tx, held, CaseState.WAIT_BUYER_RECEIVE_GOODS, "goods_sent_back", change)
    return await move_case(tx, held, CaseState.WAIT_BUYER_CONFIRM_GOODS, "replacement_sent", Change(due_at=due))


@use_case("case_id")
async def confirm_replacement(tx: Tx, actor: Actor, case_id: int, version: int) -> RefundCase:
    """The buyer has the other piece, or its own goods again."""
    held = await hold_case(tx, actor, case_id, "ask", version)
    held.must_be_in(CaseState.WAIT_BUYER_CONFIRM_GOODS, CaseState.WAIT_BUYER_RECEIVE_GOODS)
    if held.case.state == CaseState.WAIT_BUYER_RECEIVE_GOODS:
        return await move_case(tx, held, CaseState.CLOSED, "goods_back", Change(end_reason="goods_back"))
    return await replaced(tx, held, "replacement_confirmed")


async def note_signed(tx: Tx, case_id: int, signed_at: datetime) -> None:
    """The shop signed for a return: from then on it has fewer days to say so."""
    seen = await tx.maybe(GET, bucket_of(case_id), case_id)
    if seen is None:
        return
    held = await lock_case(tx, seen, CLOCK)
    if held.case.state != CaseState.WAIT_SELLER_CONFIRM_GOODS:
        return
    due = signed_at + timedelta(days=await number(tx, held.case, SIGNED_RECEIPT_DAYS))
    await tx.run(HASTEN, tx.bucket, case_id, due)
    await note(tx, case_id, CLOCK, "return_signed", details={"due_at": due})
    tell_changed(tx, held.case)


async def _hand_over(tx: Tx, held: LockedCase, sending: ReturnShipment, kind: str) -> None:
    case = held.case
    if not 1 <= len(sending.courier) <= 40 or not sending.courier.isprintable():  # noqa: PLR2004 - the limit that the refusal names
        raise Invalid("courier", "1 to 40 characters")
    sent = Parcel(
        tx.new_id(), case.order_id, sending.courier, sending.tracking_no, "SENT", tx.now, None, kind, case.case_id
    )
    await open_case_parcel(tx, sent, case.purchase_id, case.shop_id)
