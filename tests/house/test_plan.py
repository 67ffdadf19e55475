"""The plan of the house: doors, sizes, words, and that a brand is data."""

import gc
from collections.abc import Iterator

import pytest

from datong.kernel.refusal import Refusal
from datong.wiring import find_house, find_windows
from tests.house import rules
from tests.house.rooms import ROOT, SOURCE, WIRING, modules

TOO_LONG: set[str] = set()
"""Exceptions; this list only shrinks."""
WIDE_DOORS = {"aftersale": 58, "catalog": 69, "order": 75}
"""Older doors, and how many names they may still give out; these numbers only fall."""
TOLD_IN_SQL = {"voucher": {"VoucherClaimed"}}
MACHINE_TIME = {
    "datong.kernel.clock": "it is the platform's clock",
    "datong.kernel.ids": "ids are in the order of the machine's time, wherever a rehearsal has moved the clock",
    "datong.kernel.tx": "how long ago the moved clock itself was read",
    "datong.runtime.postgres": "how long a server takes to start",
    "datong.runtime.supervisor": "how often a process fell over",
    "datong.runtime.commands.up": "how long the first page took",
    "datong.runtime.start_page": "how long the first page took",
    "datong.worker": "how long ago a heartbeat was recorded",
    "datong.importers": "how long an import took",
    "datong.demo": "how long the demo took to build",
    "datong.adapters.engine.tantivy_folder": "how long ago this process looked at a file",
    "datong.adapters.signatures": "stamps of the world outside are in its time",
    "datong.surfaces.metrics": "how long requests take",
    "datong.commerce.order.place_purchase": "how long a caller waits",
    "datong.platform.search.indexer": "how long a turn of building takes",
}
"""Who may read the machine's clock, and what for: processes, waits and measurements, never the age of what is kept."""
PROCESSES = WIRING | {"runtime"}


@pytest.fixture(autouse=True)
def undisturbed() -> Iterator[None]:
    """No garbage is collected while code is parsed: that of Python 3.11 loses count when it is (CPython gh-106905)."""
    gc.disable()
    yield
    gc.enable()


TOKEN_READERS = {
    "datong.surfaces.request_context": "it is where who acts is found",
    "datong.surfaces.api_context": "it refuses a header that names nobody",
    "datong.surfaces.gauges": "its token stands for no member",
}


def test_who_acts_is_found_in_one_place() -> None:
    assert rules.token_readers(SOURCE, TOKEN_READERS) == []


def test_files_and_functions_stay_small() -> None:
    assert [wrong for folder in (SOURCE, ROOT / "tests") for wrong in rules.too_long(folder, TOO_LONG)] == []


def test_a_room_is_entered_by_its_door() -> None:
    assert rules.climbing(SOURCE, {"wiring"}) == []


def test_calls_go_down_and_never_to_a_stranger() -> None:
    assert rules.upwards(SOURCE, {room.name: set(room.uses) for room in find_house().rooms}) == []


def test_nothing_but_wiring_imports_wiring() -> None:
    assert rules.wiring_imports(SOURCE, WIRING, PROCESSES) == []


def test_no_room_is_named_for_nothing() -> None:
    assert rules.banned_names(SOURCE) == []


def test_a_brand_is_data() -> None:
    assert rules.brands_in_code(SOURCE) == []


def test_ages_and_expiries_go_by_the_platforms_clock() -> None:
    assert rules.machine_time(SOURCE, MACHINE_TIME) == []


def test_every_door_says_what_its_room_owns_calls_and_tells() -> None:
    assert rules.doors(SOURCE, WIDE_DOORS, TOLD_IN_SQL) == []


def _all_refusals(kind: type[Refusal]) -> set[type[Refusal]]:
    return {kind} | {each for child in kind.__subclasses__() for each in _all_refusals(child)}


def test_every_refusal_has_a_sentence_of_its_own() -> None:
    texts = find_windows(find_house()).refusals
    assert rules.refusals(SOURCE, texts) == []
    list(modules())
    kinds = [kind for kind in _all_refusals(Refusal) if kind.__module__.startswith("datong.")]
    assert {kind.code for kind in kinds} - texts.keys() == set()
