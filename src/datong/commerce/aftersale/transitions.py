"""How a case moves: order and case are locked, the version is compared, the move checked, written down and told."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from datong.commerce.aftersale.queries import CASE_COLUMNS, DISPUTES, LOCK, Dispute, RefundCase, own_case
from datong.commerce.aftersale.states import MOVES, CaseMoved, CaseState, WrongCaseState
from datong.commerce.order import OrderLine, ShopOrder, end_case, lines_of, lock_order
from datong.commerce.rulebook import Parameter, get_rules
from datong.facts.aftersale import RefundChanged, RefundEnded
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Conflict, Invalid
from datong.kernel.sql import changed, command
from datong.kernel.tx import Tx

MOVE = changed(
    RefundCase,
    f"""
    update refund_case set state = $3, version = version + 1, due_at = $4, ended_at = $5, end_reason = $6,
        kind = coalesce($7, kind), reason = coalesce($8, reason), note = coalesce($9, note),
        amount = coalesce($10, amount), pieces = coalesce($11, pieces), is_received = coalesce($12, is_received),
        is_returned = coalesce($13, is_returned), return_freight = coalesce($14, return_freight),
        return_address = coalesce($15::jsonb, return_address), paid_back = paid_back + $16
    where bkt = $1 and case_id = $2 returning {CASE_COLUMNS}
    """,
)
NOTE = command(
    """
    insert into case_event (bkt, event_id, case_id, side, actor_id, deed, text, details, happened_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """
)

CLOSE_DISPUTE = command(
    """
    update dispute set cs_status = 6, version = version + 1, due_at = null
    where bkt = $1 and dispute_id = $2 and cs_status in (3, 10)
    """
)


class DisputeIsOpen(Conflict):
    """The platform is deciding; until then neither side changes what is asked for."""

    code = "aftersale.dispute_is_open"


class Party(msgspec.Struct, frozen=True):
    """Who moves a case: buyer, seller, staff or clock."""

    side: str
    actor_id: int = 0


CLOCK = Party("clock")


class Change(msgspec.Struct, frozen=True):
    """What else changes with a move; None leaves it."""

    due_at: datetime | None = None
    end_reason: str = ""
    kind: str | None = None
    reason: str | None = None
    note: str | None = None
    amount: int | None = None
    pieces: int | None = None
    is_received: bool | None = None
    is_returned: bool | None = None
    return_freight: int | None = None
    return_address: dict[str, str] | None = None
    paid_back: int = 0


NO_CHANGE = Change()


class LockedCase(msgspec.Struct, frozen=True):
    """A case and its order under their locks, and who acts."""

    order: ShopOrder
    case: RefundCase
    by: Party
    dispute: Dispute | None

    def must_be_in(self, *states: CaseState) -> None:
        """Go on only in one of these states."""
        if self.case.state not in states:
            raise WrongCaseState(self.case.state)

    def must_be_undisputed(self) -> None:
        """Go on only while the platform has not been called."""
        if self.dispute is not None and self.dispute.is_before_decision:
            raise DisputeIsOpen


async def hold_case(tx: Tx, actor: Actor, case_id: int, action: str, version: int | None) -> LockedCase:
    """Lock a case for one of those who may do this; refuses `NotFound`, and `CaseMoved` for a version of before.

    Whoever agrees to something says which version was seen (`Invalid` without it); None: what is done is about the case
    as it is by now.
    """
    seen, side = await own_case(tx, actor, case_id, action)
    if version is not None and version < 1:
        raise Invalid("version", "the version of the case that you saw")
    return await lock_case(tx, seen, Party(side, actor.id), version or 0)


async def lock_case(tx: Tx, seen: RefundCase, by: Party, version: int = 0) -> LockedCase:
    """Lock a case, its order first; with a version, refuses `CaseMoved` for another one."""
    order = await lock_order(tx, seen.order_id)
    case = await tx.one(LOCK, bucket_of(seen.case_id), seen.case_id)
    if version and case.version != version:
        raise CaseMoved(case.version)
    disputes = await tx.all(DISPUTES, bucket_of(seen.case_id), seen.case_id)
    return LockedCase(order, case, by, disputes[-1] if disputes else None)


async def line_of(tx: Tx, case: RefundCase) -> OrderLine:
    """The line a case is about, as it is now."""
    return next(each for each in await lines_of(tx, case.order_id) if each.line_id == case.line_id)


async def note(
    tx: Tx, case_id: int, by: Party, action: str, text: str = "", details: Mapping[str, object] | None = None
) -> None:
    """Write one line of a case's timeline, with the version of the rules it was done under."""
    known = {"rules_version": (await get_rules(tx)).version, **(details or {})}
    await tx.run(NOTE, tx.bucket, tx.new_id(), case_id, by.side, by.actor_id, action, text, known, tx.now)


async def move_case(
    tx: Tx,
    held: LockedCase,
    target: CaseState,
    action: str,
    change: Change = NO_CHANGE,
    text: str = "",
) -> RefundCase:
    """Move a locked case; refuses `WrongCaseState` for a move that is not on the list.

    An end lets the order's clock go on.
    """
    case = held.case
    if target not in MOVES[CaseState(case.state)]:
        raise WrongCaseState(case.state)
    is_end = not MOVES[target]
    if held.dispute is not None and held.dispute.is_before_decision:
        # Both sides agreed by themselves, or the buyer gave it up: there is nothing to decide any more.
        await tx.run(CLOSE_DISPUTE, tx.bucket, held.dispute.dispute_id)
    moved = await tx.one(
        MOVE, tx.bucket, case.case_id, target.value, change.due_at, tx.now if is_end else None, change.end_reason,
        change.kind, change.reason, change.note, change.amount, change.pieces, change.is_received, change.is_returned,
        change.return_freight, change.return_address, change.paid_back,
    )  # fmt: skip
    await note(tx, case.case_id, held.by, action, text, {"state": target.value, "due_at": change.due_at})
    tell_changed(tx, case, held.by.side)
    if is_end:
        await end_case(tx, held.order)
        tx.emit(
            RefundEnded(
                purchase_id=case.purchase_id, case_id=case.case_id, order_id=case.order_id, shop_id=case.shop_id,
                member_id=case.member_id, line_id=case.line_id, product_id=int(str(case.what["product_id"])),
                kind=moved.kind, reason=moved.reason, state=target.value, end_reason=change.end_reason,
                is_disputed=held.dispute is not None, opened_at=case.opened_at, ended_at=tx.now,
            )
        )  # fmt: skip
    return moved


def tell_changed(tx: Tx, case: RefundCase, side: str = "") -> None:
    """Whoever keeps a copy of the case reads it again; the other side hears what `side` has done."""
    tx.emit(
        RefundChanged(
            purchase_id=case.purchase_id, case_id=case.case_id, order_id=case.order_id, shop_id=case.shop_id,
            member_id=case.member_id, side=side,
        )
    )  # fmt: skip


async def number(tx: Tx, case: RefundCase, parameter: Parameter[int]) -> int:
    """A parameter's value for this case at this moment."""
    return (await get_rules(tx)).value(parameter, tx.now, case.rules_scope)
