"""The life of a storefront: drafted by staff, live, paused before its end, closed."""

from collections.abc import Awaitable, Callable
from enum import StrEnum

from datong.kernel.house import Port
from datong.kernel.refusal import Conflict
from datong.kernel.tx import Tx


class StorefrontState(StrEnum):
    """Where a storefront is in its life."""

    DRAFT = "DRAFT"
    """Seen by staff alone."""
    LIVE = "LIVE"
    PAUSED = "PAUSED"
    """Shown, and what was bought goes on; nobody buys, and no shop applies."""
    CLOSED = "CLOSED"
    """Seen by staff alone, for good; what names it stays explained."""


_S = StorefrontState
MOVES: dict[StorefrontState, frozenset[StorefrontState]] = {
    _S.DRAFT: frozenset({_S.LIVE, _S.CLOSED}),
    _S.LIVE: frozenset({_S.PAUSED}),
    _S.PAUSED: frozenset({_S.LIVE, _S.CLOSED}),
    _S.CLOSED: frozenset(),
}
SETTLING_SECONDS = 60
"""How long after a pause it may be closed.

Every process has heard of the pause within two seconds (`kernel.cache`), and a placement that began before ends within
half a minute, so no order is written into a storefront after it was found to have none.
"""


class WrongStorefrontState(Conflict):
    """The storefront is not in a state from which this is possible."""

    code = "storefront.wrong_state"

    def __init__(self, state: str) -> None:
        self.state = state


class NotTrading(Conflict):
    """The storefront takes neither orders nor shops at present."""

    code = "storefront.not_trading"

    def __init__(self, code: str) -> None:
        self.storefront = code


class StorefrontInUse(Conflict):
    """Something in the storefront has not come to its end."""

    code = "storefront.in_use"

    def __init__(self, in_use_by: str) -> None:
        self.in_use_by = in_use_by


class StillSettling(Conflict):
    """It was paused a moment ago; placements that began before may still end."""

    code = "storefront.still_settling"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds


class StorefrontUse(Port, frozen=True, kw_only=True):
    """What a room above still has to bring to its end in a storefront before it is closed; `key` is a word for it."""

    is_open: Callable[[Tx, int], Awaitable[bool]]
    """Whether there is any in this storefront, in whatever bucket."""
