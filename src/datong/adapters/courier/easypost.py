"""EasyPost as a courier aggregator: trackers over its HTTP API, signed webhooks.

Reference: docs.easypost.com (Trackers v2; webhooks with `X-Hmac-Signature`).
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx
import msgspec

from datong.adapters.courier import BadSignature, CourierDown, TrackingCode, TrackingNews, TrackingOrder

API = "https://api.easypost.com"
CODES: dict[str, TrackingCode] = {
    "pre_transit": "accepted",
    "in_transit": "in_transit",
    "out_for_delivery": "out_for_delivery",
    "available_for_pickup": "out_for_delivery",
    "delivered": "delivered",
    "failure": "failed",
    "return_to_sender": "failed",
}


class EasyPostCourier:
    """Trackers made by tracking number; the call-back address is set in the account."""

    code = "easypost"

    def __init__(self, key: str, webhook_secret: str, client: httpx.AsyncClient) -> None:
        self._key = key
        self._webhook_secret = webhook_secret
        self._client = client

    async def follow(self, order: TrackingOrder) -> None:
        """Make a tracker; EasyPost answers the same one for the same number."""
        try:
            answer = await self._client.post(
                API + "/v2/trackers", json={"tracker": {"tracking_code": order.tracking_no}}, auth=(self._key, "")
            )
        except httpx.HTTPError as error:
            raise CourierDown(type(error).__name__) from None
        if not answer.is_success:
            raise CourierDown(f"easypost answered {answer.status_code}")

    def read_news(self, headers: Mapping[str, str], body: bytes) -> list[TrackingNews]:
        """A webhook of kind `tracker.updated`: every step it lists; other kinds have no news."""
        wanted = hmac.new(self._webhook_secret.encode(), body, hashlib.sha256).hexdigest()
        given = headers.get("x-hmac-signature", "")
        is_theirs = given.isascii() and hmac.compare_digest(given, f"hmac-sha256-hex={wanted}")
        if not self._webhook_secret or not is_theirs:
            raise BadSignature
        event = msgspec.json.decode(body, type=dict[str, Any])
        if not str(event.get("description", "")).startswith("tracker."):
            return []
        tracker = event["result"]
        return [
            TrackingNews(
                f"{tracker['id']}-{place}",
                str(tracker["tracking_code"]),
                CODES.get(str(step.get("status")), "in_transit"),
                str((step.get("tracking_location") or {}).get("city") or ""),
                datetime.fromisoformat(str(step["datetime"])),
            )
            for place, step in enumerate(tracker.get("tracking_details") or [])
        ]
