"""Notes: what was asked, shown, looked at and bought, without anybody in it; what is learnt from them.

One's own history.
"""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.refusal import NotAllowed
from datong.platform import search
from datong.platform.search import document_builder, note_event, note_query, notes_of, read_query
from datong.platform.search.query_log import WITHHELD
from datong.platform.search.signals import ASKERS, learn_phrases, learn_signals
from tests.make import Shopper, Town

EPOCH = datetime.fromtimestamp(0, UTC)


async def exported(town: Town, what: str) -> list[dict[str, Any]]:
    """All notes as they are exported, two at a time."""
    await notes_of(town.db).write(town.db)
    export = search.export_queries if what == "queries" else search.export_events
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        async with town.db.read() as tx:
            page = await export(tx, SYSTEM, cursor, 2)
        found += page.items
        cursor = page.next_cursor
        if not cursor:
            return found


async def ask(town: Town, text: str, client: str, hits: list[int]) -> int:
    """A query that showed these products."""
    return await note_query(town.db, read_query(text), client, {"order": "relevance"}, len(hits), hits)


async def test_from_query_to_order_in_the_open_format(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods, other = await shop.product(title="Oak stool"), await shop.product(title="Oak table")
    query_id = await ask(town, "oak", "c1", [other.product_id, goods.product_id])
    await note_event(town.db, shopper.actor, "c1", "click", query_id, goods.product_id, 2)
    await note_event(town.db, shopper.actor, "c1", "add_to_cart", query_id, goods.product_id, 2)
    await shopper.buy(goods)
    await town.deliver()
    (query,) = await exported(town, "queries")
    assert query["query_id"] == query["query_response_id"] == str(query_id)
    assert (query["user_query"], query["application"], query["object_id_field"]) == ("oak", "datong", "product_id")
    assert query["query_response_hit_ids"] == [str(other.product_id), str(goods.product_id)]
    events = await exported(town, "events")
    assert [each["action_name"] for each in events] == ["click", "add_to_cart", "purchase"]
    assert [each["message_type"] for each in events] == ["CLICK_THROUGH", "CLICK_THROUGH", "CONVERSION"]
    for each in events:
        assert each["query_id"] == str(query_id)
        assert each["event_attributes"]["object"] == {
            "object_id": str(goods.product_id),
            "object_id_field": "product_id",
        }
        assert each["event_attributes"]["position"] == {"ordinal": 2}
        assert datetime.fromisoformat(each["timestamp"]) > EPOCH
    text = json.dumps([query, *events])
    assert str(shopper.actor.id) not in text
    assert "example.org" not in text


async def test_an_order_after_the_trail_went_cold_belongs_to_no_query(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product()
    query_id = await ask(town, "phone", "c1", [goods.product_id])
    await note_event(town.db, shopper.actor, "c1", "click", query_id, goods.product_id, 1)
    town.move_clock(days=8)
    await shopper.buy(goods)
    await town.deliver()
    assert [each["action_name"] for each in await exported(town, "events")] == ["click"]


@pytest.mark.parametrize("text", ["mail me at li.lei@example.org", "call 138 0013 8000", "id 11010519491231002X"])
async def test_what_looks_like_a_person_is_not_kept(town: Town, text: str) -> None:
    await ask(town, text, "c1", [])
    (query,) = await exported(town, "queries")
    assert query["user_query"] == WITHHELD


async def test_the_notes_are_for_those_with_the_right(town: Town) -> None:
    for actor in (Actor(0), Actor(9, "member"), Actor(9, "member", {}, frozenset({"dispute:decide"}))):
        for export in (search.export_queries, search.export_events):
            with pytest.raises(NotAllowed):
                async with town.db.read() as tx:
                    await export(tx, actor)


async def test_signals_count_a_client_once_and_only_what_was_shown(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods, other = await shop.product(title="Clay pot"), await shop.product(title="Clay jar")
    query_id = await ask(town, "clay", "c1", [goods.product_id, other.product_id])
    for _ in range(5):
        await note_event(town.db, Actor(0), "c1", "click", query_id, goods.product_id, 1)
    await note_event(town.db, Actor(0), "c2", "click", query_id, goods.product_id, 1)
    await note_event(town.db, Actor(0), "c1", "click", query_id + 4096, other.product_id, 1)
    await note_event(town.db, shopper.actor, "c1", "click", query_id, shop.id, 1)
    await notes_of(town.db).write(town.db)
    town.move_clock(minutes=1)
    assert await learn_signals(town.db) == 2
    assert await learn_signals(town.db) == 0
    async with town.db.read() as tx:
        found = await document_builder.build_documents(tx, [goods.product_id, other.product_id])
    signals = {each.product_id: (each.seen, each.clicked, each.bought) for each in found.entries}
    assert signals == {goods.product_id: (1.0, 2.0, 0.0), other.product_id: (1.0, 0.0, 0.0)}


async def test_a_phrase_is_suggested_when_several_asked_it_and_found_something(town: Town) -> None:
    for client in range(ASKERS):
        await ask(town, "Copper kettle", f"c{client}", [1])
        await ask(town, "nothing found", f"c{client}", [])
        await ask(town, "my name is Li Lei", "one", [1])
        await ask(town, "铜水壶", f"c{client}", [1])
        await ask(town, "li.lei@example.org", f"c{client}", [1])
    await notes_of(town.db).write(town.db)
    assert await learn_phrases(town.db) == 2
    assert await learn_phrases(town.db) == 2
    nobody = Actor(0)
    async with town.db.read() as tx:
        assert set(await search.list_hot(tx)) == {"Copper kettle", "铜水壶"}
        for typed in ("c", "co", "cop", "copper k", "COPPER"):
            assert [each.shown for each in await search.suggest(tx, nobody, typed)] == ["Copper kettle"], typed
        for typed in ("t", "tong", "tongshui", "铜", "铜水"):
            assert [each.shown for each in await search.suggest(tx, nobody, typed)] == ["铜水壶"], typed
        for typed in ("my", "nothing", "li", "%", "_", "\\", "'"):
            assert await search.suggest(tx, nobody, typed) == [], typed


async def remembered(town: Town, shopper: Shopper, typed: str = "") -> list[str]:
    """A shopper's own queries."""
    async with town.db.read() as tx:
        return [each.shown for each in await search.suggest(tx, shopper.actor, typed) if each.is_own]


async def test_a_history_is_ones_own_is_bounded_and_can_be_erased(town: Town) -> None:
    shopper, stranger = await town.shopper(), await town.shopper()
    for number in range(25):
        await search.remember(town.db, shopper.actor, read_query(f"Vase {number}"))
        town.move_clock(seconds=1)
    own = await remembered(town, shopper)
    assert own == [f"Vase {number}" for number in range(24, 4, -1)]
    assert await remembered(town, stranger) == []
    assert await remembered(town, shopper, "vase 2") == ["Vase 24", "Vase 23", "Vase 22"]
    async with town.db.begin(stranger.actor.bucket) as tx:
        await search.erase_history(tx, stranger.actor)
    assert len(await remembered(town, shopper)) == 20
    async with town.db.begin(shopper.actor.bucket) as tx:
        await search.erase_history(tx, shopper.actor, "VASE  24")
    assert (await remembered(town, shopper))[0] == "Vase 23"
    async with town.db.begin(shopper.actor.bucket) as tx:
        await search.erase_history(tx, shopper.actor)
    assert await remembered(town, shopper) == []


async def test_old_notes_are_forgotten(town: Town) -> None:
    await ask(town, "lamp", "c1", [1])
    await notes_of(town.db).write(town.db)
    town.move_clock(days=181)
    await town.settle_down()
    assert await exported(town, "queries") == []
