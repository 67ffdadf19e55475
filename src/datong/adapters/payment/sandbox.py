"""The sandbox gateway: keeps its own books, has its own pay page, and calls back signed, late or twice.

It is for rehearsal and the demo town. Whoever pays there chooses how it goes: well, declined, paid with
the call-back an hour late, twice, or lost. `Faults` makes its answers fail, as a network does.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

import msgspec

from datong.adapters.callback_queue import put_callback
from datong.adapters.payment import (
    BadSignature,
    ChargeOrder,
    GatewayDown,
    GatewayEvent,
    OpenedCharge,
    PayoutOrder,
    RefundOrder,
    TransferAnswer,
)
from datong.adapters.signatures import is_signed
from datong.kernel.money import Money
from datong.kernel.sql import changed, command, rows, value
from datong.kernel.tx import Db

HEADER = "x-sandbox-signature"
Manner = Literal["paid", "declined", "late", "twice", "lost"]


class SandboxCharge(msgspec.Struct, frozen=True):
    """A charge in the sandbox's own books."""

    ref: str
    charge_id: int
    amount: int
    currency: str
    title: str
    return_url: str
    callback_url: str
    state: str


class Faults(msgspec.Struct):
    """How many of the next answers go wrong: before the sandbox acted, or after (the answer is lost)."""

    fail_before: int = 0
    lose_answer: int = 0
    decline_refunds: int = 0


_COLUMNS = "ref, charge_id, amount, currency, title, return_url, callback_url, state"
PUT = command(
    """
    insert into sandbox_charge (ref, charge_id, amount, currency, title, return_url, callback_url, state, opened_at)
    values ($1, $2, $3, $4, $5, $6, $7, 'open', $8) on conflict (charge_id) do nothing
    """
)
BY_ID = rows(SandboxCharge, f"select {_COLUMNS} from sandbox_charge where charge_id = $1")
BY_REF = rows(SandboxCharge, f"select {_COLUMNS} from sandbox_charge where ref = $1")
SETTLE = changed(
    SandboxCharge, f"update sandbox_charge set state = $2 where ref = $1 and state = 'open' returning {_COLUMNS}"
)
LOCK = rows(SandboxCharge, f"select {_COLUMNS} from sandbox_charge where ref = $1 for update")
REFUNDED = value(
    int,
    "select coalesce(sum(amount), 0)::bigint from sandbox_transfer where kind = 'refund' and charge_ref = $1 "
    "and transfer_id <> $2",
)
PUT_TRANSFER = command(
    """
    insert into sandbox_transfer (transfer_id, kind, charge_ref, amount, currency, made_at)
    values ($1, $2, $3, $4, $5, $6) on conflict do nothing
    """
)


TRANSFER = value(int, "select transfer_id from sandbox_transfer where transfer_id = $1 and kind = $2")


