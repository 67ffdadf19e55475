"""Slots of pages: side by side, in order, bounded in time; what is late or fails leaves a gap."""

import asyncio
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from jinja2 import DictLoader, Environment

from datong.kernel.actor import Actor
from datong.kernel.house import HouseError, Room, build_house
from datong.kernel.tx import Tx
from datong.surfaces import page_slots
from datong.surfaces.page_rendering import PageContext
from datong.surfaces.page_slots import load_slots
from datong.surfaces.window import Slot, SlotRequest, Window, make_windows
from datong.wiring import WINGS
from tests.make import Town

ENVIRONMENT = Environment(loader=DictLoader({"note.html": "<p>{{ text }}</p>"}), autoescape=True)


async def quick(_: Tx, asked: SlotRequest) -> Mapping[str, Any]:
    return {"text": f"quick <{asked.ids['product_id']}>"}


async def slow(_: Tx, __: SlotRequest) -> Mapping[str, Any]:
    await asyncio.sleep(30)
    return {"text": "never"}


async def broken(_: Tx, __: SlotRequest) -> Mapping[str, Any]:
    raise RuntimeError("no")


async def nothing(_: Tx, __: SlotRequest) -> None:
    return None


def seen_by(town: Town, *slots: Slot, monkeypatch: pytest.MonkeyPatch) -> PageContext:
    house = build_house([Room(name="notes", wing="consumer")], WINGS)
    windows = make_windows(house, [Window(room="notes", slots=slots)], {}, town.settings.data_dir)
    engine = SimpleNamespace(engine=ENVIRONMENT)
    app = SimpleNamespace(state=SimpleNamespace(windows=windows, adapters=town.adapters), template_engine=engine)
    monkeypatch.setattr(page_slots, "shared_context", lambda _: {})
    return PageContext(SimpleNamespace(app=app), Actor(0), windows.words.in_language("en"), [], 0, cast("Any", None))


async def test_what_is_late_or_broken_leaves_a_gap(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    loads = [quick, slow, broken, nothing, quick]
    slots = [Slot("product.notes", load, "note.html", number, 0.2) for number, load in enumerate(loads)]
    began = time.monotonic()
    with caplog.at_level(logging.WARNING):
        found = await load_slots(seen_by(town, *slots, monkeypatch=monkeypatch), "product.notes", product_id=7)
    assert found == ["<p>quick &lt;7&gt;</p>"] * 2
    assert time.monotonic() - began < 2
    assert [record.message for record in caplog.records] == ["a slot failed", "a slot was late"]


async def test_slots_of_one_place_stand_in_their_order(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def load_text(text: str) -> Any:  # noqa: ANN401 - a loader
        async def load(_: Tx, __: SlotRequest) -> Mapping[str, Any]:
            return {"text": text}

        return load

    slots = [Slot("cart.notes", load_text(text), "note.html", order) for text, order in (("second", 2), ("first", 1))]
    seen = seen_by(town, *slots, monkeypatch=monkeypatch)
    assert await load_slots(seen, "cart.notes") == ["<p>first</p>", "<p>second</p>"]
    assert await load_slots(seen, "home.channels") == []


def test_two_slots_that_claim_one_place_are_named() -> None:
    house = build_house([Room(name=name, wing="consumer") for name in ("a", "b")], WINGS)
    windows = [Window(room=name, slots=(Slot("cart.notes", nothing, "note.html", 1),)) for name in ("a", "b")]
    with pytest.raises(HouseError, match=r"a and b both claim the slot cart\.notes 1"):
        make_windows(house, windows, {}, Path("nowhere"))
