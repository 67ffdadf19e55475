"""Engines: the same tree finds the same documents in a folder and in a service; what is broken is said to be down."""

import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from datong.adapters.engine import (
    Among,
    Ask,
    Best,
    Count,
    Document,
    Engine,
    EngineDown,
    Fields,
    Match,
    Node,
    Phrase,
    Range,
    Word,
)
from datong.adapters.engine.opensearch import OpenSearchEngine
from datong.adapters.engine.tantivy_folder import FolderEngine
from tests.adapters.service import Service

FIELDS: Fields = {"text": "words", "kind": "code", "price": "number", "order": "number"}
GOODS = [
    (1, "red wool scarf", ["warm"], 300),
    (2, "red silk scarf", ["light", "fine"], 900),
    (3, "wool coat red lining", ["warm", "fine"], 5_000),
    (4, "blue umbrella", [], 700),
]


def document(number: int, text: str, kinds: list[str], price: int) -> Document:
    """One of the goods; its body is its number."""
    return Document(
        number << 12, {"text": text}, {"kind": kinds}, {"price": price, "order": number}, str(number).encode()
    )


@pytest.fixture(params=["folder", "service"])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Engine]:
    """Each engine with the same documents."""
    made: Engine = FolderEngine(tmp_path) if request.param == "folder" else _of(Service())
    await made.make("goods", FIELDS)
    await made.put("goods", [document(*each) for each in GOODS])
    yield made
    await made.close()


def _of(service: Service) -> OpenSearchEngine:
    return OpenSearchEngine("http://user:secret@service.test:9200/shop", service.client())


async def found(engine: Engine, ask: Ask) -> list[int]:
    """The numbers an answer brings, in its order."""
    return [int(each.body) for each in (await engine.find("goods", ask)).hits]


async def test_both_find_the_same(engine: Engine) -> None:
    red = Word("text", "red")
    asks: dict[str, tuple[Node, list[int]]] = {
        "word": (Match((red,)), [1, 2, 3]),
        "two words": (Match((red, Word("text", "wool"))), [1, 3]),
        "phrase": (Phrase("text", ("wool", "scarf")), [1]),
        "phrase of one word": (Phrase("text", ("umbrella",)), [4]),
        "code": (
            Match(
                (red, Among("kind", ("fine", "no such"))),
            ),
            [2, 3],
        ),
        "range": (Match((Range("price", 300, 900),)), [1, 2, 4]),
        "open range": (Match((Range("price", 901, None),)), [3]),
        "never": (Match((red,), must_not=(Among("kind", ("warm",)),)), [2]),
        "any of": (Best((Word("text", "umbrella"), Word("text", "coat"))), [3, 4]),
        "everything": (Match(), [1, 2, 3, 4]),
        "nothing": (Match((Word("text", "none"),)), []),
    }
    for name, (node, wanted) in asks.items():
        assert sorted(await found(engine, Ask(node))) == wanted, name
        assert (await engine.find("goods", Ask(node, limit=0))).total == len(wanted), name


async def test_shoulds_and_weights_decide_who_is_looked_at_first(engine: Engine) -> None:
    both = Match((Word("text", "red"),), (Phrase("text", ("wool", "coat"), 5.0),))
    assert (await found(engine, Ask(both)))[0] == 3
    heavy = Best((Word("text", "silk", 9.0), Word("text", "wool", 0.1)))
    assert (await found(engine, Ask(heavy)))[0] == 2


async def test_a_number_orders_and_pages(engine: Engine) -> None:
    assert await found(engine, Ask(Match(), order="price", is_rising=True)) == [1, 4, 2, 3]
    assert await found(engine, Ask(Match(), order="price", limit=2, offset=1)) == [2, 4]


async def test_counts_are_by_value_and_by_range_and_may_have_a_query_of_their_own(engine: Engine) -> None:
    red = Match((Word("text", "red"),))
    counts = (
        Count("kind", "kind"),
        Count("price", "price", bounds=(0, 500, 1_000)),
        Count("all", "kind", query=Match()),
        Count("one", "kind", most=1),
    )
    answer = await engine.find("goods", Ask(red, counts=counts))
    assert answer.counts["kind"] == {"warm": 2, "fine": 2, "light": 1}
    assert answer.counts["price"] == {"0": 1, "500": 1, "1000": 1}
    assert answer.counts["all"] == {"warm": 2, "fine": 2, "light": 1}
    assert len(answer.counts["one"]) == 1
    assert not answer.is_estimated


