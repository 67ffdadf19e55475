"""The balance of deposits.

Their lines in a purchase, and what happens to them as its orders are paid, closed or cancelled.
"""

from collections.abc import Collection, Sequence

from datong.commerce.catalog import ProductScope
from datong.commerce.order.deposits import MANY, MOVE, Deposit, DepositMoved, double_deposit
from datong.commerce.order.queries import ShopOrder
from datong.commerce.payment import join_escrow
from datong.commerce.pricing import Discount, LineRequest
from datong.commerce.voucher import Terms, Tier
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Tx


async def read_deposits(tx: Tx, wanted: Sequence[tuple[Actor, Sequence[int]]]) -> list[list[Deposit] | DepositMoved]:
    """For each buyer the deposits whose balance it wants to pay now.

    Or the refusal, if one is not its own or not payable.
    """
    ids = sorted({each for _, deposit_ids in wanted for each in deposit_ids})
    known = (
        {each.deposit_id: each for each in await tx.all(MANY, [bucket_of(each) for each in ids], ids)} if ids else {}
    )
    answers: list[list[Deposit] | DepositMoved] = []
    for actor, deposit_ids in wanted:
        mine = [known[each] for each in dict.fromkeys(deposit_ids) if each in known]
        fits = all(each.member_id == actor.id and each.is_payable(tx.now) for each in mine)
        answers.append(mine if fits and len(mine) == len(set(deposit_ids)) else DepositMoved())
    return answers


def line_of(deposit: Deposit) -> LineRequest:
    """What a deposit was paid for: held and partly paid already, at a price of its own by its token."""
    return LineRequest(
        deposit.product_id, deposit.sku_id, deposit.quantity, _token(deposit), deposit.hold_id, deposit.amount,
        deposit.deposit_id, agreed=deposit.terms,
    )  # fmt: skip


def discount_of(deposit: Deposit) -> Discount | None:
    """The presale's price: thresholds of everything else are tested on it (domain.md §6)."""
    if not deposit.cut:
        return None
    tier = Tier("minus", deposit.cut // deposit.quantity)
    terms = Terms("item", [tier], ProductScope(skus=[deposit.sku_id]), token=_token(deposit), is_official=True)
    return Discount(deposit.presale_id, 1, deposit.shop_id, deposit.titles, terms, terms.reach.sets())


def _token(deposit: Deposit) -> str:
    return f"deposit:{deposit.deposit_id}"


async def take_deposits(tx: Tx, order: ShopOrder) -> None:
    """The balance is paid: the deposits of this order join its escrow."""
    for deposit in await _of(tx, order):
        await join_escrow(tx, deposit.deposit_id, order.order_id, deposit.money)
        await tx.one(MOVE, tx.bucket, deposit.deposit_id, "BALANCE_PLACED", "DONE", None, order.purchase_id)


async def free_deposits(tx: Tx, order: ShopOrder) -> None:
    """The order was closed unpaid: its deposits may be used again, as long as their window is open."""
    for deposit in await _of(tx, order):
        await tx.one(
            MOVE, tx.bucket, deposit.deposit_id, "BALANCE_PLACED", "DEPOSIT_PAID", deposit.balance_until, 0
        )  # fmt: skip


async def double_deposits(tx: Tx, order: ShopOrder, hold_ids: Collection[int] = ()) -> None:
    """The shop does not keep its word about an order, or the lines of these holds, and pays double back."""
    for deposit in await _of(tx, order):
        if not hold_ids or deposit.hold_id in hold_ids:
            await double_deposit(tx, deposit)


async def mark_deposits_refunded(tx: Tx, order: ShopOrder) -> None:
    """The paid order ended without success; its deposits went back with the rest, each by the charge it came with.

    Those that went back double before stay as they are.
    """
    for deposit in await _of(tx, order):
        if deposit.state == "DONE":
            await tx.one(MOVE, tx.bucket, deposit.deposit_id, "DONE", "REFUNDED", None, order.purchase_id)


async def _of(tx: Tx, order: ShopOrder) -> list[Deposit]:
    ids = list(order.brought.deposits)
    return await tx.all(MANY, [bucket_of(each) for each in ids], ids) if ids else []
