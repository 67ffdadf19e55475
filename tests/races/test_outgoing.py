"""Money that leaves, sent by twenty workers to a provider whose answers say everything but what happened."""

import asyncio

import httpx
import pytest

from datong.adapters.payment import GatewayDown, PayoutOrder, TransferAnswer
from datong.adapters.payment.stripe import StripeGateway
from datong.commerce import aftersale, payment
from datong.commerce.payment.ledger import Leg, post
from datong.commerce.payment.payouts import send_payouts
from datong.commerce.payment.refunds import send_refunds
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.sql import rows
from tests.cases import ask, bought, see
from tests.make import Town
from tests.provider_ledger import ProviderLedger
from tests.scripted import Row, Scripted

WORKERS = 20
OPEN = rows(
    Row,
    """
    select state, attempts, reason, due_at from payout where $1 = 0 and state in ('REQUESTED', 'SENT')
    union all select state, attempts, reason, due_at from refund where state <> 'SUCCEEDED'
    """,
)

STATE = rows(Row, "select state, attempts, reason, due_at from payout where $1 = 0")


async def owe_payouts(town: Town, count: int) -> dict[str, int]:
    """Shops that have asked for their money; answers what each payout should be."""
    owed: dict[str, int] = {}
    for number in range(count):
        shop = await town.shop()
        async with town.db.begin(bucket_of(shop.id)) as tx:
            amount = 10_000 + number
            await post(tx, [Leg("bank", 0, -amount), Leg("shop_balance", shop.id, amount)], "CNY", "test", shop.id)
            payout_id = await payment.request_payout(tx, shop.owner, shop.id, Money(amount, "CNY"), "one")
        owed[f"payout-{payout_id}"] = amount
    return owed


async def owe_refunds(town: Town, count: int) -> dict[str, int]:
    """Orders that are given back before they were sent; answers what each refund should be."""
    owed: dict[str, int] = {}
    for _ in range(count):
        shop, shopper, order_id = await bought(town)
        case_id = await ask(shopper, order_id, reason="not_wanted")
        async with town.db.begin(bucket_of(case_id)) as tx:
            await aftersale.agree_to_refund(tx, shop.owner, case_id, (await see(town, case_id)).version)
        async with town.db.read() as tx:
            owed |= {f"refund-{each.refund_id}": each.amount for each in await payment.list_refunds(tx, order_id)}
    return owed


@pytest.mark.parametrize("seed", range(3))
async def test_twenty_workers_and_a_provider_in_trouble_send_each_amount_once(town: Town, seed: int) -> None:
    owed = await owe_payouts(town, 6) | await owe_refunds(town, 4)
    provider = ProviderLedger(seed)
    async with httpx.AsyncClient(transport=httpx.MockTransport(provider.answer)) as client:
        gateways = {"sandbox": StripeGateway("key", "secret", client)}
        for turn in range(40):
            workers = [send_payouts(town.db, gateways) for _ in range(WORKERS // 2)]
            await asyncio.gather(*workers, *(send_refunds(town.db, gateways) for _ in range(WORKERS // 2)))
            town.move_clock(hours=1)
            if turn % 3 == 0:
                provider.forget_keys()
            provider.is_healthy = turn > 12
            async with town.db.read() as tx:
                if not await tx.all(OPEN, 0):
                    break
        async with town.db.read() as tx:
            assert await tx.all(OPEN, 0) == []
    assert provider.sent() == owed, "each amount once, and nothing else"
    await town.check_books()


class Late(Scripted):
    """Holds back what it says to the first who asks until it is let go; says to the others that it is not known."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.asked_first, self.let_go = asyncio.Event(), asyncio.Event()

    async def pay_out(self, order: PayoutOrder) -> TransferAnswer:
        if self.asked_first.is_set():
            raise GatewayDown("not known")
        self.asked_first.set()
        await self.let_go.wait()
        return await super().pay_out(order)


@pytest.mark.parametrize(("word", "state"), [("declined", "SENT"), ("succeeded", "PAID")])
async def test_a_late_answer_may_say_that_it_went_and_not_that_it_did_not(town: Town, word: str, state: str) -> None:
    await owe_payouts(town, 1)
    bank = Late(word)
    first = asyncio.create_task(send_payouts(town.db, {"sandbox": bank}))
    await bank.asked_first.wait()
    await send_payouts(town.db, {"sandbox": bank})
    assert bank.orders == [], "while one is at it the others leave it alone"
    town.move_clock(minutes=3)
    await send_payouts(town.db, {"sandbox": bank})
    bank.let_go.set()
    await first
    async with town.db.read() as tx:
        (payout,) = await tx.all(STATE, 0)
    assert payout.state == state
    await town.check_books()


async def test_a_payout_goes_where_it_was_asked_to_go(town: Town) -> None:
    shop = await town.shop()
    async with town.db.begin(bucket_of(shop.id)) as tx:
        await post(tx, [Leg("bank", 0, -20_000), Leg("shop_balance", shop.id, 20_000)], "CNY", "test", shop.id)
        await payment.set_payout_account(tx, shop.owner, shop.id, "sandbox", "its own")
        await payment.request_payout(tx, shop.owner, shop.id, Money(20_000, "CNY"), "one")
        await payment.set_payout_account(tx, shop.owner, shop.id, "sandbox", "a thief's")
    bank = Scripted("succeeded")
    await send_payouts(town.db, {"sandbox": bank})
    (order,) = bank.orders
    assert isinstance(order, PayoutOrder)
    assert order.destination == "its own"
