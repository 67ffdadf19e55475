"""How what is bought reaches its buyer, as data by method: the life of a line, who moves it, which clock ends it.

The port is declared here because publishing asks which methods there are. `fulfilment` provides the methods of the
house, `order` moves lines by them, and a room that hands over in another way (a locker, a community leader) provides
one of its own. Source: domain.md §3 (clocks by kind of delivery).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum

import msgspec

from datong.commerce.rulebook import Parameter
from datong.kernel.house import House, Port
from datong.kernel.refusal import Invalid
from datong.kernel.tx import Tx

DEFAULT_METHOD = "parcel"


class LineState(StrEnum):
    """Where a line of a paid order is."""

    WAITING = "WAITING"
    HANDED_OVER = "HANDED_OVER"
    """On its way, ready to be collected, or performed; the buyer has not confirmed it."""
    RECEIVED = "RECEIVED"
    GIVEN_BACK = "GIVEN_BACK"
    """All that was paid for it went back to the buyer."""


class MovedBy(StrEnum):
    """Who brings a move of a line, or of its order, about."""

    BUYER = "buyer"
    SELLER = "seller"
    PAYMENT = "payment"
    COURIER = "courier"
    CLOCK = "clock"
    REFUND = "refund"


class HandedLine(msgspec.Struct, frozen=True):
    """A line that is handed over, and how many pieces."""

    line_id: int
    sku_id: int
    quantity: int


class HandOver(msgspec.Struct, frozen=True):
    """Lines of one order that are handed over together, under an id in the buyer's bucket."""

    handover_id: int
    order_id: int
    purchase_id: int
    shop_id: int
    member_id: int
    lines: Sequence[HandedLine]
    details: Mapping[str, str] = {}
    """What the seller says with it, by the method's own names (a courier and a tracking number, a place, a text)."""


class FulfilmentMethod(Port, frozen=True, kw_only=True):
    """A way to hand over. `key` is its name, kept with the product and with each order line."""

    moves: Mapping[LineState, Mapping[LineState, frozenset[MovedBy]]]
    """From each state of a line, the states it may go to, and who may bring that about."""
    confirm_days: Parameter[int]
    """Days from the hand-over until the clock does what `moves` gives it to do."""
    received_days: Parameter[int] | None = None
    """Days from a proven receipt until the order is confirmed by itself; None: `confirm_days` goes on."""
    hand_over: Callable[[Tx, HandOver], Awaitable[None]]
    """Record how the seller handed lines over, in the caller's transaction; refuses `Invalid` details."""
    on_paid: Callable[[Tx, HandOver], Awaitable[bool]] | None = None
    """Called in the transaction that pays the order. True: these lines are handed over and received with it."""
    is_carried: bool = False
    """Whether it travels: it needs an address and may cost freight."""
    is_returnable: bool = False
    """Whether there is anything that a buyer could send or bring back."""
    sent_as: str = ""
    """The method whose hand-overs lines of this one may share, where only the clock differs; empty: its own."""

    def allows(self, source: LineState, target: LineState, who: MovedBy) -> bool:
        """Whether this party may move a line so."""
        return who in self.moves.get(source, {}).get(target, frozenset())


def methods_of(house: House) -> Mapping[str, FulfilmentMethod]:
    """Every installed method by its name."""
    return house.ports(FulfilmentMethod)


def is_carried(house: House, key: str) -> bool:
    """Whether what is handed over by the method of this name travels; what no installed method knows is taken to."""
    method = methods_of(house).get(key)
    return method is None or method.is_carried


def must_be_method(methods: Mapping[str, FulfilmentMethod], key: str) -> FulfilmentMethod:
    """The method of a name; refuses `Invalid`, naming those there are."""
    if key not in methods:
        raise Invalid("method", ", ".join(sorted(methods)))
    return methods[key]
