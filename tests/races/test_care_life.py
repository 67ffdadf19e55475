"""The life of refunds in any order.

Whatever buyer, shop, staff and clock do, only refusals stand in the way and the books hold.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from datong.commerce import aftersale, order, payment
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.invariants import audit, list_waiting
from datong.kernel.refusal import Refusal
from tests.cases import CaseActions, ask, give_address, lines, run_clocks, see, view
from tests.make import Shop, Shopper, Town
from tests.races.living import live_through

ASKS = (("REFUND", "not_wanted"), ("REFUND", "quality"), ("REFUND_AND_RETURN", "no_reason"), ("EXCHANGE", "damaged"),
        ("RESHIPPING", "not_received"))  # fmt: skip
PRICE = 1_001


class Care(RuleBasedStateMachine):
    """One order of two lines (three pieces and one), and everything that may be done about it."""

    runner: asyncio.Runner
    town: Town

    def run(self, work: Coroutine[Any, Any, object]) -> Any:  # noqa: ANN401 - whatever was done
        """Do something on the town's loop; None if it was refused."""
        try:
            return self.runner.run(work)
        except Refusal:
            return None

    @initialize(is_sent=st.sampled_from((True, True, False)))
    def buy(self, is_sent: bool) -> None:  # noqa: FBT001 - hypothesis names it
        """A new shop and a paid order for every run, mostly sent already; the town stays."""
        self.shop: Shop = self.run(self.town.shop())
        self.buyer: Shopper = self.run(self.town.shopper())
        self.run(give_address(self.shop))
        freight = self.run(self.shop.freight(600, 0))
        self.run(self.buyer.fill(self.run(self.shop.product(PRICE, freight=freight)), 3))
        self.run(self.buyer.fill(self.run(self.shop.product(PRICE * 7, freight=freight))))
        purchase_id = self.run(self.buyer.place())
        self.run(self.buyer.pay(purchase_id))
        self.order_id: int = self.run(self.buyer.orders(purchase_id))[0].order_id
        self.cases: list[int] = []
        if is_sent:
            self.run(self.shop.ship(self.order_id, "first"))

    @rule(line=st.integers(0, 1), what=st.sampled_from(ASKS), pieces=st.integers(0, 2))
    def ask(self, line: int, what: tuple[str, str], pieces: int) -> None:
        """Ask for something about a line."""
        case_id = self.run(ask(self.buyer, self.order_id, *what, line=line, pieces=pieces))
        if case_id:
            self.cases.append(case_id)

    def _last(self, action: Callable[[CaseActions], Coroutine[Any, Any, object]]) -> None:
        """Do it with the latest cases; where none is open, something is asked for first."""
        if not any(self.run(see(self.town, each)).is_open for each in self.cases):
            self.ask(len(self.cases) % 2, ASKS[len(self.cases) % len(ASKS)], len(self.cases) % 3)
        for case_id in self.cases[-2:]:
            self.run(action(CaseActions(self.town, case_id)))

    @rule()
    def agree(self) -> None:
        """The shop agrees."""
        self._last(lambda case: case.agree(self.shop))

    @rule()
    def refuse_and_call(self) -> None:
        """The shop refuses, the buyer calls the platform."""
        self._last(lambda case: case.refuse(self.shop))
        self._last(lambda case: case.call(self.buyer.actor))

    @rule(outcome=st.sampled_from(("refund", "return_first", "reject")), amount=st.sampled_from((0, 500, 10**6)))
    def decide(self, outcome: str, amount: int) -> None:
        """The shop refuses, the buyer calls, both hand in nothing more, staff decide."""
        self.refuse_and_call()
        for case_id in self.cases[-2:]:
            if self.run(view(self.town, case_id)).dispute:
                for actor in (self.buyer.actor, self.shop.owner):
                    self.run(self._be_ready(case_id, actor))
                self.run(CaseActions(self.town, case_id).decide(outcome, amount, goodwill=100))

    async def _be_ready(self, case_id: int, actor: Actor) -> None:
        async with self.town.db.begin(bucket_of(case_id)) as tx:
            await aftersale.complete_evidence(tx, actor, case_id)

    @rule()
    def withdraw(self) -> None:
        """The buyer does not want it any more."""
        self._last(lambda case: case.withdraw(self.buyer))

    @rule(freight=st.sampled_from((0, 700)))
    def send_back(self, freight: int) -> None:
        """The buyer sends it back."""
        self._last(lambda case: case.send_back(self.buyer, freight))

    @rule(is_resellable=st.booleans())
    def take_back(self, is_resellable: bool) -> None:  # noqa: FBT001 - hypothesis names it
        """The shop has it."""
        self._last(lambda case: case.confirm_return(self.shop, is_resellable=is_resellable))

    @rule()
    def replace(self) -> None:
        """Another piece is sent and taken."""
        self._last(lambda case: case.replace(self.shop))
        self._last(lambda case: case.confirm_replacement(self.buyer))

    @rule(line=st.integers(-1, 1))
    def ship(self, line: int) -> None:
        """A line is sent, or all that is left."""
        chosen = [self.run(lines(self.town, self.order_id))[line].line_id] if line >= 0 else []
        self.run(self.shop.ship(self.order_id, f"k{self.town.next()}", chosen))

    @rule(wish=st.integers(0, 2))
    def confirm(self, wish: int) -> None:
        """The buyer, now and then, has everything."""
        if not wish:
            self.run(self.buyer.confirm(self.order_id))

    @rule(wish=st.integers(0, 4))
    def cancel(self, wish: int) -> None:
        """The buyer, now and then, cancels what was not sent."""
        if not wish:
            self.run(self.buyer.cancel(self.order_id))

    @rule(hours=st.sampled_from((1, 1, 25, 49, 80, 170)))
    def let_time_pass(self, hours: int) -> None:
        """Clocks run out."""
        self.town.move_clock(hours=hours)
        self.run(self.town.settle_down())

    @invariant()
    def the_books_hold(self) -> None:
        """Every identity; and what the buyer paid is where it should be."""
        if not hasattr(self, "order_id"):
            return
        self.run(run_clocks(self.town))
        assert self.run(audit(self.town.db)) == {}
        now = self.run(self.buyer.order(self.order_id))
        kept = self.run(lines(self.town, self.order_id))
        assert now.open_cases == sum(self.run(see(self.town, each)).is_open for each in self.cases)
        if now.state == order.OrderState.WAIT_BUYER_CONFIRM_GOODS:
            assert (now.due_at is None) or not now.open_cases, "an open case stops the clock"
        if now.state == order.OrderState.TRADE_FINISHED:
            adjusted = sum(1 for each in self.cases if self.run(see(self.town, each)).return_freight)
            paid_out = self.run(self._paid_out())
            freights = sum(self.run(see(self.town, each)).return_freight for each in self.cases if adjusted)
            left = sum(line.left for line in kept) + now.freight
            assert left - freights <= self.run(self.shop.balance()) + paid_out <= left
        assert not [reason for reason in self.run(list_waiting(self.town.db)) if reason.startswith("unexplained")]

    async def _paid_out(self) -> int:
        async with self.town.db.read() as tx:
            return sum(each.amount for each in (await payment.list_payouts(tx, self.shop.owner, self.shop.id)).items)

    def teardown(self) -> None:
        """Whatever is left comes to its end by the clock."""
        self.town.move_clock(seconds=timedelta(days=40).total_seconds())
        self.run(self.town.settle_down())


@pytest.mark.parametrize("examples", [2, pytest.param(20, marks=pytest.mark.long)])
def test_the_life_of_refunds_keeps_the_books(dsn: str, examples: int) -> None:
    live_through(dsn, Care, examples=examples, steps=16)
