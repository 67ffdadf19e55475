"""/operator/applications, /operator/shops: who enters, and dues."""

from datetime import datetime

import msgspec
from litestar import get, post

from datong.commerce import merchant, payment
from datong.surfaces.api_context import Key, PathId, asker, must_have_key, who
from datong.surfaces.request_context import AnyRequest, db_of, read_id


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Approve, or reject with a reason."""

    is_approved: bool
    reason: str = ""


class DuesPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A transfer that came in, in minor units."""

    deposit: int
    fee: int


class ApplicationView(msgspec.Struct, frozen=True):
    """A shop that waits."""

    id: str
    state: str
    deposit_due: int
    fee_due: int
    applied_at: datetime


@get("/operator/applications", tags=["operating"])
async def applications(request: AnyRequest) -> list[ApplicationView]:
    """Shops that wait for a decision or their dues, oldest first."""
    async with db_of(request).read() as tx:
        found = await merchant.list_applications(tx, await who(request, tx))
    return [
        ApplicationView(str(each.shop_id), each.state, each.deposit_due, each.fee_due, each.applied_at)
        for each in found
    ]


@post("/operator/shops/{shop_id:str}/decision", status_code=204, tags=["operating"])
async def decide(request: AnyRequest, shop_id: PathId, data: Decision) -> None:
    """Approve or reject an application."""
    db, actor = await asker(request)
    shop = read_id(shop_id, "shop")
    await db.run(merchant.decide_application, actor, shop, is_approved=data.is_approved, reason=data.reason)


@post("/operator/shops/{shop_id:str}/dues", status_code=204, tags=["operating"])
async def dues(request: AnyRequest, shop_id: PathId, data: DuesPut, key: Key = None) -> None:
    """Book a transfer of a shop, once for each `Idempotency-Key`."""
    db, actor = await asker(request)
    shop = read_id(shop_id, "shop")
    await db.run(payment.receive_dues, actor, shop, data.deposit, data.fee, must_have_key(key))


HANDLERS = [applications, decide, dues]
