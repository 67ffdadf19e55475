"""The sandbox courier: every parcel is accepted, travels and is delivered by the platform's clock."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from datong.adapters.callback_queue import put_callback
from datong.adapters.courier import BadSignature, TrackingCode, TrackingNews, TrackingOrder
from datong.adapters.signatures import is_signed
from datong.kernel.sql import command, rows
from datong.kernel.tx import Db

HEADER = "x-sandbox-courier-signature"
STEPS: tuple[tuple[TrackingCode, str, float], ...] = (
    ("accepted", "Sorting centre of origin", 1),
    ("in_transit", "Line-haul", 12),
    ("out_for_delivery", "Local station", 36),
    ("delivered", "Signed", 42),
)
"""Code, place, hours after the parcel was handed over."""


class SandboxParcel(msgspec.Struct, frozen=True):
    """A parcel with a step due."""

    tracking_no: str
    parcel_id: int
    callback_url: str
    step: int
    due_at: datetime


PUT = command(
    """
    insert into sandbox_parcel (tracking_no, parcel_id, callback_url, step, due_at)
    values ($1, $2, $3, 0, $4) on conflict do nothing
    """
)
DUE = rows(
    SandboxParcel,
    """
    select tracking_no, parcel_id, callback_url, step, due_at from sandbox_parcel
    where due_at <= $1 order by due_at limit 100
    """,
)
STEP = command("update sandbox_parcel set step = step + 1, due_at = $3 where tracking_no = $1 and step = $2")


class SandboxCourier:
    """A courier in this very database."""

    code = "sandbox"

    def __init__(self, db: Db, secret: str) -> None:
        self._db = db
        self._secret = secret

    async def follow(self, order: TrackingOrder) -> None:
        """The parcel starts on its way."""
        async with self._db.begin() as tx:
            due = tx.now + timedelta(hours=STEPS[0][2])
            await tx.run(PUT, order.tracking_no, order.parcel_id, order.callback_url, due)

    async def move_parcels(self) -> int:
        """Every parcel whose next step is due takes it, and the platform is told."""
        async with self._db.begin() as tx:
            due = await tx.all(DUE, tx.now)
            for parcel in due:
                code, place, hours = STEPS[parcel.step]
                is_last = parcel.step + 1 == len(STEPS)
                pause = timedelta(hours=0 if is_last else STEPS[parcel.step + 1][2] - hours)
                if await tx.run(STEP, parcel.tracking_no, parcel.step, None if is_last else parcel.due_at + pause):
                    news = TrackingNews(
                        f"{parcel.tracking_no}-{parcel.step}", parcel.tracking_no, code, place, parcel.due_at,
                        parcel.parcel_id,
                    )  # fmt: skip
                    await put_callback(tx, parcel.callback_url, HEADER, [news], tx.now)
        return len(due)

    def read_news(self, headers: Mapping[str, str], body: bytes) -> list[TrackingNews]:
        """A call-back of this sandbox."""
        if not is_signed(self._secret, body, headers.get(HEADER, "")):
            raise BadSignature
        try:
            return msgspec.json.decode(body, type=list[TrackingNews])
        except msgspec.MsgspecError as error:
            raise BadSignature(str(error)) from None
