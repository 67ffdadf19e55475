"""Payment gateways: what the platform asks of one, and what one tells back."""

from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec

from datong.kernel.money import Money

Outcome = Literal["succeeded", "pending", "declined"]


class GatewayDown(Exception):  # noqa: N818 - a state of the adapters
    """The gateway gave no usable answer; whether it acted is unknown, so the same call is made again later."""


class BadSignature(Exception):  # noqa: N818 - what is wrong with a call-back
    """A call-back is not from the gateway, or was altered, or is too old."""


class ChargeOrder(msgspec.Struct, frozen=True):
    """Take this much from a buyer; `charge_id` makes a repeated call the same charge."""

    charge_id: int
    amount: Money
    title: str
    return_url: str
    callback_url: str


class OpenedCharge(msgspec.Struct, frozen=True):
    """Where the buyer pays."""

    provider_ref: str
    pay_url: str


class RefundOrder(msgspec.Struct, frozen=True):
    """Give this much back of a charge; `refund_id` makes a repeated call the same refund."""

    refund_id: int
    provider_ref: str
    amount: Money
    declines: int = 0
    """How often it was declined before. Each time more is a new request: providers answer an old key as they did."""


class TransferAnswer(msgspec.Struct, frozen=True):
    """What became of a refund or payout. Declined: nothing was sent for certain. Pending: the provider has it."""

    outcome: Outcome
    provider_ref: str = ""
    reason: str = ""


class PayoutOrder(msgspec.Struct, frozen=True):
    """Send this much to a shop's bank; `payout_id` makes a repeated call the same payout."""

    payout_id: int
    destination: str
    """The shop's account as the provider knows it."""
    amount: Money
    declines: int = 0
    """How often it was declined before, as of a refund."""


class GatewayEvent(msgspec.Struct, frozen=True):
    """What a gateway says happened; the same `event_id` may come many times, late and in any order."""

    event_id: str
    kind: Literal["charge_succeeded", "charge_failed", "refund_succeeded", "refund_failed", "other"]
    subject_id: int
    """The charge's or refund's id as the platform gave it."""
    provider_ref: str
    amount: Money


class Gateway(Protocol):
    """A provider that takes money, gives it back and pays it out."""

    @property
    def code(self) -> str:
        """Its name in addresses and rows."""

    async def open_charge(self, order: ChargeOrder) -> OpenedCharge:
        """Open a charge; refuses `GatewayDown`."""

    async def find_charge(self, charge_id: int, provider_ref: str) -> GatewayEvent | None:
        """What became of a charge whose call-back is missing; None while it is open."""

    async def refund(self, order: RefundOrder) -> TransferAnswer:
        """Give money back; refuses `GatewayDown` for every answer by which it is not certain what happened."""

    async def find_refund(self, order: RefundOrder) -> TransferAnswer | None:
        """What became of a refund asked for before; None: the provider has none. Refuses `GatewayDown`."""

    async def pay_out(self, order: PayoutOrder) -> TransferAnswer:
        """Send a shop its money; refuses `GatewayDown` for every answer by which it is not certain what happened."""

    async def find_payout(self, order: PayoutOrder) -> TransferAnswer | None:
        """What became of a payout asked for before; None: the provider has none. Refuses `GatewayDown`."""

    def read_event(self, headers: Mapping[str, str], body: bytes) -> GatewayEvent:
        """Check a call-back's signature and read it; refuses `BadSignature`."""


def gateway_of(gateways: Mapping[str, Gateway], code: str) -> Gateway:
    """The gateway of this name; one that is not configured here is as good as down, for what waits for it alone."""
    if code not in gateways:
        raise GatewayDown(f"the gateway {code} is not configured")
    return gateways[code]


__all__ = [
    "BadSignature",
    "ChargeOrder",
    "Gateway",
    "GatewayDown",
    "GatewayEvent",
    "OpenedCharge",
    "Outcome",
    "PayoutOrder",
    "RefundOrder",
    "TransferAnswer",
    "gateway_of",
]
