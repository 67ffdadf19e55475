"""How an order moves: locked, checked against the list of moves, changed, told. One way for every use case."""

from collections.abc import Sequence
from datetime import datetime

from datong.commerce.order.lifecycles import lifecycle_of
from datong.commerce.order.queries import LINES, LOCK, OF_PURCHASE, OrderLine, ShopOrder
from datong.commerce.order.states import OrderState, WrongOrderState
from datong.commerce.voucher import earn_coins, give_back
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import NotFound
from datong.kernel.sql import command
from datong.kernel.tx import Tx

MOVE = command(
    """
    update shop_order set state = $3, version = version + 1, due_at = $4,
        paid_at = coalesce($5, paid_at), shipped_at = coalesce($6, shipped_at), ended_at = coalesce($7, ended_at),
        end_reason = $8
    where bkt = $1 and order_id = $2
    """
)


async def lock_order(tx: Tx, order_id: int) -> ShopOrder:
    """The order under its row lock: rivals wait here and then see what was decided."""
    order = await tx.maybe(LOCK, bucket_of(order_id), order_id)
    if order is None:
        raise NotFound("order", order_id)
    return order


async def move_order(
    tx: Tx,
    order: ShopOrder,
    target: OrderState,
    *,
    due_at: datetime | None = None,
    paid_at: datetime | None = None,
    shipped_at: datetime | None = None,
    ended_at: datetime | None = None,
    reason: str = "",
) -> None:
    """Move a locked order; raises `WrongOrderState` for a move that its kind does not have."""
    if target not in lifecycle_of(tx.house, order.kind).moves[OrderState(order.state)]:
        raise WrongOrderState(order.state)
    await tx.run(
        MOVE, bucket_of(order.order_id), order.order_id, target.value, due_at, paid_at, shipped_at, ended_at, reason
    )


async def lines_of(tx: Tx, order_id: int) -> list[OrderLine]:
    """An order's lines."""
    return await tx.all(LINES, bucket_of(order_id), [order_id])


def coins_of(line: OrderLine) -> int:
    """The coins that lowered a line's price."""
    return sum(int(str(cut["amount"])) for cut in line.cuts if cut.get("layer") == "coins")


async def give_back_coins(tx: Tx, order: ShopOrder, line: OrderLine) -> None:
    """All of a line went back: so do its coins, once, before success or after. Source: domain.md §33, 10."""
    if coins := coins_of(line):
        await earn_coins(tx, order.member_id, coins, "given_back", line.line_id)


async def give_back_tools(tx: Tx, order: ShopOrder, lines: Sequence[OrderLine] = ()) -> None:
    """An order has ended without success: coins come back, and vouchers that no other order of the purchase still uses.

    The coins of `lines` have come back with them already. Call it after the order was moved. Source: domain.md §5,
    giving tools back.
    """
    brought = order.brought
    if coins := brought.coins - sum(coins_of(line) for line in lines):
        await earn_coins(tx, order.member_id, coins, "given_back", order.order_id)
    if not brought.vouchers:
        return
    others = await tx.all(OF_PURCHASE, bucket_of(order.purchase_id), order.purchase_id)
    in_use = {
        voucher_id for each in others if each.order_id != order.order_id and not each.state.startswith("TRADE_CLOSED")
        for voucher_id in each.brought.vouchers
    }  # fmt: skip
    await give_back(tx, order.purchase_id, sorted(set(brought.vouchers) - in_use))
