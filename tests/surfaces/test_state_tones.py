"""Every state that a page shows has a colour, and the same state calls one side and not the other."""

from importlib import import_module

import pytest

from datong.surfaces.aftersale.labels import HELP
from datong.surfaces.state_tones import ENDS, HELP_TONES, WAITS_FOR, tone_of
from tests.house.test_windows import IN_TREE, labels_of

UNCOLOURED = {"INDEX_STATES"}
"""Index builds are shown as plain text."""


def _states() -> set[str]:
    labels = [labels_of(each.room) for each in IN_TREE]
    return {
        code
        for module in labels
        if module
        for name, words in vars(module).items()
        if (name == "STATES" or name.endswith("_STATES")) and name not in UNCOLOURED
        for code in words
    }


def test_every_state_has_a_colour_and_no_colour_is_left_over() -> None:
    assert WAITS_FOR.keys() & ENDS.keys() == set()
    assert _states() == WAITS_FOR.keys() | ENDS.keys()
    assert HELP_TONES.keys() == HELP.keys()
    assert import_module("datong.surfaces.page_rendering").tone_of is tone_of


@pytest.mark.parametrize(
    ("state", "buyer", "seller", "staff"),
    [
        ("WAIT_BUYER_PAY", "yours", "theirs", "theirs"),
        ("WAIT_SELLER_SEND_GOODS", "theirs", "yours", "theirs"),
        ("UNDER_REVIEW", "theirs", "theirs", "yours"),
        ("DEPOSIT_PAID", "theirs", "theirs", "theirs"),
        ("TRADE_FINISHED", "done", "done", "done"),
        ("REJECTED", "bad", "bad", "bad"),
        ("TRADE_CLOSED", "closed", "closed", "closed"),
    ],
)
def test_a_state_calls_whoever_is_to_act(state: str, buyer: str, seller: str, staff: str) -> None:
    assert (tone_of(state, "buyer"), tone_of(state, "seller"), tone_of(state, "staff")) == (buyer, seller, staff)
