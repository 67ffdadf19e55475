"""The plan of the house: doors, sizes, words, and that a brand is data."""

import gc
import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from datong.floors import FLOORS, draw
from datong.kernel.refusal import Refusal
from datong.surfaces.storefront.orders import TABS
from datong.surfaces.texts import REFUSALS
from datong.surfaces.workbench.care import TABS as CARE_TABS
from datong.surfaces.workbench.pages import TAB_LABELS
from tests.house import rules
from tests.house.rooms import ROOT, SOURCE, WIRING, modules

TOO_LONG: set[str] = set()
"""Exceptions; this list only shrinks."""
WIDE_DOORS = {
    "aftersale": 72, "catalog": 75, "merchant": 47, "order": 86, "payment": 52, "pricing": 48, "review": 48,
}  # fmt: skip
"""Older doors, and how many names they may still give out; these numbers only fall."""
TOLD_IN_SQL = {"voucher": {"VoucherClaimed"}}
MACHINE_TIME = {
    "datong.kernel.clock": "it is the platform's clock",
    "datong.kernel.ids": "ids are in the order of the machine's time, wherever a rehearsal has moved the clock",
    "datong.kernel.tx": "how long ago the moved clock itself was read",
    "datong.postgres": "how long a server takes to start",
    "datong.supervising": "how often a process fell over",
    "datong.worker": "how long ago a beat was noted",
    "datong.loading": "how long loading took",
    "datong.plugs.engine.folder": "how long ago this process looked at a file",
    "datong.plugs.signing": "stamps of the world outside are in its time",
    "datong.commerce.order.placing": "how long a caller waits",
    "datong.platform.search.feeding": "how long a turn of building takes",
}
"""Who may read the machine's clock, and what for: processes, waits and measurements, never the age of what is kept."""
PROCESSES = WIRING | {"reaching", "supervising", "migrations", "migrating"}


@pytest.fixture(autouse=True)
def undisturbed() -> Iterator[None]:
    """No garbage is collected while code is parsed: that of Python 3.11 loses count when it is (CPython gh-106905)."""
    gc.disable()
    yield
    gc.enable()


def test_files_and_functions_stay_small() -> None:
    assert [wrong for folder in (SOURCE, ROOT / "tests") for wrong in rules.too_long(folder, TOO_LONG)] == []


def test_a_room_is_entered_by_its_door() -> None:
    assert rules.climbing(SOURCE, {"wiring", "schema"}) == []


def test_calls_go_down_and_never_to_a_stranger() -> None:
    assert rules.upwards(SOURCE, FLOORS) == []


def test_nothing_but_wiring_imports_wiring() -> None:
    assert rules.wiring_imports(SOURCE, WIRING - {"schema"}, PROCESSES) == []


def test_no_room_is_named_for_nothing() -> None:
    assert rules.banned_names(SOURCE) == []


def test_a_brand_is_data() -> None:
    assert rules.brands_in_code(SOURCE) == []


def test_ages_and_expiries_go_by_the_platforms_clock() -> None:
    assert rules.machine_time(SOURCE, MACHINE_TIME) == []


def test_every_door_says_what_its_room_owns_calls_and_tells() -> None:
    assert rules.doors(SOURCE, WIDE_DOORS, TOLD_IN_SQL) == []


def test_the_drawn_floors_are_the_floors() -> None:
    assert draw().rstrip() in (ROOT / "docs" / "architecture.md").read_text(), "run python -m datong.floors"


def _all_refusals(kind: type[Refusal]) -> set[type[Refusal]]:
    return {kind} | {each for child in kind.__subclasses__() for each in _all_refusals(child)}


def test_every_refusal_has_a_sentence_of_its_own() -> None:
    assert rules.refusals(SOURCE, REFUSALS) == []
    list(modules())
    kinds = [kind for kind in _all_refusals(Refusal) if kind.__module__.startswith("datong.")]
    assert {kind.code for kind in kinds} - REFUSALS.keys() == set()


def _spoken() -> set[str]:
    """Every text that pages say."""
    said: set[str] = set(REFUSALS.values()) | set(CARE_TABS.values()) | set(TAB_LABELS.values())
    for module in modules():
        if module.__name__.startswith("datong.surfaces.labels"):
            kept = [value for name, value in vars(module).items() if isinstance(value, dict) and name.isupper()]
            said |= {text for labels in kept for text in labels.values() if isinstance(text, str)}
    said |= {label for label, _ in TABS.values()}
    for path in (SOURCE / "surfaces" / "templates").rglob("*.html"):
        said |= {found[2] for found in re.finditer(r"""\b_\((["'])(.+?)\1\)""", path.read_text())}
    return said


def test_every_text_is_spoken_in_chinese_too() -> None:
    with (SOURCE / "surfaces" / "locale" / "zh.po").open("rb") as file:
        catalogue = {str(each.id): str(each.string) for each in read_po(file) if each.id}
    assert sorted(_spoken() - {text for text, said in catalogue.items() if said}) == []
    assert sorted(catalogue.keys() - _spoken()) == [], "translations nobody says any more"
    for text, said in catalogue.items():
        assert set(re.findall(r"%\(\w+\)s", text)) == set(re.findall(r"%\(\w+\)s", said)), text
