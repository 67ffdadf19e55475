"""Confirming: the buyer has the goods, or the clock says so; the escrow is split. Once."""

from collections.abc import Sequence

from datong.commerce.order.moving import lines_of, lock_order, move_order
from datong.commerce.order.reading import OrderLine, ShopOrder, own_order
from datong.commerce.order.states import OrderState
from datong.commerce.payment import settle_escrow
from datong.commerce.voucher import PLATFORM_FUNDER
from datong.facts import CutFact, OrderFinished
from datong.kernel.actor import Actor
from datong.kernel.money import Money
from datong.kernel.tx import Tx


async def confirm_order(tx: Tx, actor: Actor, order_id: int) -> None:
    """The buyer confirms receipt. Refuses `WrongOrderState` unless everything was shipped."""
    seen = await own_order(tx, actor, order_id, "confirm")
    actor.must("member:order:confirm", seen.member_id)
    await finish(tx, await lock_order(tx, order_id), "confirmed")


async def finish(tx: Tx, order: ShopOrder, reason: str) -> None:
    """End a locked order in success and split its escrow; the commission is the one frozen at placement."""
    await move_order(tx, order, OrderState.TRADE_FINISHED, ended_at=tx.now, reason=reason)
    commission = Money(order.commission, order.currency)
    lines = await lines_of(tx, order.order_id)
    cuts = cuts_of(lines, order.brought.vouchers)
    subsidies = {cut.tool_id: cut.amount for cut in cuts if cut.funder == PLATFORM_FUNDER}
    earned = await settle_escrow(tx, order.order_id, order.shop_id, order.total, commission, subsidies)
    tx.tell(
        OrderFinished(
            purchase_id=order.purchase_id,
            order_id=order.order_id,
            shop_id=order.shop_id,
            member_id=order.member_id,
            paid=order.total,
            commission=commission,
            earned=earned,
            lines=[line.as_fact() for line in lines],
            finished_at=tx.now,
            cuts=cuts,
        )
    )


def cuts_of(lines: Sequence[OrderLine], voucher_ids: Sequence[int]) -> list[CutFact]:
    """What each promotion and voucher lowered these lines by, for each who pays for it."""
    found: dict[tuple[int, str], int] = {}
    for line in lines:
        for cut in line.cuts:
            place = (int(str(cut["rule"])), str(cut["funder"]))
            found[place] = found.get(place, 0) + int(str(cut["amount"]))
    return [
        CutFact(tool_id, tool_id not in voucher_ids, funder, amount)
        for (tool_id, funder), amount in sorted(found.items())
    ]
