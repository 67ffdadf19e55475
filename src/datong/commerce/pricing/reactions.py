"""What pricing does on facts and by the clock."""

from collections.abc import Sequence

from datong.adapters import Adapters
from datong.commerce.pricing.budget_use import expire_uses, give_back_uses, keep_uses
from datong.facts.order import OrderClosed, OrderFinished, OrderRefunded, PurchasePlaced
from datong.kernel.fact import every, on, on_all
from datong.kernel.ids import bucket_of
from datong.kernel.sql import command
from datong.kernel.tx import Tx

COUNT_SPENT = command("update promotion set spent = spent + $3 where bkt = $1 and promotion_id = $2")


@on_all(PurchasePlaced, writes=lambda fact: [bucket_of(each) for each in fact.promotion_ids])
async def keep(tx: Tx, facts: Sequence[PurchasePlaced]) -> None:
    """A written purchase keeps its uses of limited promotions."""
    await keep_uses(tx, [(fact.purchase_id, fact.promotion_ids) for fact in facts])


@on_all(OrderClosed, writes=lambda fact: [bucket_of(each) for each in fact.promotion_ids])
async def give_back(tx: Tx, facts: Sequence[OrderClosed]) -> None:
    """An order that came to nothing gives its uses back."""
    await give_back_uses(tx, [(fact.purchase_id, fact.shop_id, fact.promotion_ids) for fact in facts])


@on(OrderFinished, writes=lambda fact: [bucket_of(each.tool_id) for each in fact.cuts if each.is_promotion])
async def count_spent(tx: Tx, fact: OrderFinished) -> None:
    """What a promotion has really cost those who pay for it grows with every success."""
    for each in sorted(fact.cuts, key=lambda cut: cut.tool_id):
        if each.is_promotion and bucket_of(each.tool_id) == tx.bucket:
            await tx.run(COUNT_SPENT, tx.bucket, each.tool_id, each.amount)


@on(OrderRefunded, writes=lambda fact: [bucket_of(each.tool_id) for each in fact.cuts if each.is_promotion])
async def count_undone(tx: Tx, fact: OrderRefunded) -> None:
    """What was given back after success had cost nobody anything."""
    for each in sorted(fact.cuts, key=lambda cut: cut.tool_id):
        if each.is_promotion and bucket_of(each.tool_id) == tx.bucket:
            await tx.run(COUNT_SPENT, tx.bucket, each.tool_id, -each.amount)


@every(30)
async def release_expired_uses(adapters: Adapters) -> int:
    """Uses held for purchases that were never written run out."""
    return await expire_uses(adapters.db)
