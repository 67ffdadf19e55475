"""Every option of a promotion has a reader: with it, what a purchase comes to is not what it is without."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from datong.commerce import pricing
from datong.commerce.catalog import ProductScope
from datong.commerce.pricing import Buyer, LineRequest, PromotionDraft
from datong.commerce.voucher import Gift, Share, Terms, Tier
from datong.kernel.ids import bucket_of
from tests.make import OPERATOR, Goods, Shop, Shopper, Town

PLATFORM = [Share("platform", 10_000)]
OFF = Tier("minus", 500)
Options = Mapping[str, Any]
PLAIN: dict[str, Any] = {"layer": "shop", "tiers": [OFF], "funders": PLATFORM}
CASES: dict[str, tuple[Options, Options]] = {
    # option: (a promotion without it, what is changed with it)
    "terms.layer": ({}, {"layer": "item"}),
    "terms.tiers": ({}, {"tiers": [Tier("minus", 600)]}),
    "terms.funders": ({}, {"funders": [Share("shop", 10_000)]}),
    "terms.is_repeated": ({"tiers": [Tier("minus", 500, 10_000)]}, {"is_repeated": True}),
    "terms.ceiling": ({}, {"ceiling": 300}),
    "terms.floor": ({"layer": "item", "tiers": [Tier("price", 100)]}, {"floor": 9_000}),
    "terms.excludes": ({}, {"excludes": ["cross"]}),
    "terms.is_official": ({"layer": "item", "tiers": [Tier("minus", 100)]}, {"is_official": True}),
    "terms.audience": ({}, {"audience": "gold"}),
    "terms.token": ({}, {"token": "live-7"}),
    "terms.is_enrolled": ({}, {"is_enrolled": True}),
    "tier.kind": ({}, {"tiers": [Tier("percent", 500)]}),
    "tier.value": ({}, {"tiers": [Tier("minus", 501)]}),
    "tier.amount": ({}, {"tiers": [Tier("minus", 500, 10**6)]}),
    "tier.pieces": ({}, {"tiers": [Tier("minus", 500, 0, 9)]}),
    "tier.gift": ({}, {"tiers": [Tier("gift", gift=Gift(1, 2))]}),
    "tier.except_regions": (
        {"tiers": [Tier("free_freight")]}, {"tiers": [Tier("free_freight", except_regions=["31"])]},
    ),
    "draft.budget": ({}, {"budget": 1}),
    "draft.limit_uses": ({"layer": "item"}, {"limit_uses": 1}),
    "draft.per_buyer": ({"layer": "item"}, {"per_buyer": 1}),
    "draft.starts_at": ({}, {"starts_at": timedelta(hours=1)}),
    "draft.ends_at": ({}, {"ends_at": timedelta(seconds=1)}),
}  # fmt: skip
REACHES = ProductScope.__struct_fields__
OF_NO_PRICE = {"terms.reach", "draft.terms", "draft.titles"}
"""Their parts are tried one by one; what it is called changes no price."""


def test_no_option_is_left_out() -> None:
    structs = {"terms": Terms, "tier": Tier, "draft": PromotionDraft}
    options = {f"{name}.{field}" for name, struct in structs.items() for field in struct.__struct_fields__}
    assert options == CASES.keys() | OF_NO_PRICE


class Market:
    """Two shops, a buyer with a cart, and promotions of others that stand beside."""

    def __init__(self, town: Town, shops: list[Shop], goods: list[Goods], shopper: Shopper) -> None:
        self.town = town
        self.shops = shops
        self.goods = goods
        self.shopper = shopper

    async def outcome(self) -> object:
        """What everything costs, who pays for it, and what comes along."""
        async with self.town.db.read() as tx:
            wanted = [LineRequest(each.product_id, each.sku_id, 1) for each in self.goods]
            found = await pricing.quote(tx, wanted, "31", Buyer(self.shopper.actor.id))
        return [
            (shop.freight, [
                (line.sku_id, line.quantity, line.payable, sorted((cut.funder, cut.amount) for cut in line.cuts))
                for line in shop.lines
            ])
            for shop in found.shops
        ]  # fmt: skip

    async def promote(self, options: Options) -> None:
        """A promotion of the platform with these options beside the plain ones."""
        given = {**PLAIN, **options}
        fields = {name: given.pop(name) for name in ("budget", "limit_uses", "per_buyer") if name in given}
        now = self.town.db.now()
        draft = PromotionDraft(
            {"en": "tried"}, Terms(given.pop("layer"), given.pop("tiers"), **{
                name: each for name, each in given.items() if name in Terms.__struct_fields__
            }),
            now + given.get("starts_at", timedelta(0)), now + given.get("ends_at", timedelta(days=7)), **fields,
        )  # fmt: skip
        async with self.town.db.begin(bucket_of(0)) as tx:
            await pricing.make_promotion(tx, OPERATOR, 0, draft)
        self.town.move_clock(seconds=3)  # what processes remember of promotions is over, and so is a second's promotion

    async def stop(self) -> None:
        """End what was tried."""
        async with self.town.db.begin(bucket_of(0)) as tx:
            for each in await pricing.list_promotions(tx, OPERATOR, 0):
                if each.titles == {"en": "tried"}:
                    await pricing.stop_promotion(tx, OPERATOR, 0, each.promotion_id)


@pytest.fixture
async def market(town: Town) -> Market:
    shops = [await town.shop(), await town.shop()]
    freight = await shops[0].freight(600)
    goods = [await shops[0].product(10_000, freight=freight), await shops[0].product(20_000, freight=freight),
             await shops[1].product(30_000)]  # fmt: skip
    await town.promote("cross", Tier("minus", 1_000, 50_000))
    await shops[0].promote("item", Tier("minus", 400))
    return Market(town, shops, goods, await town.shopper())


@pytest.mark.parametrize("option", CASES)
async def test_an_option_changes_what_a_purchase_comes_to(market: Market, option: str) -> None:
    without, changed = CASES[option]
    if option == "tier.gift":
        gift = await market.shops[0].product(1_000)
        changed = {"tiers": [Tier("gift", gift=Gift(gift.product_id, gift.sku_id))]}
    await market.promote(without)
    plain = await market.outcome()
    await market.stop()
    await market.promote({**without, **changed})
    assert await market.outcome() != plain


@pytest.mark.parametrize("narrowed", REACHES)
async def test_a_reach_narrows_by_each_of_its_lists(market: Market, narrowed: str) -> None:
    await market.promote({})
    plain = await market.outcome()
    first = market.goods[0]
    ids = {"products": [first.product_id], "skus": [first.sku_id], "shops": [market.shops[0].id],
           "except_products": [first.product_id]}  # fmt: skip
    reach = msgspec.structs.replace(ProductScope(), **{narrowed: ids.get(narrowed, [999])})
    await market.stop()
    await market.promote({"reach": reach})
    assert await market.outcome() != plain