async def test_the_same_id_replaces_and_what_is_gone_is_gone(engine: Engine) -> None:
    await engine.put("goods", [document(1, "green scarf", [], 1)], [4 << 12, 99 << 12])
    assert sorted(await found(engine, Ask(Match()))) == [1, 2, 3]
    assert await found(engine, Ask(Word("text", "green"))) == [1]
    assert (await engine.frequency("goods", "text", ["scarf", "wool", "nowhere"]))[1]["nowhere"] == 0


async def test_frequency_counts_documents(engine: Engine) -> None:
    total, counts = await engine.frequency("goods", "text", ["red", "wool", "umbrella"])
    assert (total, counts) == (4, {"red": 3, "wool": 2, "umbrella": 1})


async def test_an_index_that_is_not_there_is_down_and_may_be_made_again(engine: Engine) -> None:
    assert await engine.has("goods")
    assert not await engine.has("other")
    with pytest.raises(EngineDown):
        await engine.find("other", Ask(Match()))
    await engine.drop("goods")
    await engine.drop("goods")
    assert not await engine.has("goods")
    await engine.make("goods", FIELDS)
    await engine.make("goods", FIELDS)
    assert (await engine.find("goods", Ask(Match()))).total == 0


async def test_a_service_that_is_away_or_refuses_is_down(tmp_path: Path) -> None:
    service = Service()
    engine = _of(service)
    await engine.make("goods", FIELDS)
    assert list(service.indexes) == ["shop-goods"]
    with pytest.raises(EngineDown, match="refused"):
        await engine.put("goods", [Document(1, {"no such field": "x"})])
    service.is_away = True
    for ask in (engine.has("goods"), engine.find("goods", Ask(Match())), engine.drop("goods")):
        with pytest.raises(EngineDown):
            await ask


async def test_only_one_process_writes_and_another_may_after_it(tmp_path: Path) -> None:
    first, second = FolderEngine(tmp_path), FolderEngine(tmp_path)
    await first.make("goods", FIELDS)
    await first.put("goods", [document(*GOODS[0])])
    with pytest.raises(EngineDown, match=r"[Ll]ock"):
        await second.put("goods", [document(*GOODS[1])])
    await first.let_go()
    await second.put("goods", [document(*GOODS[1])])
    third = FolderEngine(tmp_path)
    assert (await third.find("goods", Ask(Match()))).total == 2
    for each in (first, second, third):
        await each.close()


WRITER = """
import asyncio, pathlib, sys
from datong.adapters.engine.tantivy_folder import FolderEngine
from tests.adapters.test_engine import FIELDS, GOODS, document
async def main():
    engine = FolderEngine(pathlib.Path(sys.argv[1]))
    await engine.make("goods", FIELDS)
    number = 0
    while True:
        await engine.put("goods", [document(number := number + 1, "red scarf", [], 1)])
        print(number, flush=True)
asyncio.run(main())
"""


@pytest.mark.parametrize("rounds", [1, pytest.param(6, marks=pytest.mark.long)])
async def test_a_writer_killed_at_any_point_leaves_an_index_that_goes_on(tmp_path: Path, rounds: int) -> None:
    for _ in range(rounds):
        command = [sys.executable, "-c", WRITER, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:  # noqa: ASYNC220 - a short one
            assert writer.stdout
            done = [int(next(writer.stdout)) for _ in range(4)][-1]
            writer.kill()
        engine = FolderEngine(tmp_path)
        assert (await engine.find("goods", Ask(Match()))).total >= done
        await engine.close()


async def test_a_folder_that_is_lost_or_broken_is_down(tmp_path: Path) -> None:
    engine = FolderEngine(tmp_path)
    await engine.make("goods", FIELDS)
    shutil.rmtree(tmp_path / "goods")
    fresh = FolderEngine(tmp_path)
    assert not await fresh.has("goods")
    (tmp_path / "goods").mkdir()
    (tmp_path / "goods" / "meta.json").write_text("{")
    assert not await fresh.has("goods")
    await fresh.make("goods", FIELDS)
    assert await fresh.has("goods")
    await engine.close()
    await fresh.close()
