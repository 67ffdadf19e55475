"""Catalogue: what may be published, and what stays as it was bought (domain.md §2)."""

import pytest

from datong.commerce import catalog, order
from datong.commerce.catalog import SkuDraft
from datong.commerce.catalog.validation import AttributeMissing, SkuTwice
from datong.kernel.actor import SYSTEM
from datong.kernel.refusal import Invalid
from tests.commerce.test_goods import draft_for
from tests.make import Goods, Town


async def test_publishing_without_what_the_category_asks_for_is_refused_by_name(town: Town) -> None:
    shop = await town.shop()
    async with town.db.begin() as tx:
        made = await catalog.save_attributes(
            tx, SYSTEM, [catalog.AttributeDraft("material", {"en": "Material"}, "text")]
        )
        await catalog.save_bindings(
            tx, SYSTEM, [(town.category_id, made["material"].attribute_id, True, False, False, 0)]
        )
    with pytest.raises(AttributeMissing) as refused:
        await catalog.publish_product(town.db, shop.owner, shop.id, await draft_for(town))
    assert refused.value.attribute == "material"


async def test_two_skus_of_the_same_sale_values_are_refused(town: Town) -> None:
    shop = await town.shop()
    for one, other in (("red", "red"), ("Red", "red"), ("red ", "red")):
        skus = [SkuDraft(100, {"colour": one}), SkuDraft(200, {"colour": other})]
        with pytest.raises(SkuTwice):
            await catalog.publish_product(town.db, shop.owner, shop.id, await draft_for(town, skus=skus))


@pytest.mark.parametrize(
    ("change", "is_taken"),
    [
        ({"titles": {"zh": "灯" * 30}}, True), ({"titles": {"zh": "灯" * 31}}, False),
        ({"points": {"en": "x" * 150}}, True), ({"points": {"en": "x" * 151}}, False),
        ({"description": {"en": "x" * 4}}, False), ({"description": {"en": "x" * 5}}, True),
        ({"description": {"en": "x" * 25_000}}, True), ({"description": {"en": "x" * 25_001}}, False),
    ],
)  # fmt: skip
async def test_texts_at_their_bounds(town: Town, change: dict[str, object], *, is_taken: bool) -> None:
    shop = await town.shop()
    draft = await draft_for(town, **change)
    if is_taken:
        assert (await catalog.publish_product(town.db, shop.owner, shop.id, draft)).outcome == "new"
        return
    with pytest.raises(Invalid):
        await catalog.publish_product(town.db, shop.owner, shop.id, draft)


async def test_an_old_order_shows_what_was_bought(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    row = await catalog.publish_product(town.db, shop.owner, shop.id, await draft_for(town, titles={"en": "Old lamp"}))
    await shop.put_stock(row.product_id, list(row.sku_ids.values()))
    order_id = await shopper.buy(Goods(row.product_id, list(row.sku_ids.values()), 0))
    await catalog.publish_product(town.db, shop.owner, shop.id, await draft_for(town, titles={"en": "New lamp"}))
    async with town.db.read() as tx:
        view = await order.get_order(tx, shopper.actor, order_id)
        assert (await catalog.get_product(tx, row.product_id)).product.titles == {"en": "New lamp"}
    assert [line.titles for line in view.lines] == [{"en": "Old lamp"}]
