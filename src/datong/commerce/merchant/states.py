"""The life of a shop and what kinds there are. Source: domain.md §1."""

from enum import StrEnum

from datong.kernel.refusal import Conflict

SHOP_KINDS: frozenset[str] = frozenset(
    {"personal", "individual", "enterprise", "flagship", "franchised", "specialty", "mall"}
)


class ShopState(StrEnum):
    """Where a shop is in its life."""

    SUBMITTED = "SUBMITTED"
    UNDER_REVIEW = "UNDER_REVIEW"
    REJECTED = "REJECTED"
    AWAIT_PAYMENT = "AWAIT_PAYMENT"
    OPEN = "OPEN"
    RESTRICTED = "RESTRICTED"
    CLOSED = "CLOSED"


MOVES: dict[ShopState, frozenset[ShopState]] = {
    ShopState.SUBMITTED: frozenset({ShopState.UNDER_REVIEW, ShopState.REJECTED, ShopState.AWAIT_PAYMENT}),
    ShopState.UNDER_REVIEW: frozenset({ShopState.REJECTED, ShopState.AWAIT_PAYMENT}),
    ShopState.REJECTED: frozenset(),
    ShopState.AWAIT_PAYMENT: frozenset({ShopState.OPEN, ShopState.CLOSED}),
    ShopState.OPEN: frozenset({ShopState.RESTRICTED, ShopState.CLOSED}),
    ShopState.RESTRICTED: frozenset({ShopState.OPEN, ShopState.CLOSED}),
    ShopState.CLOSED: frozenset(),
}


class ShopNotOpen(Conflict):
    """The shop does not trade at present."""

    code = "merchant.shop_not_open"

    def __init__(self, shop_id: int) -> None:
        self.shop_id = str(shop_id)


class WrongShopState(Conflict):
    """The shop is not in a state from which this is possible."""

    code = "merchant.wrong_shop_state"

    def __init__(self, state: str) -> None:
        self.state = state


def sources_of(state: ShopState) -> list[str]:
    """The states from which a shop may come into this one."""
    return [source.value for source, targets in MOVES.items() if state in targets]
