"""What payment does on facts and by the clock."""

from datong.adapters import Adapters
from datong.commerce.payment.account_check import start_account_checks
from datong.commerce.payment.balances import credit_shop
from datong.commerce.payment.dues import give_back_dues
from datong.commerce.payment.payouts import schedule_payouts, send_payouts
from datong.commerce.payment.reconciliation import check_lost_charges
from datong.commerce.payment.refunds import send_refunds
from datong.facts.aftersale import ShopAdjusted
from datong.facts.merchant import ApplicationEnded
from datong.facts.order import DepositEnded, OrderFinished, OrderRefunded
from datong.kernel.fact import every, on
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.tx import Tx

PLATFORM_PAYS = "platform"


@on(OrderFinished, writes=lambda fact: [bucket_of(fact.shop_id)])
async def credit(tx: Tx, fact: OrderFinished) -> None:
    """A successful order's earnings reach the shop's balance; what the platform adds to them is a line of its own."""
    subsidy = sum(cut.amount for cut in fact.cuts if cut.funder == PLATFORM_PAYS)
    paid = Money(fact.earned.amount - subsidy, fact.earned.currency)
    await credit_shop(tx, fact.shop_id, fact.order_id, paid)
    if subsidy:
        await credit_shop(tx, fact.shop_id, fact.order_id, Money(subsidy, paid.currency), "subsidy_earned")


@on(DepositEnded, writes=lambda fact: [bucket_of(fact.shop_id)])
async def credit_deposit(tx: Tx, fact: DepositEnded) -> None:
    """A forfeited deposit reaches the shop's balance; what a shop in default owes leaves it."""
    if fact.earned.amount:
        await credit_shop(tx, fact.shop_id, fact.deposit_id, fact.earned, "deposit_earned")


@on(OrderRefunded, writes=lambda fact: [bucket_of(fact.shop_id)] if fact.earned.amount else [])
async def take_back(tx: Tx, fact: OrderRefunded) -> None:
    """A refund after success leaves the shop's balance, below zero if need be.

    Freight kept of a closed order reaches it.
    """
    kind = "order_refunded" if fact.is_after_success else "order_earned"
    await credit_shop(tx, fact.shop_id, fact.order_id, fact.earned, kind)


@on(ShopAdjusted, writes=lambda fact: [bucket_of(fact.shop_id)])
async def adjust(tx: Tx, fact: ShopAdjusted) -> None:
    """The freight of a return that was the shop's fault leaves its balance; what an appeal makes good reaches it."""
    await credit_shop(tx, fact.shop_id, fact.case_id, fact.earned, fact.kind)


@on(ApplicationEnded, writes=lambda fact: [bucket_of(fact.shop_id)])
async def return_dues(tx: Tx, fact: ApplicationEnded) -> None:
    """What an applicant had paid in is in its balance, and paid out like any other."""
    await give_back_dues(tx, fact.shop_id, fact.deposit, fact.fee)


@every(0.5)
async def refunds(adapters: Adapters) -> int:
    """Refunds that are due are sent."""
    return await send_refunds(adapters.db, adapters.gateways)


@every(5)
async def lost_charges(adapters: Adapters) -> int:
    """Charges nobody called back about are asked after."""
    return await check_lost_charges(adapters.db, adapters.gateways)


@every(5)
async def payouts(adapters: Adapters) -> int:
    """Payouts that are due are sent."""
    return await send_payouts(adapters.db, adapters.gateways)


@every(5)
async def account_checks(adapters: Adapters) -> int:
    """Accounts that shops gave are handed to the provider that checks them."""
    return await start_account_checks(adapters.db, adapters.verifiers)


@every(300)
async def daily_payouts(adapters: Adapters) -> int:
    """Balances worth it are paid out once a day."""
    return await schedule_payouts(adapters.db)
