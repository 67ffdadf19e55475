"""Makers for tests: a small town, shops, products, shoppers, and the clock."""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from datong.adapters import Adapters
from datong.adapters.payment.sandbox import SandboxGateway
from datong.commerce import cart, catalog, inventory, member, merchant, order, payment, pricing, voucher
from datong.commerce.order import deposits
from datong.commerce.voucher import PLATFORM_FUNDER, SHOP_FUNDER, WHOLE, Share, Terms, Tier
from datong.kernel.actor import Actor
from datong.kernel.connect import open_db
from datong.kernel.house import House
from datong.kernel.ids import bucket_of
from datong.kernel.invariants import audit
from datong.kernel.money import Money
from datong.kernel.tx import Db
from datong.platform.search import Feeder
from datong.runtime.bootstrap import MALL, MARKET, open_shop
from datong.runtime.migrate import migrate
from datong.settings import Settings
from datong.wiring import find_house, make_adapters, make_deliverer
from tests.clocks import TownClock
from tests.founding import CATEGORY, found, is_founded, trusted_roots

OPERATOR = Actor(1, "member", {}, frozenset({"promotion:edit", "promotion:read"}))
"""An operator who configures campaigns."""


class Town:
    """A platform of one database, with everything a test needs at hand."""

    def __init__(self, db: Db, clock: TownClock, settings: Settings, adapters: Adapters) -> None:
        self.db = db
        self.clock = clock
        self.settings = settings
        self.adapters = adapters
        self._deliverer = make_deliverer(db.house)
        self._number = 0
        self.category_id = 0

    @property
    def gateway(self) -> SandboxGateway:
        """The sandbox gateway."""
        found = self.adapters.gateways["sandbox"]
        assert isinstance(found, SandboxGateway)
        return found

    def next(self) -> int:
        """A number never given before in this town."""
        self._number += 1
        return self._number

    async def deliver(self) -> None:
        """Deliver every fact that waits; none may fail."""
        await self._deliverer.deliver_all(self.db)

    async def check_books(self) -> None:
        """Deliver what waits, then assert every identity of the audit."""
        await self.deliver()
        found = await audit(self.db)
        assert found == {}, found

    async def feed(self) -> None:
        """Deliver every fact that waits, and put what changed into the search index."""
        await self.deliver()
        await Feeder(self.db, self.adapters.engine, "test").feed_all()

    async def settle_down(self) -> None:
        """Let sweeps and deliveries run until a round changes nothing more for facts."""
        for _ in range(3):
            await self.deliver()
            for sweep in self.db.house.sweeps:
                await sweep.act(self.adapters)
        await self.deliver()

    def move_clock(self, **amount: float) -> None:
        """Time goes forward."""
        self.clock.shift += timedelta(**amount)

    async def shopper(self, region: str = "31") -> "Shopper":
        """A member with an address."""
        member_id = await member.register(self.db, f"shopper{self.next()}@example.org", "correct horse")
        actor = Actor(member_id, "member")
        async with self.db.begin(actor.bucket) as tx:
            draft = member.AddressDraft("Li Lei", "13800000000", region, "Shanghai", "1 Nanjing Road")
            address_id = await member.add_address(tx, actor, draft)
        return Shopper(self, actor, address_id)

    async def shop(self, storefront: str = MARKET, kind: str = "enterprise", mark: str = "R") -> "Shop":
        """An open shop with its dues paid, and its owner."""
        number = self.next()
        owner_id = await member.register(self.db, f"owner{number}@example.org", "correct horse")
        shop_id = await open_shop(
            self.db,
            Actor(owner_id, "member"),
            merchant.ShopApplication(
                storefront=storefront,
                kind=kind,
                names={"en": f"Shop {number}", "zh": f"店铺{number}"},
                slug=f"shop-{number}",
                legal_name=f"Company {number}",
                identity=f"ID-{number}",
                ships_from="31",
                category_id=self.category_id,
                mark=mark,
            ),
        )
        await self.deliver()
        rights = {shop_id: find_house().rights_of("owner")}
        return Shop(self, shop_id, Actor(owner_id, "member", rights))

    async def promote(
        self,
        layer: str,
        *tiers: Tier,
        actor: Actor = OPERATOR,
        owner_id: int = 0,
        days: float = 7,
        budget: int = 0,
        limit_uses: int = 0,
        per_buyer: int = 0,
        **terms: Any,  # noqa: ANN401 - of the terms
    ) -> int:
        """A promotion of a shop, or of the platform, in force at once; the platform pays for its own."""
        funders = [Share(PLATFORM_FUNDER if owner_id == 0 else SHOP_FUNDER, WHOLE)]
        made = Terms(layer, list(tiers), **({"funders": funders} | terms))
        now = self.db.now()
        draft = pricing.PromotionDraft(
            {"en": f"{layer} promotion"}, made, now, now + timedelta(days=days), budget, limit_uses, per_buyer
        )
        async with self.db.begin(bucket_of(owner_id)) as tx:
            return await pricing.make_promotion(tx, actor, owner_id, draft)

    async def offer(
        self, kind: str, terms: Terms, actor: Actor = OPERATOR, owner_id: int = 0, total: int = 100,
        per_member: int = 1, days: int = 7,
    ) -> int:  # fmt: skip
        """A kind of vouchers of a shop or of the platform, to be claimed at once and used for some days."""
        now = self.db.now()
        draft = voucher.TemplateDraft(
            kind,
            {"en": f"A {kind}", "zh": "优惠券"},
            terms,
            total,
            per_member,
            now,
            now + timedelta(days=days),
            use_days=days,
        )
        async with self.db.begin(bucket_of(owner_id)) as tx:
            return await voucher.issue_template(tx, actor, owner_id, draft)


