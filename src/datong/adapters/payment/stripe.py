"""Stripe as a gateway: Checkout Sessions, Refunds and Transfers over its HTTP API, signed webhooks.

Reference: docs.stripe.com/api (2024-06-20): form-encoded calls, `Idempotency-Key`, `Stripe-Signature`.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Literal

import httpx
import msgspec

from datong.adapters.payment import (
    BadSignature,
    ChargeOrder,
    GatewayDown,
    GatewayEvent,
    OpenedCharge,
    Outcome,
    PayoutOrder,
    RefundOrder,
    TransferAnswer,
)
from datong.adapters.signatures import is_signed
from datong.kernel.money import Money

API = "https://api.stripe.com"
VERSION = "2024-06-20"
NOT_DONE = frozenset({400, 402, 404})
"""Answers by which it is certain that nothing was done: the request was refused for what it asks."""
OK = 200
UNDER_KEY = "idempotency_error"
"""The type of an error about the key and not about what was asked: an earlier request under it may have been done."""
OUTCOMES: Mapping[str, Outcome] = {
    "succeeded": "succeeded", "paid": "succeeded", "pending": "pending", "requires_action": "pending",
    "in_transit": "pending", "failed": "declined", "canceled": "declined",
}  # fmt: skip
"""Every state of a refund or payout that Stripe documents; one that is not known here is as good as pending."""
SESSION_EVENTS = frozenset(
    f"checkout.session.{what}" for what in ("completed", "async_payment_succeeded", "async_payment_failed", "expired")
)
REFUND_EVENTS = frozenset({"refund.updated", "refund.failed", "charge.refund.updated"})
NO_MONEY = Money(0, "XXX")
PAGE = 100
MAX_PAGES = 50


class _NotDone(Exception):  # noqa: N818 - an answer
    """Stripe did nothing, for this reason."""


class StripeGateway:
    """Charges are Checkout Sessions that carry our charge id as `client_reference_id`."""

    code = "stripe"

    def __init__(self, key: str, webhook_secret: str, client: httpx.AsyncClient) -> None:
        self._key = key
        self._webhook_secret = webhook_secret
        self._client = client

    async def open_charge(self, order: ChargeOrder) -> OpenedCharge:
        """Open a Checkout Session; the same charge id answers the same session."""
        fields = {
            "mode": "payment",
            "client_reference_id": str(order.charge_id),
            "success_url": order.return_url,
            "cancel_url": order.return_url,
            "line_items[0][quantity]": "1",
            "line_items[0][price_data][currency]": order.amount.currency.lower(),
            "line_items[0][price_data][unit_amount]": str(order.amount.amount),
            "line_items[0][price_data][product_data][name]": order.title,
            "payment_intent_data[metadata][charge_id]": str(order.charge_id),
        }
        try:
            answer = await self._ask("POST", "/v1/checkout/sessions", fields, f"charge-{order.charge_id}")
        except _NotDone as reason:
            raise GatewayDown(str(reason)) from None
        return OpenedCharge(str(answer["id"]), str(answer["url"]))

    async def find_charge(self, charge_id: int, provider_ref: str) -> GatewayEvent | None:
        """Ask for the session itself; None while it is open."""
        if not provider_ref:
            return None
        try:
            session = await self._ask("GET", f"/v1/checkout/sessions/{provider_ref}")
        except _NotDone as reason:
            raise GatewayDown(str(reason)) from None
        if session.get("client_reference_id") != str(charge_id):
            return None
        return _event_of_session(f"found_{provider_ref}_{session.get('status')}", session)

    async def refund(self, order: RefundOrder) -> TransferAnswer:
        """Refund the session's payment intent."""
        fields = {
            "payment_intent": await self._intent(order.provider_ref),
            "amount": str(order.amount.amount),
            "metadata[refund_id]": str(order.refund_id),
        }
        return await self._transfer("/v1/refunds", fields, _key("refund", order.refund_id, order.declines))

    async def find_refund(self, order: RefundOrder) -> TransferAnswer | None:
        """Look through the refunds of the payment intent for ours; of several tries the one that did not fail."""
        found: TransferAnswer | None = None
        query = {"payment_intent": await self._intent(order.provider_ref)}
        async for each in self._list("/v1/refunds", query):
            if each.get("metadata", {}).get("refund_id") == str(order.refund_id):
                answer = _answer_of(each)
                found = answer if found is None or found.outcome == "declined" else found
        return found

    async def pay_out(self, order: PayoutOrder) -> TransferAnswer:
        """Transfer to the shop's connected account (`acct_…`)."""
        fields = {
            "amount": str(order.amount.amount),
            "currency": order.amount.currency.lower(),
            "destination": order.destination,
            "transfer_group": f"payout-{order.payout_id}",
        }
        return await self._transfer("/v1/transfers", fields, _key("payout", order.payout_id, order.declines))

    async def find_payout(self, order: PayoutOrder) -> TransferAnswer | None:
        """The transfer of our group; a reversed one was sent back."""
        async for each in self._list("/v1/transfers", {"transfer_group": f"payout-{order.payout_id}"}):
            if not each.get("reversed"):
                return _answer_of(each)
        return None

    def read_event(self, headers: Mapping[str, str], body: bytes) -> GatewayEvent:
        """A webhook: signature, age, then what it says."""
        if not is_signed(self._webhook_secret, body, headers.get("stripe-signature", "")):
            raise BadSignature
        try:
            return _read(msgspec.json.decode(body, type=dict[str, Any]))
        except (msgspec.MsgspecError, KeyError, TypeError, ValueError, AttributeError):
            # Signed by the gateway, and nothing that we know: it is answered as taken, or it would come for days.
            return GatewayEvent("malformed", "other", 0, "", NO_MONEY)

    async def _intent(self, session_id: str) -> str:
        """The payment intent of a session; `GatewayDown` while it cannot be told."""
        try:
            session = await self._ask("GET", f"/v1/checkout/sessions/{session_id}")
        except _NotDone as reason:
            raise GatewayDown(str(reason)) from None
        intent = session.get("payment_intent")
        if not isinstance(intent, str):
            raise GatewayDown("the session has no payment")
        return intent

    async def _transfer(self, path: str, fields: dict[str, str], once: str) -> TransferAnswer:
        try:
            return _answer_of(await self._ask("POST", path, fields, once))
        except _NotDone as reason:
            return TransferAnswer("declined", reason=str(reason))

    async def _list(self, path: str, query: Mapping[str, str]) -> AsyncIterator[dict[str, Any]]:
        """Every object of a list, page by page; `GatewayDown` if it cannot be read whole."""
        after: dict[str, str] = {}
        for _ in range(MAX_PAGES):
            try:
                page = await self._ask("GET", path, {**query, **after, "limit": str(PAGE)})
            except _NotDone as reason:
                raise GatewayDown(str(reason)) from None
            for each in page["data"]:
                yield each
            if not page.get("has_more") or not page["data"]:
                return
            after = {"starting_after": str(page["data"][-1]["id"])}
        raise GatewayDown("the list has no end")

    async def _ask(
        self, method: str, path: str, fields: Mapping[str, str] | None = None, once: str = ""
    ) -> dict[str, Any]:
        """One call; raises `_NotDone` where nothing was done for certain, `GatewayDown` where it is not known."""
        headers = {"Stripe-Version": VERSION, **({"Idempotency-Key": once} if once else {})}
        query, form = (fields, None) if method == "GET" else (None, fields)
        try:
            answer = await self._client.request(
                method, API + path, headers=headers, auth=(self._key, ""), params=query, data=form
            )
            body = msgspec.json.decode(answer.content, type=dict[str, Any])
        except (httpx.HTTPError, msgspec.MsgspecError) as error:
            raise GatewayDown(type(error).__name__) from None
        if answer.status_code == OK:
            return body
        refused = body.get("error")
        kind = refused.get("type", "") if isinstance(refused, dict) else ""
        if answer.status_code in NOT_DONE and kind != UNDER_KEY:
            raise _NotDone(f"stripe answered {answer.status_code}")
        raise GatewayDown(f"stripe answered {answer.status_code}")


