"""The life of an order is data by its kind.

All states are reached, each move has an owner, clocks end what they may.
"""

from collections.abc import AsyncIterator

import pytest

from datong.commerce.catalog import MovedBy
from datong.commerce.order.expiry import GOODS
from datong.commerce.order.lifecycles import GOODS_MOVES, Lifecycle, lifecycle_of
from datong.commerce.order.states import OrderState, WrongOrderState
from datong.commerce.order.transitions import lock_order, move_order
from datong.kernel.house import Room, build_house
from datong.kernel.ids import bucket_of
from datong.kernel.sql import command
from datong.wiring import WINGS, find_house, find_rooms
from tests.make import Town, open_town

ENDS = {OrderState.TRADE_FINISHED, OrderState.TRADE_CLOSED, OrderState.TRADE_CLOSED_UNPAID}
KINDS = list(find_house().ports(Lifecycle).values())
TICKET = Lifecycle(
    key="ticket",
    moves={
        state: {target: who for target, who in moves.items() if target != OrderState.SELLER_CONSIGNED_PART}
        for state, moves in GOODS_MOVES.items()
    },
    on_due=GOODS.on_due,
)
SET_KIND = command("update shop_order set kind = $3 where bkt = $1 and order_id = $2")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_every_state_is_reached_and_left(kind: Lifecycle) -> None:
    reached = kind.reachable()
    assert reached == kind.moves.keys()
    assert {state for state in reached if not kind.moves[state]} == ENDS
    assert all(who for moves in kind.moves.values() for who in moves.values())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_the_clock_ends_every_state(kind: Lifecycle) -> None:
    assert kind.on_due.keys() == kind.reachable() - ENDS
    assert all(any(MovedBy.CLOCK in who for who in kind.moves[state].values()) for state in kind.on_due)


@pytest.fixture
async def ticketed(dsn: str) -> AsyncIterator[Town]:
    """A town with one more kind of order."""
    house = build_house(
        [*find_rooms(), Room(name="ticket", wing="channels", uses=("order",), provides=(TICKET,))], WINGS
    )
    async with open_town(dsn, house=house) as town:
        yield town


async def test_an_order_moves_by_the_list_of_its_own_kind(ticketed: Town) -> None:
    shop, shopper = await ticketed.shop(), await ticketed.shopper()
    order_id = await shopper.buy(await shop.product(10_000, 5))
    async with ticketed.db.begin(bucket_of(order_id)) as tx:
        await tx.run(SET_KIND, tx.bucket, order_id, "ticket")
        order = await lock_order(tx, order_id)
        with pytest.raises(WrongOrderState):
            await move_order(tx, order, OrderState.SELLER_CONSIGNED_PART)
        await tx.run(SET_KIND, tx.bucket, order_id, "goods")
        await move_order(tx, await lock_order(tx, order_id), OrderState.SELLER_CONSIGNED_PART)


def test_an_order_of_a_kind_that_is_not_installed_does_not_move() -> None:
    with pytest.raises(WrongOrderState):
        lifecycle_of(find_house(), "ticket")
