"""What after-sale does on facts and by the clock."""

from collections.abc import Sequence

from datong.adapters import Adapters
from datong.commerce.aftersale.buyer_standing import count_finished, record_standing
from datong.commerce.aftersale.expiry import run_due_cases
from datong.commerce.aftersale.projections import copy_to_sellers
from datong.commerce.aftersale.queries import OPEN_OF_ORDER
from datong.commerce.aftersale.returns import note_signed
from datong.commerce.aftersale.states import CaseState
from datong.commerce.aftersale.transitions import CLOCK, Change, lock_case, move_case
from datong.commerce.order import lines_of, lock_order
from datong.facts.aftersale import RefundChanged
from datong.facts.fulfilment import ParcelDelivered
from datong.facts.order import OrderClosed, OrderFinished, OrderRefunded, OrderShipped
from datong.facts.review import ShopScored
from datong.kernel.fact import every, on, on_all
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Tx


@on_all(RefundChanged, writes=lambda fact: [bucket_of(fact.shop_id)])
async def copy_changed(tx: Tx, facts: Sequence[RefundChanged]) -> None:
    """The shop's list follows."""
    await copy_to_sellers(tx, [fact.case_id for fact in facts])


@on(OrderShipped, writes=lambda fact: [bucket_of(fact.order_id)])
async def close_overtaken(tx: Tx, fact: OrderShipped) -> None:
    """The shop has sent what a case asked back as not sent.

    The case closes, and may be opened again for what was sent.
    """
    await lock_order(tx, fact.order_id)
    sent = {line.line_id for line in await lines_of(tx, fact.order_id) if line.parcel_id}
    for case in await tx.all(OPEN_OF_ORDER, tx.bucket, fact.order_id):
        if not case.is_sent and case.line_id in sent:
            held = await lock_case(tx, case, CLOCK)
            await move_case(tx, held, CaseState.CLOSED, "sent_meanwhile", Change(end_reason="sent_meanwhile"))


@on(OrderClosed, writes=lambda fact: [bucket_of(fact.order_id)] if fact.was_paid else [])
async def close_with_order(tx: Tx, fact: OrderClosed) -> None:
    """All of the order was given back: what else was asked for has come true, or has nothing left to be paid from."""
    await lock_order(tx, fact.order_id)
    for case in await tx.all(OPEN_OF_ORDER, tx.bucket, fact.order_id):
        held = await lock_case(tx, case, CLOCK)
        await move_case(tx, held, CaseState.CLOSED, "order_closed", Change(end_reason="order_closed"))


@on(OrderRefunded, writes=lambda fact: [] if fact.case_id else [bucket_of(fact.order_id)])
async def close_given_back(tx: Tx, fact: OrderRefunded) -> None:
    """The clock gave a line back, because it was not sent or not collected: what was asked about it has come true."""
    await lock_order(tx, fact.order_id)
    for case in await tx.all(OPEN_OF_ORDER, tx.bucket, fact.order_id):
        if case.line_id == fact.line.line_id and fact.line.is_full:
            held = await lock_case(tx, case, CLOCK)
            await move_case(tx, held, CaseState.CLOSED, "nothing_left", Change(end_reason="nothing_left"))


@on(ParcelDelivered, writes=lambda fact: [bucket_of(fact.case_id)] if fact.kind == "RETURN" else [])
async def hasten(tx: Tx, fact: ParcelDelivered) -> None:
    """A return was signed for."""
    await note_signed(tx, fact.case_id, fact.delivered_at)


@on(OrderFinished, writes=lambda fact: [bucket_of(fact.member_id)])
async def trust(tx: Tx, fact: OrderFinished) -> None:
    """One more successful order of this buyer."""
    await count_finished(tx, fact.member_id)


@on(ShopScored, writes=lambda fact: [bucket_of(fact.shop_id)])
async def know_score(tx: Tx, fact: ShopScored) -> None:
    """How good a shop is decides whether its refunds are fast."""
    await record_standing(tx, fact.shop_id, fact.score, fact.scored_at)


@every(1)
async def due_cases(adapters: Adapters) -> int:
    """Cases and disputes whose clock has run out are decided by silence."""
    return await run_due_cases(adapters.db)
