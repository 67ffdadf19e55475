"""Asking: the buyer opens a refund case on a line, changes what it asks for, or withdraws it. Source: domain.md §4."""

from datetime import timedelta

import msgspec

from datong.commerce.aftersale.buyer_standing import is_fast
from datong.commerce.aftersale.deadlines import (
    ANSWER_HOURS,
    NOTE_BYTES,
    UNSHIPPED_ANSWER_HOURS,
)
from datong.commerce.aftersale.queries import GET, RefundCase
from datong.commerce.aftersale.refund_options import (
    AlreadyDecided,
    NotReturnable,
    is_askable,
    is_decided,
    kinds_for,
    reasons_for,
    refusal_by_time,
    scope_of,
)
from datong.commerce.aftersale.resolution import grant, let_refusal_stand
from datong.commerce.aftersale.states import REASONS, CaseKind, CaseState
from datong.commerce.aftersale.transitions import (
    Change,
    Party,
    hold_case,
    line_of,
    lock_case,
    move_case,
    note,
    number,
    tell_changed,
)
from datong.commerce.order import (
    OrderLine,
    OrderState,
    RefundTooHigh,
    ShopOrder,
    WrongOrderState,
    lines_of,
    lock_order,
    max_refundable,
    open_case,
    own_order,
)
from datong.commerce.rulebook import Scope, get_rules
from datong.facts.aftersale import RefundOpened
from datong.kernel.actor import Actor
from datong.kernel.house import House
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.request import remember
from datong.kernel.sql import changed_value
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

PUT = changed_value(
    int,
    """
    insert into refund_case (bkt, case_id, order_id, purchase_id, line_id, member_id, shop_id, storefront_id, scope,
        version, state, kind, phase, is_sent, is_received, reason, note, currency, amount, pieces, what, opened_at,
            due_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, 'WAIT_SELLER_AGREE', $10, $11, $12, $13, $14, $15, $16, $17, $18,
        $19, $20, $21)
    on conflict do nothing returning version
    """,
)


class CaseIsOpen(Conflict):
    """This line has an open case already."""

    code = "aftersale.case_is_open"


class RefundRequest(msgspec.Struct, frozen=True):
    """What a buyer asks for.

    `amount` in minor units: 0 asks for all that these pieces cost (and is 0 for other pieces).
    """

    kind: str
    reason: str
    amount: int = 0
    pieces: int = 0
    """0: all of the line that was not given back."""
    is_received: bool = False
    note: str = ""


@use_case("order_id")
async def open_refund(
    tx: Tx, actor: Actor, order_id: int, line_id: int, ask: RefundRequest, request_key: str
) -> int:  # fmt: skip
    """Open a case on a line of an own order; answers its id, the same for the same key.

    A buyer in good standing has small refunds granted at once. Refuses `Invalid` for what makes no sense, `CaseIsOpen`,
    `AlreadyDecided`, `WindowOver`, `NotReturnable`, `RefundTooHigh`, `WrongOrderState`.
    """
    seen = await own_order(tx, actor, order_id, "read")
    actor.must("member:refund:ask", seen.member_id)
    order = await lock_order(tx, order_id)
    line = next((each for each in await lines_of(tx, order_id) if each.line_id == line_id), None)
    if line is None:
        raise NotFound("order_line", line_id)
    case_id = tx.new_id(bucket_of(order_id))
    before = await remember(tx, order_id, request_key, [line_id, ask], case_id)
    if before is not None:
        return before
    if await is_decided(tx, line, ask.pieces or max(line.quantity - line.refunded_pieces, 1)):
        raise AlreadyDecided
    scope = await scope_of(tx, order, line)
    asked = await _check(tx, order, line, ask, scope)
    is_sent = bool(line.parcel_id)
    rules = await get_rules(tx)
    hours = rules.value(ANSWER_HOURS if is_sent else UNSHIPPED_ANSWER_HOURS, tx.now, scope)
    what = {
        "titles": line.titles, "labels": line.labels, "picture": line.picture, "product_id": str(line.product_id),
        "shop_names": order.shop_names, "paid": line.payable, "quantity": line.quantity,
    }  # fmt: skip
    is_new = await tx.maybe(
        PUT, tx.bucket, case_id, order_id, order.purchase_id, line_id, order.member_id, order.shop_id,
        order.storefront_id, {"vertical_id": scope.vertical_id, "category_ids": scope.category_ids},
        asked.kind, "aftersale" if order.state == OrderState.TRADE_FINISHED else "onsale", is_sent, asked.is_received,
        asked.reason, asked.note, order.currency, asked.amount, asked.pieces, what, tx.now,
        tx.now + timedelta(hours=hours),
    )  # fmt: skip
    if is_new is None:
        raise CaseIsOpen
    await open_case(tx, order)
    await note(tx, case_id, Party("buyer", actor.id), "asked", asked.note, {"ask": asked, "answer_hours": hours})
    _tell_opened(tx, order, line, case_id, asked)
    case = await tx.one(GET, tx.bucket, case_id)
    tell_changed(tx, case)
    if await is_fast(tx, case):
        await grant(tx, await lock_case(tx, case, Party("clock")), "fast_refund")
    return case_id


