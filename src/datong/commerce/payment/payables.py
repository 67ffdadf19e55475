"""What can be charged: the port by which rooms above have money taken for a thing of theirs.

A kind of things (a purchase, a deposit, a membership) is declared by the room that owns them. `open_charge` asks it
what is to be paid; `take_payment` and the worker tell it what became of the charge, in the transaction that settles it.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from datong.commerce.payment.charges import Charge, ChargePart, PaidCharge
from datong.kernel.house import House, Port
from datong.kernel.money import Money
from datong.kernel.refusal import NotFound, Refusal

if TYPE_CHECKING:
    from datong.kernel.tx import Tx


class PayableUnknown(NotFound):
    """No room of this installation has anything of this kind to be paid."""

    code = "payment.payable_unknown"

    def __init__(self, kind: str) -> None:
        super().__init__("payable", kind[:40])


class PayableView(msgspec.Struct, frozen=True):
    """What is to be paid of a thing now, and by whom."""

    owner_id: int
    """The member that pays; for everyone else the thing does not exist."""
    currency: str
    parts: Sequence[ChargePart]
    """Shares in minor units; each `order_id` once."""
    title: str
    """What the buyer reads at the gateway."""
    return_path: str
    """Where the gateway sends the buyer back to; it begins with a slash."""
    refusal: Refusal | None = None
    """Why nothing can be paid now; raised once it is known that its owner asks, so that strangers learn nothing."""


class PaidRefund(msgspec.Struct, frozen=True):
    """A refund that the gateway has paid: of which charge, which share, and how much."""

    charge: Charge
    refund_id: int
    share_id: int
    """The share's `order_id`, or the order whose refund took it (a deposit that joined an order)."""
    amount: Money
    case_id: int
    is_extra: bool
    """Beyond what was paid."""


async def _ignore_failure(tx: "Tx", charge: Charge) -> None:
    """Nothing changes: the thing may be paid by another charge."""


async def _ignore_refund(tx: "Tx", refund: PaidRefund) -> None:
    """Nothing changes: whoever asked for the refund knows of it."""


class Payable(Port, frozen=True, kw_only=True):
    """A kind of things that are paid for. `key` is its name; it is kept with every charge, so it never changes.

    A thing's id is the subject of its charges, and its bucket is the payer's: all functions run in a transaction of
    that bucket and write nothing else. An exception rolls back the whole transaction, the gateway's word with it.
    """

    describe: Callable[["Tx", int], Awaitable[PayableView]]
    """What is to be paid of a thing, whose row it locks until the charge is recorded. Raises `NotFound`."""
    on_paid: Callable[["Tx", PaidCharge, ChargePart], Awaitable[None]]
    """A share has been paid, said once for each charge and share, in the transaction that records it.

    It must give the share on (`fund_account`) or back (`refund_unapplied`), all of it. It may come after
    `on_failed`: a gateway that reports a failure may still report success.
    """
    on_failed: Callable[["Tx", Charge], Awaitable[None]] = _ignore_failure
    """A charge has failed, said once, in the transaction that records it."""
    on_refunded: Callable[["Tx", PaidRefund], Awaitable[None]] = _ignore_refund
    """The gateway has paid a refund of a charge, said once, in the transaction that records it.

    A bank that sends the money back later makes the refund wait again; that is not said, nor its second success.
    """


def payable_of(house: House, kind: str) -> Payable:
    """The payable of this kind. Refuses `PayableUnknown`."""
    found = house.ports(Payable).get(kind)
    if found is None:
        raise PayableUnknown(kind)
    return found