def _key(kind: str, number: int, declines: int) -> str:
    """The same for the same request; another once it was declined, for an old key is answered as it was."""
    return f"{kind}-{number}-{declines}" if declines else f"{kind}-{number}"


def _answer_of(transfer: Mapping[str, Any]) -> TransferAnswer:
    """What became of a refund or transfer; a transfer has no state and is done at once."""
    status = str(transfer.get("status", "succeeded"))
    outcome = OUTCOMES.get(status, "pending")
    return TransferAnswer(outcome, str(transfer["id"]), status if outcome == "declined" else "")


def _read(event: Mapping[str, Any]) -> GatewayEvent:
    subject, kind = event["data"]["object"], str(event["type"])
    if kind in SESSION_EVENTS:
        found = _event_of_session(str(event["id"]), subject, has_failed=kind.endswith("async_payment_failed"))
        if found:
            return found
    if kind in REFUND_EVENTS and (subject.get("metadata") or {}).get("refund_id"):
        outcome = OUTCOMES.get(str(subject.get("status")), "pending")
        if outcome != "pending":
            money = Money(int(subject["amount"]), str(subject["currency"]).upper())
            word: Literal["refund_succeeded", "refund_failed"] = (
                "refund_succeeded" if outcome == "succeeded" else "refund_failed"
            )
            return GatewayEvent(
                str(event["id"]), word, int(subject["metadata"]["refund_id"]), str(subject["id"]), money
            )
    return GatewayEvent(str(event["id"]), "other", 0, "", NO_MONEY)


def _event_of_session(event_id: str, session: Mapping[str, Any], *, has_failed: bool = False) -> GatewayEvent | None:
    """What a session says: paid, or come to nothing; None while neither is certain."""
    money = Money(int(session["amount_total"]), str(session["currency"]).upper())
    charge_id = int(session.get("client_reference_id") or 0)
    if session.get("payment_status") == "paid":
        return GatewayEvent(event_id, "charge_succeeded", charge_id, str(session["id"]), money)
    if has_failed or session.get("status") == "expired":
        return GatewayEvent(event_id, "charge_failed", charge_id, str(session["id"]), money)
    return None