class Shop:
    """An open shop."""

    def __init__(self, town: Town, shop_id: int, owner: Actor) -> None:
        self.town = town
        self.id = shop_id
        self.owner = owner

    async def product(
        self, price: int = 10_000, stock: int = 10, skus: int = 1, freight: int = 0, brand: str = "", title: str = "",
        zh: str = "", **about: Any,  # noqa: ANN401 - of a draft
    ) -> "Goods":  # fmt: skip
        """A product on sale with that many SKUs at a price, each with its stock."""
        about = {"category_id": self.town.category_id} | about
        draft = catalog.ProductDraft(
            outer_id=f"P{self.town.next()}",
            titles=({"en": title} | ({"zh": zh} if zh else {})) if title else {"en": "A phone", "zh": "一部手机"},
            skus=[catalog.SkuDraft(price, {"colour": f"colour {n}"} if skus > 1 else {}) for n in range(skus)],
            brand=brand,
            freight_template_id=freight,
            **about,
        )
        row = await catalog.publish_product(self.town.db, self.owner, self.id, draft)
        sku_ids = list(row.sku_ids.values())
        await self.put_stock(row.product_id, sku_ids, stock)
        return Goods(row.product_id, sku_ids, price)

    async def put_stock(self, product_id: int, sku_ids: list[int], stock: int = 10) -> None:
        """That many pieces of each SKU of a product."""
        async with self.town.db.begin(bucket_of(sku_ids[0])) as tx:
            await inventory.put_stock(tx, self.owner, self.id, [(sku, product_id, stock) for sku in sku_ids])

    async def freight(self, fee: int = 600, add: int = 200, free_from: int = 0) -> int:
        """A freight template by pieces: one for `fee`, each more for `add`; free from an amount of goods on."""
        free = [pricing.FreeRule(free_from)] if free_from else []
        template = pricing.FreightTemplate("pieces", [pricing.FreightArea(1, fee, 1, add)], free)
        async with self.town.db.begin(bucket_of(self.id)) as tx:
            return await pricing.save_freight_template(tx, self.owner, self.id, "post", template)

    async def promote(self, layer: str, *tiers: Tier, days: float = 7, **more: Any) -> int:  # noqa: ANN401 - of a draft
        """A promotion of this shop, in force at once."""
        return await self.town.promote(layer, *tiers, actor=self.owner, owner_id=self.id, days=days, **more)

    async def coupon(self, value: int, amount: int = 0, total: int = 100, per_member: int = 1, days: int = 7) -> int:
        """A kind of coupons of this shop, to be claimed at once."""
        terms = Terms("shop_voucher", [Tier("minus", value, amount)])
        return await self.town.offer("coupon", terms, self.owner, self.id, total, per_member, days)

    async def presale(self, goods: "Goods", deposit: int, counts_as: int = 0, minus: int = 0) -> int:
        """Offer goods ahead: deposits for three days from now, balances for the two days after."""
        now, day = self.town.db.now(), timedelta(days=1)
        draft = order.PresaleDraft(
            goods.product_id, {"en": "Ahead", "zh": "预售"}, deposit, now, now + 3 * day, now + 3 * day, now + 5 * day,
            counts_as, minus,
        )  # fmt: skip
        async with self.town.db.begin(bucket_of(self.id)) as tx:
            return await order.make_presale(tx, self.owner, self.id, draft)

    async def ship(self, order_id: int, key: str = "ship", lines: Sequence[int] = ()) -> int:
        """Send what is left, or some lines, as one parcel."""
        async with self.town.db.begin(bucket_of(order_id)) as tx:
            number = f"SB{order_id}-{sum(lines)}"
            return await order.ship_order(tx, self.owner, order_id, "sandbox", number, key, lines)

    async def balance(self) -> int:
        """What the shop may be paid."""
        async with self.town.db.read() as tx:
            found = await payment.get_shop_balance(tx, self.owner, self.id)
        return sum(each.amount for each in found if each.account == "shop_balance")


