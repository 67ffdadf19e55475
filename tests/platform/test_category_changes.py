"""A category that is renamed or moved: its goods stand on the new shelves and are found by the new name."""

import pytest

from datong.commerce import catalog
from datong.commerce.catalog import CategoryDraft, category_changes
from datong.kernel.actor import SYSTEM
from datong.kernel.refusal import Invalid
from datong.kernel.sql import value
from datong.platform.search import Chosen, find_products, read_query
from tests.make import Town

WAITING = value(int, "select count(*) from category_change")
TREE = (("indoor", ""), ("garden", ""), ("lamps", "indoor"), ("wall", "lamps"))


async def save(town: Town, *drafts: CategoryDraft) -> dict[str, int]:
    """Save categories; answers the ids of all by reference."""
    await town.db.run(catalog.save_categories, SYSTEM, drafts)
    async with town.db.read() as tx:
        return {each.ref: each.category_id for each in (await catalog.get_category_book(tx)).by_id.values()}


def draft(ref: str, parent: str, name: str = "") -> CategoryDraft:
    return CategoryDraft(ref, parent, {"en": name or ref.capitalize()}, "electronics")


async def on_shelf(town: Town, category_id: int) -> set[int]:
    async with town.db.read() as tx:
        return {each.product_id for each in (await catalog.list_cards(tx, [1, 2], category_id)).items}


async def found(town: Town, text: str) -> set[int]:
    results = await find_products(town.db, town.adapters.engine, read_query(text), Chosen(), "relevance")
    return {each.listing.product_id for each in results.ranked}


async def walk(town: Town) -> None:
    """Let every change be walked over to its end."""
    town.move_clock(minutes=2)
    for _ in range(5):
        await category_changes.follow_categories(town.db)
    await town.feed()
    async with town.db.read() as tx:
        assert await tx.one(WAITING) == 0


async def test_goods_move_with_their_category_and_are_found_by_its_new_name(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(category_changes, "BATCH", 2)
    ids = await save(town, *(draft(*each) for each in TREE))
    shop, other = await town.shop(), await town.shop()
    goods = {
        (await each.product(title="A sconce", category_id=ids["wall"])).product_id
        for each in (shop, shop, shop, other, other)
    }
    hidden = (await shop.product(title="A sconce", category_id=ids["wall"], is_on_sale=False)).product_id
    await town.feed()
    assert await on_shelf(town, ids["indoor"]) == goods
    assert await found(town, "indoor") == set()
    assert await found(town, "wall") == goods
    await save(town, draft("lamps", "garden"), draft("wall", "lamps", "Balcony"))
    await category_changes.follow_categories(town.db)
    assert await on_shelf(town, ids["indoor"]) == goods, "other processes have the old tree for a minute"
    await walk(town)
    assert await on_shelf(town, ids["indoor"]) == set()
    assert await on_shelf(town, ids["garden"]) == await on_shelf(town, ids["lamps"]) == goods
    assert await found(town, "balcony") == goods
    assert await found(town, "wall") == set()
    assert hidden not in await on_shelf(town, ids["wall"])


async def test_what_changes_again_is_walked_over_anew_and_what_stays_is_not(town: Town) -> None:
    ids = await save(town, *(draft(*each) for each in TREE))
    await save(town, *(draft(*each) for each in TREE))
    async with town.db.read() as tx:
        assert await tx.one(WAITING) == 0
    goods = await (await town.shop()).product(category_id=ids["wall"])
    await save(town, draft("wall", "garden"))
    town.move_clock(seconds=50)
    await save(town, draft("wall", "indoor"))
    town.move_clock(seconds=50)
    assert await category_changes.follow_categories(town.db) == 0
    await walk(town)
    assert await on_shelf(town, ids["indoor"]) == {goods.product_id}
    assert await on_shelf(town, ids["garden"]) == set()


async def test_no_category_is_below_itself(town: Town) -> None:
    ids = await save(town, *(draft(*each) for each in TREE))
    with pytest.raises(Invalid):
        await save(town, draft("indoor", "wall"))
    async with town.db.read() as tx:
        book = await catalog.get_category_book(tx)
    assert [each.ref for each in book.path(ids["wall"])] == ["wall", "lamps", "indoor"]