class SandboxGateway:
    """A gateway in this very database."""

    code = "sandbox"

    def __init__(self, db: Db, secret: str, base_url: str, faults: Faults | None = None) -> None:
        self._db = db
        self._secret = secret
        self._base_url = base_url
        self.faults = faults or Faults()

    async def open_charge(self, order: ChargeOrder) -> OpenedCharge:
        """Open a charge on the sandbox's own pay page."""
        self._fail_before()
        async with self._db.begin() as tx:
            await tx.run(
                PUT, secrets.token_urlsafe(18), order.charge_id, order.amount.amount, order.amount.currency,
                order.title, order.return_url, order.callback_url, tx.now,
            )  # fmt: skip
            charge = await tx.one(BY_ID, order.charge_id)
        self._lose_answer()
        return OpenedCharge(charge.ref, f"{self._base_url}/sandbox/pay/{charge.ref}")

    async def get_charge(self, ref: str) -> SandboxCharge | None:
        """A charge for the pay page."""
        async with self._db.read() as tx:
            return await tx.maybe(BY_REF, ref)

    async def settle(self, ref: str, manner: Manner) -> SandboxCharge | None:
        """What the pay page's button does: settle an open charge and have the platform called back."""
        async with self._db.begin() as tx:
            charge = await tx.maybe(SETTLE, ref, "failed" if manner == "declined" else "paid")
            if charge is not None:
                event = _event_of(charge)
                pauses = {"late": [timedelta(hours=1)], "twice": [timedelta(0)] * 2, "lost": []}.get(
                    manner, [timedelta(0)]
                )
                for pause in pauses:
                    await put_callback(tx, charge.callback_url, HEADER, event, tx.now + pause)
            return charge or await tx.maybe(BY_REF, ref)

    async def find_charge(self, charge_id: int, provider_ref: str) -> GatewayEvent | None:
        """What became of a charge."""
        async with self._db.read() as tx:
            charge = await tx.maybe(BY_ID, charge_id)
        if charge is None or charge.state == "open" or (provider_ref and charge.ref != provider_ref):
            return None
        return _event_of(charge)

    async def refund(self, order: RefundOrder) -> TransferAnswer:
        """Give back, never more than was paid."""
        self._fail_before()
        if self.faults.decline_refunds:
            self.faults.decline_refunds -= 1
            return TransferAnswer("declined", reason="declined by the sandbox")
        async with self._db.begin() as tx:
            charge = await tx.maybe(LOCK, order.provider_ref)
            if charge is None or charge.state != "paid":
                return TransferAnswer("declined", reason="no such payment")
            before = await tx.one(REFUNDED, charge.ref, order.refund_id)
            if before + order.amount.amount > charge.amount:
                return TransferAnswer("declined", reason="more than was paid")
            await tx.run(
                PUT_TRANSFER, order.refund_id, "refund", charge.ref, order.amount.amount, order.amount.currency, tx.now
            )
        self._lose_answer()
        return TransferAnswer("succeeded", f"sr_{order.refund_id}")

    async def find_refund(self, order: RefundOrder) -> TransferAnswer | None:
        """What is in the books of a refund."""
        return await self._find("refund", order.refund_id)

    async def find_payout(self, order: PayoutOrder) -> TransferAnswer | None:
        """What is in the books of a payout."""
        return await self._find("payout", order.payout_id)

    async def _find(self, kind: str, transfer_id: int) -> TransferAnswer | None:
        self._fail_before()
        async with self._db.read() as tx:
            known = await tx.maybe(TRANSFER, transfer_id, kind)
        self._lose_answer()
        return TransferAnswer("succeeded", f"s{kind[0]}_{transfer_id}") if known else None

    async def pay_out(self, order: PayoutOrder) -> TransferAnswer:
        """Send a shop its money."""
        self._fail_before()
        async with self._db.begin() as tx:
            await tx.run(
                PUT_TRANSFER, order.payout_id, "payout", "", order.amount.amount, order.amount.currency, tx.now
            )
        self._lose_answer()
        return TransferAnswer("succeeded", f"sp_{order.payout_id}")

    def read_event(self, headers: Mapping[str, str], body: bytes) -> GatewayEvent:
        """A call-back of this sandbox."""
        if not is_signed(self._secret, body, headers.get(HEADER, "")):
            raise BadSignature
        try:
            return msgspec.json.decode(body, type=GatewayEvent)
        except msgspec.MsgspecError as error:
            raise BadSignature(str(error)) from None

    def _fail_before(self) -> None:
        if self.faults.fail_before:
            self.faults.fail_before -= 1
            raise GatewayDown("the sandbox was told to fail")

    def _lose_answer(self) -> None:
        if self.faults.lose_answer:
            self.faults.lose_answer -= 1
            raise GatewayDown("the sandbox was told to lose its answer")


def _event_of(charge: SandboxCharge) -> GatewayEvent:
    kind: Literal["charge_succeeded", "charge_failed"] = (
        "charge_succeeded" if charge.state == "paid" else "charge_failed"
    )
    return GatewayEvent(
        f"se_{charge.ref}_{charge.state}", kind, charge.charge_id, charge.ref, Money(charge.amount, charge.currency)
    )
