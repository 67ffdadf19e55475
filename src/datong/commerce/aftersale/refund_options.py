"""What may be asked for of a line now, and for which reasons: what is offered is what `open_refund` takes.

Source: domain.md §4 (before shipping only the money; windows after success and after signing).
"""

from datetime import datetime, timedelta

import msgspec

from datong.commerce.aftersale.deadlines import NO_REASON_DAYS, WINDOW_DAYS, no_reason_until
from datong.commerce.aftersale.states import REASONS, CaseKind
from datong.commerce.catalog import get_category_book, methods_of
from datong.commerce.fulfilment import list_parcels
from datong.commerce.order import IN_ESCROW, OrderLine, OrderState, ShopOrder
from datong.commerce.rulebook import Scope, get_rules
from datong.commerce.storefront import get_storefronts
from datong.kernel.house import House
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Conflict
from datong.kernel.sql import rows
from datong.kernel.tx import Tx


class WindowOver(Conflict):
    """The time in which this may be asked for is over; it ended at `ended_at`."""

    code = "aftersale.window_over"

    def __init__(self, ended_at: datetime) -> None:
        self.ended_at = ended_at.isoformat()


class NotReturnable(Conflict):
    """These goods are not taken back without a reason (made to order, perishable, opened media)."""

    code = "aftersale.not_returnable"


class _Decided(msgspec.Struct, frozen=True):
    """How many cases of a line the platform decided, and for how many pieces of it nothing went back."""

    cases: int
    pieces: int


DECIDED = rows(
    _Decided,
    """
    select count(*) as cases, coalesce(sum(c.pieces) filter (where c.paid_back = 0), 0)::int8 as pieces
    from refund_case c where c.bkt = $1 and c.order_id = $2 and c.line_id = $3
        and c.end_reason not in ('replacement_confirmed', 'replacement_silent') and exists (
            select 1 from dispute d where d.bkt = c.bkt and d.case_id = c.case_id and d.outcome <> '')
    """,
)


class AlreadyDecided(Conflict):
    """The platform has decided about this already; who lost may appeal, and the same is not asked anew."""

    code = "aftersale.already_decided"


async def list_refund_options(
    tx: Tx, order: ShopOrder, line: OrderLine, *, is_new: bool = True
) -> dict[str, list[str]]:  # fmt: skip
    """The kinds that may be asked for of this line now, with the reasons for each; empty: nothing any more.

    With `is_new` in a case of its own, which the platform may have decided about already; else as a change of the open
    one.
    """
    if not await may_ask(tx, order, line) or (is_new and await is_decided(tx, line, 1)):
        return {}
    scope = await scope_of(tx, order, line)
    offered = reasons_for(tx.house, line)
    known = {reason for reasons in offered.values() for reason in reasons}
    gone = {each for each in known if await refusal_by_time(tx, order, line, each, scope)}
    left = {kind: [each for each in reasons if each not in gone] for kind, reasons in offered.items()}
    return {kind: reasons for kind, reasons in left.items() if reasons}


async def may_ask(tx: Tx, order: ShopOrder, line: OrderLine) -> bool:
    """Whether anything may be asked for of this line now; asks nothing of the database beyond the rules."""
    if not is_askable(order) or (line.left == 0 and line.payable) or not kinds_for(tx.house, line):
        return False
    return await refusal_by_time(tx, order, line, "other", await scope_of(tx, order, line)) is None


def is_askable(order: ShopOrder) -> bool:
    """Whether anything may be asked for of an order in this state."""
    return order.state in IN_ESCROW or order.state == OrderState.TRADE_FINISHED


async def is_decided(tx: Tx, line: OrderLine, pieces: int) -> bool:
    """Whether the platform has decided about so many of what is left of this line, whatever was given for them."""
    decided = await tx.one(DECIDED, bucket_of(line.order_id), line.order_id, line.line_id)
    return decided.cases > 0 and line.quantity - line.refunded_pieces - decided.pieces < pieces


def kinds_for(house: House, line: OrderLine) -> frozenset[str]:
    """What may be asked for, by how a line is handed over.

    What was not handed over is only paid back. What is delivered as text or performed cannot be sent back; what does
    not travel is not sent once more; a gift is exchanged and not refunded.
    """
    method = methods_of(house).get(line.method)
    if not line.payable:
        # A gift cost nothing: it is replaced once it was sent, and nothing is given back for it.
        is_replaced = method is not None and method.is_carried and line.parcel_id
        return frozenset({CaseKind.EXCHANGE, CaseKind.RESHIPPING} if is_replaced else ())
    kinds = {CaseKind.REFUND}
    if line.parcel_id and method and method.is_returnable:
        kinds.add(CaseKind.REFUND_AND_RETURN)
    if line.parcel_id and method and method.is_carried:
        kinds |= {CaseKind.EXCHANGE, CaseKind.RESHIPPING}
    return frozenset(kinds)


def reasons_for(house: House, line: OrderLine) -> dict[str, list[str]]:
    """The kinds that may be asked for of a line, and the reasons for each, whatever the time."""
    is_sent = bool(line.parcel_id)
    known = [(code, each) for code, each in REASONS.items() if (each.after_sending if is_sent else each.before_sending)]
    found = {kind: [code for code, each in known if kind in each.kinds] for kind in CaseKind}
    kinds = kinds_for(house, line)
    return {kind: reasons for kind, reasons in found.items() if reasons and kind in kinds}


async def refusal_by_time(
    tx: Tx, order: ShopOrder, line: OrderLine, reason: str, scope: Scope
) -> WindowOver | NotReturnable | None:
    """Why a reason may not be given any more, or None."""
    rules = await get_rules(tx)
    if order.ended_at is not None:
        ended = order.ended_at + timedelta(days=rules.value(WINDOW_DAYS, tx.now, scope))
        if tx.now >= ended:
            return WindowOver(ended)
    if reason != "no_reason":
        return None
    days = rules.value(NO_REASON_DAYS, tx.now, scope)
    if days <= 0:
        return NotReturnable()
    parcels = {each.parcel_id: each for each in await list_parcels(tx, order.order_id)}
    parcel = parcels.get(line.parcel_id)
    signed_at = (parcel.delivered_at if parcel else line.received_at) or order.ended_at
    if signed_at is not None:
        zone = (await get_storefronts(tx)).get(order.storefront_id).zone
        until = no_reason_until(signed_at, zone, days)
        if tx.now >= until:
            return WindowOver(until)
    return None


async def scope_of(tx: Tx, order: ShopOrder, line: OrderLine) -> Scope:
    """Where the rules of a case of this line are looked up."""
    path = (await get_category_book(tx)).path(line.category_id)
    vertical_id = path[-1].vertical_id if path else 0
    return Scope(order.storefront_id, vertical_id, tuple(each.category_id for each in path))
