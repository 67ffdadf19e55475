"""Couriers: what the platform asks of one, and what one tells back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from datong.adapters.payment import BadSignature

TrackingCode = Literal["accepted", "in_transit", "out_for_delivery", "delivered", "failed"]


class CourierDown(Exception):  # noqa: N818 - a state of the adapters
    """The courier gave no usable answer; the call is made again later."""


class TrackingOrder(msgspec.Struct, frozen=True):
    """Follow this parcel and call back."""

    parcel_id: int
    tracking_no: str
    callback_url: str


class TrackingNews(msgspec.Struct, frozen=True):
    """One step of a parcel; the same `event_id` may come many times and in any order."""

    event_id: str
    tracking_no: str
    code: TrackingCode
    place: str
    happened_at: datetime
    parcel_id: int = 0


class Courier(Protocol):
    """A company that moves parcels."""

    @property
    def code(self) -> str:
        """Its name in addresses and rows."""

    async def follow(self, order: TrackingOrder) -> None:
        """Ask for news of a parcel; asking twice is no matter. Refuses `CourierDown`."""

    def read_news(self, headers: Mapping[str, str], body: bytes) -> list[TrackingNews]:
        """Check a call-back's signature and read it; refuses `BadSignature`."""


__all__ = ["BadSignature", "Courier", "CourierDown", "TrackingCode", "TrackingNews", "TrackingOrder"]
