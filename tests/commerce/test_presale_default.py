"""What was agreed on with a deposit holds whatever the shop does, and a shop that breaks it pays double back."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from datong.commerce import catalog, merchant, order, payment, pricing
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.sql import command
from tests.commerce.test_presale import balance, free
from tests.make import Goods, Shop, Shopper, Town

FORGET = command("update deposit set agreed = null where bkt = $1")


class Presale:
    """A shop's product at 1,000.00, 6.00 to send, of which one piece was put down for 100.00, with 200.00 off."""

    def __init__(
        self, shop: Shop, shopper: Shopper, goods: Goods, outer_id: str, template_id: int, deposit_id: int
    ) -> None:
        self.town = shop.town
        self.shop = shop
        self.shopper = shopper
        self.goods = goods
        self.outer_id = outer_id
        self.template_id = template_id
        self.deposit_id = deposit_id

    async def publish(self, price: int) -> None:
        """The product again, under another title and price."""
        draft = catalog.ProductDraft(
            outer_id=self.outer_id, titles={"en": "Dearer"}, skus=[catalog.SkuDraft(price)],
            category_id=self.town.category_id, freight_template_id=self.template_id,
        )  # fmt: skip
        await catalog.publish_product(self.town.db, self.shop.owner, self.shop.id, draft)

    async def state(self) -> str:
        """Of the deposit."""
        return (await self.shopper.deposit(self.deposit_id)).state

    async def place(self) -> order.ShopOrder:
        """The order of the balance, at what it costs."""
        (placed,) = await self.shopper.orders(await balance(self.shopper, self.deposit_id))
        return placed

    async def as_seller(self, act: Callable[..., Awaitable[None]], order_id: int) -> None:
        """Close or cancel as the shop."""
        async with self.town.db.begin(self.shopper.actor.bucket) as tx:
            await act(tx, self.shop.owner, order_id, "out_of_stock")

    async def refunds(self, order_id: int) -> list[tuple[int, str, bool]]:
        """Amount, state and whether it is beyond what was paid."""
        async with self.town.db.read() as tx:
            found = await payment.list_refunds(tx, order_id)
        return sorted((each.amount, each.state, each.is_extra) for each in found)


@pytest.fixture
async def presale(town: Town) -> AsyncIterator[Presale]:
    """Put down, and its balance to be paid."""
    shop, shopper = await town.shop(), await town.shopper()
    template_id = await shop.freight()
    goods = await shop.product(100_000, stock=5, freight=template_id)
    async with town.db.read() as tx:
        outer_id = (await catalog.get_product(tx, goods.product_id)).product.outer_id
    deposit_id = await shopper.put_down(await shop.presale(goods, 10_000, minus=20_000), goods)
    made = Presale(shop, shopper, goods, outer_id, template_id, deposit_id)
    town.move_clock(days=3)
    yield made
    await town.settle_down()
    await town.check_books()


async def dearer(presale: Presale) -> None:
    await presale.publish(300_000)


async def withdrawn(presale: Presale) -> None:
    shop = presale.shop
    await catalog.set_on_sale(presale.town.db, shop.owner, shop.id, presale.goods.product_id, is_on_sale=False)


async def dear_to_send(presale: Presale) -> None:
    template = pricing.FreightTemplate("pieces", [pricing.FreightArea(1, 99_000, 1, 99_000)])
    async with presale.town.db.begin(bucket_of(presale.shop.id)) as tx:
        await pricing.save_freight_template(
            tx, presale.shop.owner, presale.shop.id, "post", template, presale.template_id
        )


async def restricted(presale: Presale) -> None:
    await presale.town.db.run(merchant.restrict_shop, SYSTEM, presale.shop.id, is_restricted=True, reason="complaints")


@pytest.mark.parametrize("turn", [dearer, withdrawn, dear_to_send, restricted])
async def test_the_balance_is_what_was_agreed_on(presale: Presale, turn: Callable[..., Awaitable[None]]) -> None:
    await turn(presale)
    await presale.town.settle_down()
    presale.town.move_clock(seconds=5)
    placed = await presale.place()
    assert (placed.payable, placed.freight, placed.brought.deposits) == (80_600, 600, [presale.deposit_id])
    async with presale.town.db.read() as tx:
        (line,) = (await order.get_order(tx, presale.shopper.actor, placed.order_id)).lines
    assert (line.titles["en"], line.unit_price, line.payable) == ("A phone", 100_000, 80_000)
    await presale.shopper.pay(placed.purchase_id)
    await presale.town.settle_down()
    assert await presale.state() == "DONE"


async def test_other_goods_beside_it_cost_what_they_cost_now(presale: Presale) -> None:
    await dear_to_send(presale)
    presale.town.move_clock(seconds=5)
    other = await presale.shop.product(5_000, freight=presale.template_id)
    wanted = [pricing.LineRequest(other.product_id, other.sku_id, 1)]
    with pytest.raises(order.PriceMoved) as moved:
        await order.place_purchase(
            presale.town.db, presale.shopper.actor, presale.shopper.address_id, Money(1, "CNY"), "both", wanted=wanted,
            deposit_ids=[presale.deposit_id],
        )  # fmt: skip
    assert moved.value.asked.amount == 80_000 + 5_000 + 99_000, "the dearest start fee of the order, once"


async def test_a_shop_that_closes_the_balance_pays_double_back(presale: Presale) -> None:
    placed = await presale.place()
    presale.town.move_clock(minutes=1)
    await presale.as_seller(order.close_order, placed.order_id)
    await presale.town.settle_down()
    assert await presale.state() == "DOUBLED"
    assert await presale.refunds(presale.deposit_id) == [(10_000, "SUCCEEDED", False), (10_000, "SUCCEEDED", True)]
    assert (await presale.shop.balance(), await free(presale.town, presale.goods)) == (-10_000, 5)


async def test_a_shop_that_cancels_what_was_paid_pays_the_deposit_once_more(presale: Presale) -> None:
    placed = await presale.place()
    await presale.shopper.pay(placed.purchase_id)
    await presale.as_seller(order.cancel_paid_order, placed.order_id)
    await presale.town.settle_down()
    assert await presale.state() == "DOUBLED"
    assert (await presale.shopper.deposit(presale.deposit_id)).purchase_id == placed.purchase_id
    assert sum(amount for amount, _, _ in await presale.refunds(placed.order_id)) == 80_600
    assert await presale.refunds(presale.deposit_id) == [(10_000, "SUCCEEDED", True)]
    assert (await presale.shop.balance(), await free(presale.town, presale.goods)) == (-10_000, 5)


@pytest.mark.parametrize(("is_withdrawn", "state"), [(True, "DOUBLED"), (False, "FORFEITED")])
async def test_a_deposit_without_kept_terms_is_not_forfeited_when_nothing_is_offered(
    presale: Presale, *, is_withdrawn: bool, state: str
) -> None:
    async with presale.town.db.begin(presale.shopper.actor.bucket) as tx:
        await tx.run(FORGET, tx.bucket)
    if is_withdrawn:
        await withdrawn(presale)
    presale.town.move_clock(days=2)
    await presale.town.settle_down()
    assert await presale.state() == state


async def test_with_kept_terms_a_buyer_who_does_not_come_forfeits(presale: Presale) -> None:
    await withdrawn(presale)
    presale.town.move_clock(days=2)
    await presale.town.settle_down()
    assert await presale.state() == "FORFEITED"
