"""The life of orders against a model.

Whatever is done in whatever order, stock, states and books are what they should be.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from datong.commerce import inventory, order
from datong.commerce.pricing import LineRequest
from datong.kernel.invariants import audit
from datong.kernel.money import Money
from datong.kernel.refusal import Conflict
from tests.make import Goods, Shop, Shopper, Town
from tests.races.living import live_through

Answer = TypeVar("Answer")
SKUS = 3
STOCK = 4
PRICE = 1_000


class Placed:
    """What the model knows of one order."""

    def __init__(self, purchase_id: int, order_id: int, buyer: int, quantities: dict[int, int]) -> None:
        self.purchase_id = purchase_id
        self.order_id = order_id
        self.buyer = buyer
        self.quantities = quantities
        self.state = "WAIT_BUYER_PAY"


class Life(RuleBasedStateMachine):
    """Hold, place, pay, close, cancel, ship, confirm, by two buyers on three SKUs of one shop."""

    runner: asyncio.Runner
    town: Town
    orders = Bundle("orders")
    holds = Bundle("holds")

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Do something on the town's loop."""
        return self.runner.run(work)

    @initialize()
    def open_shop(self) -> None:
        """A new shop with new goods for every run; the town stays."""
        self.shop: Shop = self.run(self.town.shop())
        self.goods: list[Goods] = [self.run(self.shop.product(PRICE, STOCK)) for _ in range(SKUS)]
        self.buyers: list[Shopper] = [self.run(self.town.shopper()) for _ in range(2)]
        self.free = dict.fromkeys(range(SKUS), STOCK)
        self.sold = dict.fromkeys(range(SKUS), 0)
        self.known: list[Placed] = []

    @rule(
        target=orders, buyer=st.integers(0, 1), wanted=st.dictionaries(st.integers(0, 2), st.integers(1, 3), min_size=1)
    )
    def place(self, buyer: int, wanted: dict[int, int]) -> Any:  # noqa: ANN401 - hypothesis
        """Placed if and only if everything is free."""
        shopper = self.buyers[buyer]
        lines = [LineRequest(self.goods[n].product_id, self.goods[n].sku_id, count) for n, count in wanted.items()]
        agreed = Money(PRICE * sum(wanted.values()), "CNY")
        inventory.sold_out(self.town.db).forget([each.sku_id for each in self.goods])
        work = order.place_purchase(
            self.town.db, shopper.actor, shopper.address_id, agreed, f"k{self.town.next()}", wanted=lines
        )
        if any(self.free[n] < count for n, count in wanted.items()):
            with pytest.raises(inventory.StockShort):
                self.run(work)
            return multiple()
        purchase_id = self.run(work)
        for n, count in wanted.items():
            self.free[n] -= count
        (made,) = self.run(shopper.orders(purchase_id))
        placed = Placed(purchase_id, made.order_id, buyer, wanted)
        self.known.append(placed)
        return placed

    @rule(target=holds, sku=st.integers(0, 2), count=st.integers(1, 2))
    def hold(self, sku: int, count: int) -> Any:  # noqa: ANN401 - hypothesis
        """Someone holds and does not place."""
        if self.free[sku] < count:
            return multiple()
        inventory.sold_out(self.town.db).forget([self.goods[sku].sku_id])
        held = self.run(inventory.hold(self.town.db, self.town.next(), {self.goods[sku].sku_id: count}))
        self.free[sku] -= count
        return (held, sku, count)

    @rule(held=consumes(holds))
    def release(self, held: tuple[inventory.Hold, int, int]) -> None:
        """Let go of; twice is no matter."""
        for _ in range(2):
            self.run(inventory.release(self.town.db, held[0]))
        self.free[held[1]] += held[2]

    @rule(placed=orders)
    def pay(self, placed: Placed) -> None:
        """Paid once, if it waits for it."""
        work = self.buyers[placed.buyer].pay(placed.purchase_id)
        if placed.state != "WAIT_BUYER_PAY":
            with pytest.raises(Conflict):
                self.run(work)
            return
        self.run(work)
        placed.state = "WAIT_SELLER_SEND_GOODS"
        for n, count in placed.quantities.items():
            self.sold[n] += count

    @rule(placed=orders)
    def close(self, placed: Placed) -> None:
        """Closed if nobody has paid; what was held is free."""
        self.town.move_clock(seconds=11)
        if self._deed(order.close_order, placed, "WAIT_BUYER_PAY", "TRADE_CLOSED_UNPAID"):
            self._give_back(placed)

    @rule(placed=orders)
    def cancel(self, placed: Placed) -> None:
        """Cancelled if it is paid and not shipped; what was sold is free."""
        if self._deed(order.cancel_paid_order, placed, "WAIT_SELLER_SEND_GOODS", "TRADE_CLOSED"):
            self._give_back(placed)
            for n, count in placed.quantities.items():
                self.sold[n] -= count

    @rule(placed=orders)
    def ship(self, placed: Placed) -> None:
        """Shipped if it is paid."""
        work = self.shop.ship(placed.order_id, f"k{self.town.next()}")
        if placed.state == "WAIT_SELLER_SEND_GOODS":
            self.run(work)
            placed.state = "WAIT_BUYER_CONFIRM_GOODS"
        else:
            with pytest.raises(Conflict):
                self.run(work)

    @rule(placed=orders)
    def confirm(self, placed: Placed) -> None:
        """Confirmed if it is shipped."""
        work = self.buyers[placed.buyer].confirm(placed.order_id)
        if placed.state == "WAIT_BUYER_CONFIRM_GOODS":
            self.run(work)
            placed.state = "TRADE_FINISHED"
        else:
            with pytest.raises(Conflict):
                self.run(work)

    @invariant()
    def all_is_as_it_should_be(self) -> None:
        """Stock, states and every identity of the books."""
        if not hasattr(self, "known"):
            return
        self.run(self.town.deliver())
        stock = self.run(self._stock())
        assert {n: stock[each.sku_id].free for n, each in enumerate(self.goods)} == self.free
        assert {n: stock[each.sku_id].sold for n, each in enumerate(self.goods)} == self.sold
        for placed in self.known:
            assert self.run(self.buyers[placed.buyer].order(placed.order_id)).state == placed.state
        assert self.run(audit(self.town.db)) == {}

    def teardown(self) -> None:
        """What is held still is let go of by the clock, as in life."""
        self.town.move_clock(minutes=20)

    def _give_back(self, placed: Placed) -> None:
        for n, count in placed.quantities.items():
            self.free[n] += count

    def _deed(self, action: Any, placed: Placed, before: str, after: str) -> bool:  # noqa: ANN401 - a use case
        async def act() -> None:
            actor = self.buyers[placed.buyer].actor
            async with self.town.db.begin(actor.bucket) as tx:
                await action(tx, actor, placed.order_id, "not_wanted")

        if placed.state != before:
            with pytest.raises(Conflict):
                self.run(act())
            return False
        self.run(act())
        placed.state = after
        return True

    async def _stock(self) -> dict[int, inventory.StockLine]:
        async with self.town.db.read() as tx:
            return await inventory.free_of(tx, [each.sku_id for each in self.goods])


@pytest.mark.parametrize("examples", [4, pytest.param(24, marks=pytest.mark.long)])
def test_the_life_of_orders_follows_the_model(dsn: str, examples: int) -> None:
    live_through(dsn, Life, examples=examples, steps=15)
