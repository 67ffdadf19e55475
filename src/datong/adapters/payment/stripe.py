"""Stripe as a gateway: Checkout Sessions, Refunds and Transfers over its HTTP API, signed webhooks.

Reference: docs.stripe.com/api (2024-06-20): form-encoded calls, `Idempotency-Key`, `Stripe-Signature`.
"""

from collections.abc import Mapping
from typing import Any, Literal

import httpx
import msgspec

from datong.adapters.payment import (
    BadSignature,
    ChargeOrder,
    GatewayDown,
    GatewayEvent,
    OpenedCharge,
    PayoutOrder,
    RefundAnswer,
    RefundOrder,
)
from datong.adapters.signatures import is_signed
from datong.kernel.money import Money

API = "https://api.stripe.com"
VERSION = "2024-06-20"
_SERVER_ERROR = 500
_CLIENT_ERROR = 400
_TOO_MANY = 429


class StripeGateway:
    """Charges are Checkout Sessions that carry our charge id as `client_reference_id`."""

    code = "stripe"

    def __init__(self, key: str, webhook_secret: str, client: httpx.AsyncClient) -> None:
        self._key = key
        self._webhook_secret = webhook_secret
        self._client = client

    async def open_charge(self, order: ChargeOrder) -> OpenedCharge:
        """Open a Checkout Session; the same charge id answers the same session."""
        answer = await self._post(
            "/v1/checkout/sessions",
            {
                "mode": "payment",
                "client_reference_id": str(order.charge_id),
                "success_url": order.return_url,
                "cancel_url": order.return_url,
                "line_items[0][quantity]": "1",
                "line_items[0][price_data][currency]": order.amount.currency.lower(),
                "line_items[0][price_data][unit_amount]": str(order.amount.amount),
                "line_items[0][price_data][product_data][name]": order.title,
                "payment_intent_data[metadata][charge_id]": str(order.charge_id),
            },
            f"charge-{order.charge_id}",
        )
        return OpenedCharge(str(answer["id"]), str(answer["url"]))

    async def find_charge(self, charge_id: int, provider_ref: str) -> GatewayEvent | None:
        """Ask for the session itself; None while it is open."""
        if not provider_ref:
            return None
        session = await self._get(f"/v1/checkout/sessions/{provider_ref}")
        if session.get("client_reference_id") != str(charge_id):
            return None
        return _event_of_session(f"found_{provider_ref}_{session.get('status')}", session)

    async def refund(self, order: RefundOrder) -> RefundAnswer:
        """Refund the session's payment intent."""
        session = await self._get(f"/v1/checkout/sessions/{order.provider_ref}")
        fields = {
            "payment_intent": str(session["payment_intent"]),
            "amount": str(order.amount.amount),
            "metadata[refund_id]": str(order.refund_id),
        }
        return await self._transfer("/v1/refunds", fields, f"refund-{order.refund_id}")

    async def pay_out(self, order: PayoutOrder) -> RefundAnswer:
        """Transfer to the shop's connected account (`acct_…`)."""
        fields = {
            "amount": str(order.amount.amount),
            "currency": order.amount.currency.lower(),
            "destination": order.destination,
            "transfer_group": f"payout-{order.payout_id}",
        }
        return await self._transfer("/v1/transfers", fields, f"payout-{order.payout_id}")

    def read_event(self, headers: Mapping[str, str], body: bytes) -> GatewayEvent:
        """A webhook: signature, age, then what it says."""
        if not is_signed(self._webhook_secret, body, headers.get("stripe-signature", "")):
            raise BadSignature
        event = msgspec.json.decode(body, type=dict[str, Any])
        subject, kind = event["data"]["object"], event["type"]
        if kind in {"checkout.session.completed", "checkout.session.async_payment_succeeded"} or kind in {
            "checkout.session.expired",
            "checkout.session.async_payment_failed",
        }:
            found = _event_of_session(str(event["id"]), subject)
            if found:
                return found
        if kind in {"refund.updated", "charge.refund.updated"} and subject.get("metadata", {}).get("refund_id"):
            outcome: Literal["refund_succeeded", "refund_failed"] = (
                "refund_succeeded" if subject.get("status") == "succeeded" else "refund_failed"
            )
            money = Money(int(subject["amount"]), str(subject["currency"]).upper())
            return GatewayEvent(
                str(event["id"]), outcome, int(subject["metadata"]["refund_id"]), str(subject["id"]), money
            )
        return GatewayEvent(str(event["id"]), "other", 0, "", Money(0, "XXX"))

    async def _transfer(self, path: str, fields: dict[str, str], once: str) -> RefundAnswer:
        try:
            answer = await self._post(path, fields, once)
        except httpx.HTTPStatusError as error:
            return RefundAnswer("declined", reason=f"stripe answered {error.response.status_code}")
        status = str(answer.get("status", "succeeded"))
        if status in {"failed", "canceled"}:
            return RefundAnswer("declined", str(answer["id"]), status)
        return RefundAnswer("pending" if status == "pending" else "succeeded", str(answer["id"]))

    async def _post(self, path: str, fields: dict[str, str], once: str) -> dict[str, Any]:
        headers = {"Idempotency-Key": once, "Stripe-Version": VERSION}
        try:
            answer = await self._client.post(API + path, data=fields, headers=headers, auth=(self._key, ""))
        except httpx.HTTPError as error:
            raise GatewayDown(type(error).__name__) from None
        return _checked(answer)

    async def _get(self, path: str) -> dict[str, Any]:
        try:
            answer = await self._client.get(API + path, headers={"Stripe-Version": VERSION}, auth=(self._key, ""))
        except httpx.HTTPError as error:
            raise GatewayDown(type(error).__name__) from None
        return _checked(answer)


def _checked(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code >= _SERVER_ERROR or answer.status_code == _TOO_MANY:
        raise GatewayDown(f"stripe answered {answer.status_code}")
    if answer.status_code >= _CLIENT_ERROR:
        answer.raise_for_status()
    return msgspec.json.decode(answer.content, type=dict[str, Any])


def _event_of_session(event_id: str, session: Mapping[str, Any]) -> GatewayEvent | None:
    money = Money(int(session["amount_total"]), str(session["currency"]).upper())
    charge_id = int(session.get("client_reference_id") or 0)
    if session.get("payment_status") == "paid":
        return GatewayEvent(event_id, "charge_succeeded", charge_id, str(session["id"]), money)
    if session.get("status") == "expired":
        return GatewayEvent(event_id, "charge_failed", charge_id, str(session["id"]), money)
    return None
