"""Searching: what is published is found, in both languages, by words, signs and sound; and what is not shown is not."""

from datong.platform.search import Chosen, find_products, read_query
from tests.make import Town


async def test_what_is_published_is_found(town: Town) -> None:
    shop = await town.shop()
    goods = await shop.product()
    await town.settle_down()
    found = await find_products(town.db, town.world.engine, read_query("phone"), Chosen())
    assert [each.listing.product_id for each in found.ranked] == [goods.product_id]
    found = await find_products(town.db, town.world.engine, read_query("shouji"), Chosen())
    assert [each.listing.product_id for each in found.ranked] == [goods.product_id]
