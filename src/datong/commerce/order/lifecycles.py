"""The life of an order by its kind, as data: the moves there are, whose each is, and what a clock that runs out does.

A room that sells in another way (a subscription, a ticket, a booking) provides a `Lifecycle`; an order keeps its
kind from placement to its end. Source: domain.md §3 (trade states of the field).
"""

from collections.abc import Awaitable, Callable, Mapping

from datong.commerce.catalog import MovedBy
from datong.commerce.order.queries import ShopOrder
from datong.commerce.order.states import OrderState, WrongOrderState
from datong.kernel.house import House, Port
from datong.kernel.moves import reachable
from datong.kernel.tx import Tx

_S = OrderState
OnDue = Callable[[Tx, ShopOrder], Awaitable[None]]


class Lifecycle(Port, frozen=True, kw_only=True):
    """A kind of order. `key` is its name, kept in `shop_order.kind`."""

    moves: Mapping[OrderState, Mapping[OrderState, frozenset[MovedBy]]]
    """From each state, the states it may go to, and who may bring that about: buyer, seller, payment, clock, refund."""
    on_due: Mapping[OrderState, OnDue]
    """What is done with a locked order whose clock ran out in a state; a state without one is left by people alone."""

    def reachable(self, start: OrderState = OrderState.WAIT_BUYER_PAY) -> set[OrderState]:
        """Every state that an order of this kind can come to."""
        return reachable(self.moves, start)


def lifecycle_of(house: House, kind: str) -> Lifecycle:
    """The life of a kind; raises `WrongOrderState` for one whose room is not installed: nothing moves such an order."""
    found = house.ports(Lifecycle).get(kind)
    if found is None:
        raise WrongOrderState(kind)
    return found


def _by(*who: MovedBy) -> frozenset[MovedBy]:
    return frozenset(who)


GOODS_MOVES: dict[OrderState, dict[OrderState, frozenset[MovedBy]]] = {
    _S.WAIT_BUYER_PAY: {
        _S.WAIT_SELLER_SEND_GOODS: _by(MovedBy.PAYMENT),
        _S.TRADE_CLOSED_UNPAID: _by(MovedBy.BUYER, MovedBy.SELLER, MovedBy.CLOCK),
    },
    _S.WAIT_SELLER_SEND_GOODS: {
        _S.SELLER_CONSIGNED_PART: _by(MovedBy.SELLER, MovedBy.PAYMENT),
        _S.WAIT_BUYER_CONFIRM_GOODS: _by(MovedBy.SELLER, MovedBy.PAYMENT, MovedBy.REFUND),
        _S.TRADE_CLOSED: _by(MovedBy.BUYER, MovedBy.SELLER, MovedBy.REFUND, MovedBy.CLOCK),
    },
    _S.SELLER_CONSIGNED_PART: {
        _S.WAIT_BUYER_CONFIRM_GOODS: _by(MovedBy.SELLER, MovedBy.PAYMENT, MovedBy.REFUND, MovedBy.CLOCK),
        _S.TRADE_CLOSED: _by(MovedBy.REFUND, MovedBy.CLOCK),
    },
    _S.WAIT_BUYER_CONFIRM_GOODS: {
        _S.TRADE_FINISHED: _by(MovedBy.BUYER, MovedBy.CLOCK),
        _S.TRADE_CLOSED: _by(MovedBy.REFUND, MovedBy.CLOCK),
    },
    _S.TRADE_FINISHED: {},
    _S.TRADE_CLOSED: {},
    _S.TRADE_CLOSED_UNPAID: {},
}
"""Goods that are paid into escrow, handed over by their methods, and confirmed by the buyer or the clock."""
