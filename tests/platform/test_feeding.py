"""Feeding: one writer, an index that is always whole, built anew beside the one in use, and healing by itself."""

import asyncio
import shutil

import pytest

from datong.adapters.engine import EngineDown
from datong.adapters.engine.tantivy_folder import FolderEngine
from datong.commerce import catalog
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.refusal import NotAllowed
from datong.platform.search import (
    Chosen,
    Feeder,
    IndexState,
    find_products,
    list_indexes,
    read_query,
    read_query_later,
    rebuild,
)
from datong.platform.search import indexer as feeding_room
from tests.make import Town


async def indexes(town: Town) -> list[IndexState]:
    """Every index that is known, the oldest first."""
    async with town.db.read() as tx:
        return await list_indexes(tx)


async def found(town: Town, text: str = "") -> set[int]:
    """The products that answer."""
    results = await find_products(town.db, town.adapters.engine, read_query(text), Chosen(), limit=100)
    return {each.listing.product_id for each in results.ranked}


async def build_anew(town: Town) -> None:
    """Ask for an index made anew."""
    async with town.db.begin() as tx:
        await rebuild(tx, SYSTEM)


async def test_what_changes_is_found_as_it_is_now_and_what_is_gone_is_not(town: Town) -> None:
    shop = await town.shop()
    goods = await shop.product(title="Copper lantern", zh="铜灯笼")
    await town.feed()
    assert await found(town, "lantern") == {goods.product_id}
    async with town.db.read() as tx:
        outer_id = (await catalog.get_product(tx, goods.product_id)).product.outer_id
    draft = catalog.ProductDraft(outer_id, town.category_id, {"en": "Brass lamp"}, [catalog.SkuDraft(10_000)])
    await catalog.publish_product(town.db, shop.owner, shop.id, draft)
    await town.feed()
    assert await found(town, "brass lamp") == {goods.product_id}
    assert await found(town, "lantern") == set()
    await catalog.set_on_sale(town.db, shop.owner, shop.id, goods.product_id, is_on_sale=False)
    await town.feed()
    assert await found(town, "brass lamp") == set()


async def test_a_build_goes_on_beside_changes_and_is_swapped_in(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding_room, "BUILD_BATCH", 2)
    monkeypatch.setattr(feeding_room, "BUILD_SECONDS", 0.0)
    shop = await town.shop()
    before = [await shop.product(title=f"Kettle {n}") for n in range(6)]
    await town.feed()
    (first,) = await indexes(town)
    await build_anew(town)
    await build_anew(town)
    feeder = Feeder(town.db, town.adapters.engine, "test")
    await feeder.feed()
    states = {each.state: each.name for each in await indexes(town)}
    assert states.keys() == {"current", "building"}
    assert states["current"] == first.name
    gone, stays = before[0], {each.product_id for each in before[1:]}
    await catalog.set_on_sale(town.db, shop.owner, shop.id, gone.product_id, is_on_sale=False)
    late = {(await shop.product(title=f"Late kettle {n}")).product_id for n in range(3)}
    await town.deliver()
    await feeder.feed()
    assert await found(town, "kettle") == stays | late
    await feeder.feed_all()
    after = {each.state: each.name for each in await indexes(town)}
    assert after["current"] == states["building"]
    assert after["retired"] == first.name
    town.move_clock(seconds=5)
    assert await found(town, "kettle") == stays | late
    town.move_clock(minutes=1)
    await feeder.feed()
    assert [each.state for each in await indexes(town)] == ["current"]
    assert not await town.adapters.engine.has(first.name)


async def test_a_build_that_broke_off_goes_on_from_where_it_was_noted(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding_room, "BUILD_BATCH", 2)
    monkeypatch.setattr(feeding_room, "BUILD_SECONDS", 0.0)
    monkeypatch.setattr(feeding_room, "NOTED", 4)
    shop = await town.shop()
    goods = {(await shop.product(title=f"Anchor {n}")).product_id for n in range(11)}
    await town.deliver()
    first = Feeder(town.db, town.adapters.engine, "first")
    for _ in range(4):
        await first.feed()
    (state,) = await indexes(town)
    assert (state.state, state.products) == ("building", 8)
    await first.feed()
    town.move_clock(seconds=11)
    await town.adapters.engine.let_go()
    second = Feeder(town.db, town.adapters.engine, "second")
    await second.feed_all()
    assert await first.feed() == 0
    (state,) = await indexes(town)
    assert (state.state, state.products) == ("current", 11)
    assert await found(town, "anchor") == goods


async def test_one_of_two_writes(town: Town) -> None:
    shop = await town.shop()
    goods = await shop.product(title="Sextant")
    await town.deliver()
    feeders = [Feeder(town.db, town.adapters.engine, name) for name in ("a", "b", "c")]
    fed = await asyncio.gather(*(each.feed() for each in feeders for _ in range(3)))
    assert sum(1 for each in feeders if each._held_until) == 1
    assert sum(fed) >= 1
    await feed_with(town, feeders)
    assert await found(town, "sextant") == {goods.product_id}


async def feed_with(town: Town, feeders: list[Feeder]) -> None:
    """Turns of all until all is done."""
    for _ in range(5):
        await asyncio.gather(*(each.feed() for each in feeders))


async def test_a_lost_index_is_built_again(town: Town) -> None:
    shop = await town.shop()
    goods = await shop.product(title="Barometer")
    await town.feed()
    (lost,) = await indexes(town)
    engine = town.adapters.engine
    assert isinstance(engine, FolderEngine)
    await engine.drop(lost.name)
    shutil.rmtree(town.settings.data_dir / "search", ignore_errors=True)
    with pytest.raises(EngineDown):
        await found(town, "barometer")
    await town.feed()
    assert await found(town, "barometer") == {goods.product_id}
    current = read_query_later(await indexes(town))
    assert current
    assert current.name != lost.name


async def test_an_index_of_another_schema_serves_until_the_next_one_is_there(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await town.shop()
    goods = await shop.product(title="Compass")
    await town.feed()
    (old,) = await indexes(town)
    monkeypatch.setattr(feeding_room, "SCHEMA", old.schema + 1)
    monkeypatch.setattr("datong.platform.search.index_builds.SCHEMA", old.schema + 1)
    assert await found(town, "compass") == {goods.product_id}
    await town.feed()
    current = read_query_later(await indexes(town))
    assert current
    assert current.schema == old.schema + 1
    assert await found(town, "compass") == {goods.product_id}


async def test_what_an_engine_refuses_waits_and_goes_in_later(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = await town.shop()
    await town.feed()
    goods = await shop.product(title="Telescope")
    await town.deliver()
    feeder = Feeder(town.db, town.adapters.engine, "test")
    put = town.adapters.engine.put

    async def full(*_: object) -> None:
        raise EngineDown("No space left on device")

    monkeypatch.setattr(town.adapters.engine, "put", full)
    assert await feeder.feed() == 0
    monkeypatch.setattr(town.adapters.engine, "put", put)
    await feeder.feed()
    assert await found(town, "telescope") == {goods.product_id}


async def test_only_the_platform_centre_builds_anew(town: Town) -> None:
    with pytest.raises(NotAllowed):
        async with town.db.begin() as tx:
            await rebuild(tx, Actor(9, "member"))
    assert await indexes(town) == []