class Goods:
    """A product and its SKUs."""

    def __init__(self, product_id: int, sku_ids: list[int], price: int) -> None:
        self.product_id = product_id
        self.sku_ids = sku_ids
        self.sku_id = sku_ids[0]
        self.price = price


class Shopper:
    """A member who buys."""

    def __init__(self, town: Town, actor: Actor, address_id: int) -> None:
        self.town = town
        self.actor = actor
        self.address_id = address_id

    async def fill(self, goods: Goods, quantity: int = 1, sku: int = 0) -> None:
        """Put something in the cart."""
        await cart.put_in_cart(self.town.db, self.actor, goods.product_id, goods.sku_ids[sku], quantity)

    async def total(self) -> Money:
        """What the ticked lines cost, delivered to the shopper."""
        async with self.town.db.read() as tx:
            address = await member.get_address(tx, self.actor, self.address_id)
            return (await cart.get_cart(tx, self.actor, address.region)).ticked.total

    async def place(self, key: str = "") -> int:
        """Place the cart."""
        total = await self.total()
        return await order.place_purchase(
            self.town.db, self.actor, self.address_id, total, key or f"k{self.town.next()}"
        )

    async def put_down(self, presale_id: int, goods: "Goods", quantity: int = 1, *, pays: bool = True) -> int:
        """Place a deposit, and pay it."""
        key = f"d{self.town.next()}"
        deposit_id = await order.place_deposit(self.town.db, self.actor, presale_id, goods.sku_id, quantity, key)
        if pays:
            await self.pay_deposit(deposit_id)
        return deposit_id

    async def pay_deposit(self, deposit_id: int) -> None:
        """Pay a deposit at the sandbox, and have its word recorded."""
        adapters = self.town.adapters
        url = await order.pay_deposit(self.town.db, adapters.gateways, self.actor, deposit_id, "sandbox", "http://test")
        await self._settle(url.rpartition("/")[2])

    async def deposit(self, deposit_id: int) -> order.Deposit:
        """A deposit as it is now."""
        async with self.town.db.read() as tx:
            return await deposits.get_deposit(tx, self.actor, deposit_id)

    async def claim(self, template_id: int) -> int:
        """Claim a voucher."""
        return await voucher.claim_voucher(self.town.db, self.actor, template_id)

    async def wallet(self, state: str = "CLAIMED") -> list[int]:
        """The vouchers held in a state."""
        async with self.town.db.read() as tx:
            return [each.voucher_id for each in await voucher.list_wallet(tx, self.actor, state)]

    async def close(self, order_id: int) -> None:
        """Close an unpaid order."""
        async with self.town.db.begin(self.actor.bucket) as tx:
            await order.close_order(tx, self.actor, order_id, "not_wanted")

    async def cancel(self, order_id: int) -> None:
        """Cancel a paid order that was not shipped."""
        async with self.town.db.begin(self.actor.bucket) as tx:
            await order.cancel_paid_order(tx, self.actor, order_id, "not_wanted")

    async def orders(self, purchase_id: int) -> list[order.ShopOrder]:
        """The orders of a purchase."""
        async with self.town.db.read() as tx:
            return (await order.get_purchase(tx, self.actor, purchase_id)).orders

    async def order(self, order_id: int) -> order.ShopOrder:
        """An order as it is now."""
        async with self.town.db.read() as tx:
            return (await order.get_order(tx, self.actor, order_id)).order

    async def open_charge(self, purchase_id: int) -> str:
        """Ask to pay; answers the sandbox's reference."""
        url = await order.pay_purchase(
            self.town.db, self.town.adapters.gateways, self.actor, purchase_id, "sandbox", "http://test"
        )
        return url.rpartition("/")[2]

    async def pay(self, purchase_id: int) -> None:
        """Pay at the sandbox, and have its word recorded as if it had called back."""
        await self._settle(await self.open_charge(purchase_id))

    async def _settle(self, ref: str) -> None:
        settled = await self.town.gateway.settle(ref, "lost")
        assert settled is not None
        event = await self.town.gateway.find_charge(settled.charge_id, settled.ref)
        assert event is not None
        await payment.take_payment(self.town.db, event)

    async def confirm(self, order_id: int) -> None:
        """Confirm receipt."""
        async with self.town.db.begin(self.actor.bucket) as tx:
            await order.confirm_order(tx, self.actor, order_id)

    async def buy(self, goods: Goods, quantity: int = 1) -> int:
        """Fill, place and pay for one thing; answers the order's id."""
        await self.fill(goods, quantity)
        purchase_id = await self.place()
        await self.pay(purchase_id)
        return (await self.orders(purchase_id))[0].order_id