def _tell_opened(tx: Tx, order: ShopOrder, line: OrderLine, case_id: int, asked: RefundRequest) -> None:
    tx.emit(
        RefundOpened(
            purchase_id=order.purchase_id, case_id=case_id, order_id=order.order_id, shop_id=order.shop_id,
            member_id=order.member_id, line_id=line.line_id, product_id=line.product_id, kind=asked.kind,
            reason=asked.reason, is_quality=REASONS[asked.reason].is_quality,
            is_after_success=order.state == OrderState.TRADE_FINISHED,
            amount=Money(asked.amount, order.currency), opened_at=tx.now,
        )
    )  # fmt: skip


@use_case("case_id")
async def change_refund(tx: Tx, actor: Actor, case_id: int, version: int, ask: RefundRequest) -> RefundCase:
    """Ask for something else, or give another reason; the seller's clock begins anew. Refuses as `open_refund` does."""
    held = await hold_case(tx, actor, case_id, "ask", version)
    held.must_be_in(CaseState.WAIT_SELLER_AGREE, CaseState.SELLER_REFUSE_BUYER)
    held.must_be_undisputed()
    if held.case.is_returned:
        raise Invalid("kind", "the goods are with the shop already")
    line = await line_of(tx, held.case)
    asked = await _check(tx, held.order, line, ask, held.case.rules_scope)
    hours = await number(tx, held.case, ANSWER_HOURS if held.case.is_sent else UNSHIPPED_ANSWER_HOURS)
    change = Change(
        due_at=tx.now + timedelta(hours=hours), kind=asked.kind, reason=asked.reason, note=asked.note,
        amount=asked.amount, pieces=asked.pieces, is_received=asked.is_received,
    )  # fmt: skip
    return await move_case(tx, held, CaseState.WAIT_SELLER_AGREE, "changed", change, asked.note)


@use_case("case_id")
async def withdraw_refund(tx: Tx, actor: Actor, case_id: int, version: int) -> RefundCase:
    """The buyer does not want it any more; the order's clock goes on, once it has the goods if the shop had them.

    Refuses `WrongCaseState` once goods are on their way.
    """
    held = await hold_case(tx, actor, case_id, "ask", version)
    held.must_be_in(CaseState.WAIT_SELLER_AGREE, CaseState.SELLER_REFUSE_BUYER, CaseState.WAIT_BUYER_RETURN_GOODS)
    return await let_refusal_stand(tx, held, "withdrawn")


@use_case("case_id")
async def post_case_message(tx: Tx, actor: Actor, case_id: int, text: str) -> None:
    """Leave a message in the case's timeline, for the other side and the platform. At most 400 bytes."""
    held = await hold_case(tx, actor, case_id, "plead", None)
    if not text.strip() or len(text.encode()) > NOTE_BYTES:
        raise Invalid("text", f"1 to {NOTE_BYTES} bytes")
    await note(tx, case_id, held.by, "said", text.strip())
    tell_changed(tx, held.case)


async def _check(tx: Tx, order: ShopOrder, line: OrderLine, ask: RefundRequest, scope: Scope) -> RefundRequest:
    """The ask with its amount and pieces worked out, if it makes sense for this line now."""
    _check_words(tx.house, line, ask)
    is_sent = bool(line.parcel_id)
    if not is_askable(order):
        raise WrongOrderState(order.state)
    if line.left == 0 and line.payable:
        raise RefundTooHigh(0)
    left = line.quantity - line.refunded_pieces
    if not 0 <= ask.pieces <= max(left, 1):
        raise Invalid("pieces", f"1 to {max(left, 1)}")
    pieces = ask.pieces or max(left, 1)
    if refusal := await refusal_by_time(tx, order, line, ask.reason, scope):
        raise refusal
    if ask.kind in {CaseKind.EXCHANGE, CaseKind.RESHIPPING}:
        return msgspec.structs.replace(ask, amount=0, pieces=pieces)
    if not is_sent:
        if ask.amount not in {0, line.left} or ask.pieces not in {0, max(left, 1)}:
            raise Invalid("amount", "what was not sent is given back whole")
        # What was not sent is given back whole, so that its stock is free whole.
        return msgspec.structs.replace(ask, amount=line.left, pieces=max(left, 1), is_received=False)
    most = max_refundable(line, pieces)
    amount = ask.amount or most
    if not 0 < amount <= most:
        raise RefundTooHigh(most)
    return msgspec.structs.replace(ask, amount=amount, pieces=pieces)


def _check_words(house: House, line: OrderLine, ask: RefundRequest) -> None:
    if ask.kind not in set(CaseKind):
        raise Invalid("kind", ", ".join(CaseKind))
    if ask.kind not in kinds_for(house, line):
        raise NotReturnable
    reasons = reasons_for(house, line).get(ask.kind, [])
    if ask.reason not in reasons:
        raise Invalid("reason", ", ".join(reasons))
    if len(ask.note.encode()) > NOTE_BYTES:
        raise Invalid("note", f"at most {NOTE_BYTES} bytes")
