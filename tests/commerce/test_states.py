"""docs/states.md shows the states that the code declares, who leaves each, and every clock with its default."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from datong.commerce.aftersale.expiry import SILENCE
from datong.commerce.aftersale.states import MOVES as CASE_MOVES
from datong.commerce.aftersale.states import OPEN_STATES, CaseState, HelpStatus
from datong.commerce.catalog import LineState
from datong.commerce.merchant.states import MOVES as SHOP_MOVES
from datong.commerce.merchant.states import ShopState
from datong.commerce.order.lifecycles import GOODS_MOVES, Lifecycle
from datong.commerce.order.states import OrderState
from datong.commerce.storefront import MOVES as STOREFRONT_MOVES
from datong.kernel.moves import reachable
from datong.wiring import find_house

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "states.md"
TABLES = {
    "Deposit": "deposit", "Charge": "charge", "Refund payment": "refund", "Payout": "payout", "Parcel": "parcel",
    "Stock hold": "hold", "Voucher": "voucher", "Promotion": "promotion",
    "Use of a limited promotion": "promotion_use", "Import": "goods_import", "Qualification": "qualification",
    "Verification": "verification", "Storefront": "storefront",
}  # fmt: skip
"""The machines whose states are declared by a check of their table."""
ELSEWHERE = {"refund_case": "Refund case", "search_index": ""}
"""Tables with such a check that are an enumeration beside, or nothing that anybody waits for."""
PARAMETER = re.compile(r"`([a-z]+\.[a-z_]+)` \((\d+)\)")
DASH = "—"


class Row(msgspec.Struct, frozen=True):
    """A state of the document."""

    state: str
    left_by: str
    clock: str
    outcome: str

    @property
    def is_end(self) -> bool:
        """Whether the document says that nothing follows."""
        return self.left_by.startswith("end")


def _cells(line: str) -> list[str]:
    return [each.strip() for each in line.strip("|").split("|")]


def read_document(text: str) -> dict[str, list[Row]]:
    """The rows of each machine, by its heading."""
    found: dict[str, list[Row]] = {}
    for section in text.split("\n## ")[1:]:
        heading, *lines = section.splitlines()
        rows = [Row(line.split("`")[1], *_cells(line)[1:]) for line in lines if line.startswith("| `")]
        if rows:
            found[heading] = rows
    return found


def checked_states(table: sa.Table) -> set[str]:
    """The states that a check of a table allows."""
    texts = [
        str(each.sqltext) for each in table.constraints
        if isinstance(each, sa.CheckConstraint) and re.match(r"state in \(", str(each.sqltext))
    ]  # fmt: skip
    return set(re.findall(r"'([^']+)'", texts[0].partition(")")[0])) if texts else set()


def declared() -> Iterator[tuple[str, Collection[str]]]:
    """Every machine of the house with its states."""
    tables = {each.name: each for room in find_house().rooms for each in room.tables}
    yield "Order", set(OrderState)
    yield "Order line", set(LineState)
    yield "Refund case", set(CaseState)
    yield "Dispute", {str(each.value) for each in HelpStatus if each != HelpStatus.NONE}
    yield "Shop", set(ShopState)
    for heading, name in TABLES.items():
        yield heading, checked_states(tables[name])


BOOK = read_document(DOCUMENT.read_text())
CLOCKLESS = {
    ("Shop", "OPEN"),
    ("Shop", "RESTRICTED"),
    ("Stock hold", "SOLD"),
    ("Use of a limited promotion", "KEPT"),
    ("Qualification", "SUBMITTED"),
    ("Storefront", "DRAFT"),
    ("Storefront", "LIVE"),
    ("Storefront", "PAUSED"),
}
"""Where nobody waits for anything: neither money nor goods hang on it. This set only shrinks."""


@pytest.mark.parametrize(("heading", "states"), [pytest.param(*each, id=each[0]) for each in declared()])
def test_the_document_names_every_state(heading: str, states: Collection[str]) -> None:
    assert states
    assert sorted(row.state for row in BOOK[heading]) == sorted(states)


def test_no_machine_is_left_out() -> None:
    assert set(BOOK) == {heading for heading, _ in declared()}
    with_states = {
        each.name for room in find_house().rooms for each in room.tables if checked_states(each)
    } - ELSEWHERE.keys()  # fmt: skip
    assert with_states == set(TABLES.values())


def test_every_state_that_is_no_end_has_a_clock_and_says_what_follows() -> None:
    for heading, rows in BOOK.items():
        for row in rows:
            if (heading, row.state) in CLOCKLESS:
                assert row.clock == DASH
            elif row.is_end:
                assert (row.clock, row.outcome) == (DASH, DASH), row
            else:
                assert row.clock != DASH, row
                assert row.left_by, row
                assert row.outcome != DASH or heading == "Parcel", row


def wrong_clocks(text: str) -> list[str]:
    """The parameters of a document that there are not, or that have another default."""
    parameters = find_house().parameters
    return [
        name for name, default in PARAMETER.findall(text)
        if name not in parameters or parameters[name].default != int(default)
    ]  # fmt: skip


def test_every_clock_is_a_parameter_with_this_default() -> None:
    text = DOCUMENT.read_text()
    assert len(PARAMETER.findall(text)) > 30
    assert wrong_clocks(text) == []
    for before, after in (("dues_days` (15)", "dues_days` (16)"), ("`merchant.dues_days`", "`merchant.due_days`")):
        assert before in text
        assert wrong_clocks(text.replace(before, after)) != []


def test_what_the_document_calls_an_end_is_one() -> None:
    ends = {heading: {row.state for row in rows if row.is_end} for heading, rows in BOOK.items()}
    assert ends["Order"] == {state for state, targets in GOODS_MOVES.items() if not targets}
    assert ends["Refund case"] == {state for state, targets in CASE_MOVES.items() if not targets}
    assert ends["Shop"] == {state for state, targets in SHOP_MOVES.items() if not targets}
    assert ends["Storefront"] == {state for state, targets in STOREFRONT_MOVES.items() if not targets}


def test_the_clock_leaves_every_open_state() -> None:
    """Each open state has something done to it by the clock, and each can be reached."""
    assert set(SILENCE) == set(OPEN_STATES)
    assert reachable(CASE_MOVES, CaseState.WAIT_SELLER_AGREE) == set(CaseState)
    for kind in find_house().ports(Lifecycle).values():
        assert set(kind.on_due) == {state for state, targets in kind.moves.items() if targets}