@asynccontextmanager
async def open_town(
    dsn: str, pool_size: int = 12, public_url: str = "http://test", house: House | None = None
) -> AsyncIterator[Town]:
    """A town on an empty, migrated database, with the rooms of the tree or of a given house."""
    clock = TownClock()
    if house is not None:
        await migrate(dsn, house)
    db = await open_db(dsn, house=house or find_house(), pool_size=pool_size, clock=clock)
    async with open_town_on(db, clock, public_url) as town:
        yield town


@asynccontextmanager
async def open_town_on(db: Db, clock: TownClock, public_url: str = "http://test") -> AsyncIterator[Town]:
    """A town on an open database, which is closed with it."""
    with tempfile.TemporaryDirectory(prefix="datong-town-") as folder:
        settings = Settings(
            data_dir=Path(folder),
            secret="test-secret",  # noqa: S106 - a key of this test
            public_url=public_url,
            object_store_url="memory:///",
        )
        async with httpx.AsyncClient(verify=trusted_roots()) as client:
            town = Town(db, clock, settings, make_adapters(db, settings, client))
            if not await is_founded(db):
                await found(db)
            async with db.read() as tx:
                town.category_id = (await catalog.get_category_book(tx)).by_ref[CATEGORY].category_id
            try:
                yield town
            finally:
                await town.adapters.engine.close()
                await db.close()


__all__ = ["MALL", "MARKET", "Goods", "Shop", "Shopper", "Town", "open_town", "open_town_on"]
