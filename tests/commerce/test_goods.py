"""Publishing, brands, freight, stock: what is refused, and why. Source: domain.md §1-3."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.commerce import catalog, inventory, pricing
from datong.commerce.catalog.needs import BrandNotAuthorised
from datong.commerce.catalog.validation import AttributeMissing, PriceOutOfBounds, SkuTwice, TitleTooLong
from datong.commerce.pricing.freight import FreightLine, freight_of
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid, NotAllowed, NotFound
from tests.make import MALL, Town


async def draft_for(town: Town, **changes: object) -> catalog.ProductDraft:
    """A good draft with changes."""
    made = catalog.ProductDraft("A1", town.category_id, {"en": "A phone"}, [catalog.SkuDraft(100)])
    return msgspec.structs.replace(made, **changes)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"titles": {}}, Invalid),
        ({"titles": {"zh": "字" * 31}}, TitleTooLong),
        ({"titles": {"en": "tab\there"}}, Invalid),
        ({"skus": []}, Invalid),
        ({"skus": [catalog.SkuDraft(0)]}, PriceOutOfBounds),
        ({"skus": [catalog.SkuDraft(-5)]}, PriceOutOfBounds),
        ({"skus": [catalog.SkuDraft(10**14)]}, PriceOutOfBounds),
        ({"skus": [catalog.SkuDraft(1, {"c": "x"}), catalog.SkuDraft(2, {"c": "x "})]}, SkuTwice),
        ({"skus": [catalog.SkuDraft(1, {"c": "x"}), catalog.SkuDraft(2)]}, Invalid),
        ({"props": {"unknown": "x"}}, Invalid),
        ({"outer_id": ""}, Invalid),
        ({"category_id": 999_999}, NotFound),
    ],
)
async def test_bad_drafts_are_refused_with_their_reason(town: Town, changes: dict[str, object], refusal: type) -> None:
    shop = await town.shop()
    with pytest.raises(refusal):
        await catalog.publish_product(town.db, shop.owner, shop.id, await draft_for(town, **changes))
    async with town.db.read() as tx:
        assert (await catalog.list_products(tx, shop.owner, shop.id)).items == []


async def test_a_required_attribute_is_asked_for_by_its_name(town: Town) -> None:
    shop = await town.shop()
    async with town.db.begin() as tx:
        made = await catalog.save_attributes(
            tx, SYSTEM, [catalog.AttributeDraft("material", {"en": "Material"}, "choice", values={"w": {"en": "Wool"}})]
        )
        await catalog.save_bindings(
            tx, SYSTEM, [(town.category_id, made["material"].attribute_id, True, False, False, 0)]
        )
    with pytest.raises(AttributeMissing) as refused:
        await catalog.publish_product(town.db, shop.owner, shop.id, await draft_for(town))
    assert refused.value.attribute == "material"
    with pytest.raises(Invalid, match="none of its values"):
        await catalog.publish_product(town.db, shop.owner, shop.id, await draft_for(town, props={"material": "Tin"}))
    row = await catalog.publish_product(town.db, shop.owner, shop.id, await draft_for(town, props={"material": "Wool"}))
    assert row.outcome == "new"


async def test_publishing_again_changes_or_does_nothing_and_keeps_sku_ids(town: Town) -> None:
    shop = await town.shop()
    skus = [catalog.SkuDraft(100, {"c": "red"}), catalog.SkuDraft(120, {"c": "blue"})]
    first = await catalog.publish_product(town.db, shop.owner, shop.id, await draft_for(town, skus=skus))
    assert (
        await catalog.publish_product(town.db, shop.owner, shop.id, await draft_for(town, skus=skus))
    ).outcome == "same"
    changed = await catalog.publish_product(town.db, shop.owner, shop.id, await draft_for(town, skus=skus[:1]))
    assert (changed.outcome, changed.product_id, changed.version) == ("changed", first.product_id, 2)
    async with town.db.read() as tx:
        view = await catalog.get_product(tx, first.product_id)
    assert [sku.sku_id for sku in view.skus] == [first.sku_ids["c:red"]]


async def test_the_mall_asks_for_the_brands_authorisation_and_the_market_does_not(town: Town) -> None:
    mall, market = await town.shop(MALL, "flagship"), await town.shop()
    branded = await draft_for(town, brand="Auric")
    with pytest.raises(BrandNotAuthorised):
        await catalog.publish_product(town.db, mall.owner, mall.id, branded)
    assert (await catalog.publish_product(town.db, market.owner, market.id, branded)).outcome == "new"


async def test_html_of_a_description_is_cleaned(town: Town) -> None:
    shop = await town.shop()
    text = {"en": '<p onclick="x()">Good wool</p><script>alert(1)</script>'}
    row = await catalog.publish_product(town.db, shop.owner, shop.id, await draft_for(town, description=text))
    async with town.db.read() as tx:
        assert (await catalog.get_product(tx, row.product_id)).product.description == {"en": "<p>Good wool</p>"}


async def test_a_stranger_publishes_nothing_and_changes_no_stock(town: Town) -> None:
    shop, other = await town.shop(), await town.shop()
    goods = await shop.product()
    with pytest.raises(NotAllowed):
        await catalog.publish_product(town.db, other.owner, shop.id, await draft_for(town))
    async with town.db.begin(bucket_of(goods.sku_id)) as tx:
        with pytest.raises(NotFound):
            await inventory.set_stock(tx, other.owner, other.id, goods.sku_id, 5)


async def test_stock_is_never_set_below_what_is_held(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(stock=5)
    await shopper.fill(goods, 3)
    await shopper.place()
    async with town.db.begin(bucket_of(goods.sku_id)) as tx:
        with pytest.raises(Exception, match="stock_held"):
            await inventory.set_stock(tx, shop.owner, shop.id, goods.sku_id, 2)
        assert await inventory.set_stock(tx, shop.owner, shop.id, goods.sku_id, 3) == 3
    await town.check_books()


async def test_a_shelf_is_paged_without_gaps_over_both_brands(town: Town) -> None:
    shop = await town.shop()
    made = [await shop.product(100 + number % 7) for number in range(25)]
    for order in ("mixed", "newest", "price_up", "price_down"):
        seen: list[int] = []
        cursor = ""
        while True:
            async with town.db.read() as tx:
                page = await catalog.list_cards(tx, [1, 2], town.category_id, order, cursor, 4)
            seen += [card.product_id for card in page.items]
            cursor = page.next_cursor
            if not cursor:
                break
        assert sorted(seen) == sorted(each.product_id for each in made), order


TEMPLATES = {
    1: pricing.FreightTemplate("pieces", [pricing.FreightArea(1, 600, 1, 200)]),
    2: pricing.FreightTemplate("weight",
    [pricing.FreightArea(1000, 800, 500, 300), pricing.FreightArea(1000, 2000, 500, 900, ["65"])]),
    3: pricing.FreightTemplate("pieces", [pricing.FreightArea(1, 900, 1, 100)], [pricing.FreeRule(9_900, 0, ["65"])]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "region", "fee"),
    [
        ([(1, 1, 0, 100)], "31", 600),
        ([(1, 3, 0, 100)], "31", 1000),
        ([(1, 1, 0, 100), (1, 2, 0, 100)], "31", 1000),
        ([(2, 1, 1000, 100)], "31", 800),
        ([(2, 1, 1001, 100)], "31", 1100),
        ([(2, 1, 1001, 100)], "65", 2900),
        ([(1, 2, 0, 100), (2, 1, 1600, 100)], "31", 800 + 200 + 600),
        ([(3, 1, 0, 9_900)], "31", 0),
        ([(3, 1, 0, 9_900)], "65", 900),
        ([(3, 1, 0, 9_899)], "31", 900),
        ([(0, 5, 9_000, 1)], "31", 0),
    ],
)
def test_freight_by_template_area_and_quantity(lines: list[tuple[int, int, int, int]], region: str, fee: int) -> None:
    loads = [FreightLine(template, pieces, grams, 0, goods) for template, pieces, grams, goods in lines]
    assert freight_of(loads, TEMPLATES, region) == fee


@given(
    st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.integers(1, 50), st.integers(0, 9_000)), min_size=1, max_size=6)
)
def test_freight_never_depends_on_the_order_of_lines(lines: list[tuple[int, int, int]]) -> None:
    loads = [FreightLine(template, pieces, grams, 0, 100) for template, pieces, grams in lines]
    assert freight_of(loads, TEMPLATES, "31") == freight_of(loads[::-1], TEMPLATES, "31")


async def test_a_template_without_a_nationwide_area_is_refused(town: Town) -> None:
    shop = await town.shop()
    async with town.db.begin(bucket_of(shop.id)) as tx:
        for areas in ([], [pricing.FreightArea(1, 600, 1, 700)], [pricing.FreightArea(0, 600, 1, 100)]):
            with pytest.raises(Invalid):
                await pricing.save_freight_template(
                    tx, shop.owner, shop.id, "x", pricing.FreightTemplate("pieces", areas)
                )
