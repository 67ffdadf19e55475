"""What inventory does on facts, each in the item buckets that the lines live in."""

from collections.abc import Sequence

from datong.adapters import Adapters
from datong.commerce.inventory.hold_transitions import HeldLines, bind_holds, release_bound, return_sold, sell_bound
from datong.commerce.inventory.holds import expire_holds
from datong.commerce.inventory.stock import put_stock
from datong.facts.order import DepositEnded, DepositPlaced, OrderClosed, OrderPaid, OrderRefunded, PurchasePlaced
from datong.facts.product import GoodsImported
from datong.kernel.actor import Actor
from datong.kernel.fact import every, on, on_all
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Tx


@on_all(PurchasePlaced, writes=lambda fact: [bucket_of(sku_id) for sku_id in fact.sku_ids])
async def bind(tx: Tx, facts: Sequence[PurchasePlaced]) -> None:
    """A written purchase keeps its stock."""
    await bind_holds(tx, [HeldLines(fact.hold_id, fact.sku_ids) for fact in facts])


@on_all(OrderPaid, writes=lambda fact: [bucket_of(line.sku_id) for line in fact.lines])
async def sell(tx: Tx, facts: Sequence[OrderPaid]) -> None:
    """Paid stock is sold."""
    await sell_bound(tx, [held for fact in facts for held in _held(fact)])


@on_all(OrderClosed, writes=lambda fact: [bucket_of(line.sku_id) for line in fact.lines])
async def free(tx: Tx, facts: Sequence[OrderClosed]) -> None:
    """An order that ended without success gives its stock back."""
    await return_sold(tx, [held for fact in facts if fact.was_paid for held in _held(fact)])
    unpaid = [held for fact in facts if not fact.was_paid for held in _held(fact) if held.hold_id == fact.hold_id]
    await release_bound(tx, unpaid)


@on_all(OrderRefunded, writes=lambda fact: [bucket_of(fact.line.sku_id)] if fact.is_restocked else [])
async def put_back(tx: Tx, facts: Sequence[OrderRefunded]) -> None:
    """What was given back and can be sold again is on the shelf again."""
    await return_sold(
        tx,
        [
            HeldLines(fact.line.hold_id or fact.hold_id, [fact.line.sku_id])
            for fact in facts
            if fact.is_restocked and bucket_of(fact.line.sku_id) in tx.buckets
        ],
    )


def _held(fact: OrderPaid | OrderClosed) -> list[HeldLines]:
    """An order's lines by their hold: a line may have come with one of its own, which outlives an unpaid order."""
    found: dict[int, list[int]] = {}
    for line in fact.lines:
        found.setdefault(line.hold_id or fact.hold_id, []).append(line.sku_id)
    return [HeldLines(hold_id, sku_ids) for hold_id, sku_ids in found.items()]


@on_all(DepositPlaced, writes=lambda fact: [bucket_of(fact.sku_id)])
async def bind_deposit(tx: Tx, facts: Sequence[DepositPlaced]) -> None:
    """A deposit keeps its stock."""
    await bind_holds(tx, [HeldLines(fact.hold_id, [fact.sku_id]) for fact in facts])


@on_all(DepositEnded, writes=lambda fact: [bucket_of(fact.sku_id)])
async def free_deposit(tx: Tx, facts: Sequence[DepositEnded]) -> None:
    """A deposit that came to nothing gives its stock back."""
    await release_bound(tx, [HeldLines(fact.hold_id, [fact.sku_id]) for fact in facts])


@on(GoodsImported, writes=lambda fact: [bucket_of(line.sku_id) for line in fact.stock[:1]])
async def stock_imported(tx: Tx, fact: GoodsImported) -> None:
    """What a table named as first stock is there; SKUs that have stock keep it."""
    actor = Actor(fact.made_by, "member", {fact.shop_id: frozenset({"stock:edit"})})
    await put_stock(tx, actor, fact.shop_id, [(line.sku_id, fact.product_id, line.quantity) for line in fact.stock])


@every(5)
async def release_expired(adapters: Adapters) -> int:
    """Holds of purchases that were never written run out."""
    return await expire_holds(adapters.db)
