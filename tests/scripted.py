"""A gateway that answers what a test says, and what the clocks of money look at."""

from datetime import datetime

import msgspec

from datong.adapters.payment import (
    ChargeOrder,
    GatewayDown,
    GatewayEvent,
    OpenedCharge,
    PayoutOrder,
    RefundOrder,
    TransferAnswer,
)


class Row(msgspec.Struct, frozen=True):
    """What a clock looks at."""

    state: str
    attempts: int
    reason: str
    due_at: datetime | None


class Scripted:
    """A gateway that says what it is told to, and remembers what it was asked."""

    code = "sandbox"

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.orders: list[PayoutOrder | RefundOrder] = []
        self.asked: list[tuple[int, str]] = []
        self.event: GatewayEvent | None = None

    def _answer(self) -> TransferAnswer:
        word = self.answers.pop(0)
        if word == "down":
            raise GatewayDown("x" * 300)
        return TransferAnswer(word, reason="y" * 300 if word == "declined" else "")  # type: ignore[arg-type]

    async def refund(self, order: RefundOrder) -> TransferAnswer:
        self.orders.append(order)
        return self._answer()

    async def pay_out(self, order: PayoutOrder) -> TransferAnswer:
        self.orders.append(order)
        return self._answer()

    async def find_refund(self, _: RefundOrder) -> TransferAnswer | None:
        return None

    async def find_payout(self, _: PayoutOrder) -> TransferAnswer | None:
        return None

    async def open_charge(self, order: ChargeOrder) -> OpenedCharge:
        return OpenedCharge(f"ref-{order.charge_id}", f"http://pay/ref-{order.charge_id}")

    async def find_charge(self, charge_id: int, provider_ref: str) -> GatewayEvent | None:
        self.asked.append((charge_id, provider_ref))
        if self.answers and self.answers.pop(0) == "down":
            raise GatewayDown("no answer")
        return self.event

    def read_event(self, headers: object, body: bytes) -> GatewayEvent:
        raise NotImplementedError
