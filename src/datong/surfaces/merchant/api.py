"""/shops/…: what a merchant and its staff do."""

from datetime import datetime

import msgspec
from litestar import get, post, put
from litestar.response import Response

from datong.commerce import merchant
from datong.surfaces.api_context import PathId, asker, who
from datong.surfaces.api_views import Made
from datong.surfaces.page_rendering import answer_private
from datong.surfaces.request_context import AnyRequest, adapters_of, db_of, read_id

MAX_FILE = 6_000_000


class StaffPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role, or empty to take it away."""

    role: str


class StaffView(msgspec.Struct, frozen=True):
    """One of the shop's people."""

    member_id: str
    role: str
    since: datetime


class IdentityPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The number of the registration or the identity document."""

    identity: str


class IdentityCheckView(msgspec.Struct, frozen=True):
    """Where the check stands: REQUESTED, PENDING, VERIFIED, REFUSED or LOST; empty where there was none."""

    is_needed: bool
    state: str
    reason: str


class PaperView(msgspec.Struct, frozen=True):
    """A paper of the shop, without its bytes."""

    id: str
    kind: str
    media_type: str
    size: int
    added_at: datetime


class EntryView(msgspec.Struct, frozen=True):
    """A shop's entry and dues."""

    id: str
    state: str
    deposit_due: int
    fee_due: int
    deposit_paid: int
    fee_paid: int
    dues_by: datetime | None
    reason: str


@post("/shops", status_code=201, tags=["selling"])
async def apply(request: AnyRequest, data: merchant.ShopApplication) -> Made:
    """Apply for a shop."""
    db, actor = await asker(request)
    return Made(str(await merchant.apply_for_shop(db, actor, data)))


@get("/shops/{shop_id:str}/entry", tags=["selling"])
async def entry(request: AnyRequest, shop_id: PathId) -> EntryView:
    """A shop's entry: its state and dues."""
    async with db_of(request).read() as tx:
        view = await merchant.get_shop_view(tx, await who(request, tx), read_id(shop_id, "shop"))
    return EntryView(
        str(view.shop_id), view.state, view.deposit_due, view.fee_due, view.deposit_paid, view.fee_paid,
        view.dues_by, view.reason,
    )  # fmt: skip


@get("/shops/{shop_id:str}/identity-check", tags=["selling"])
async def identity_check(request: AnyRequest, shop_id: PathId) -> IdentityCheckView:
    """Whether the shop needs a verified identity, and where the check of it stands."""
    async with db_of(request).read() as tx:
        found = await merchant.get_identity_check(tx, await who(request, tx), read_id(shop_id, "shop"))
    return IdentityCheckView(found.is_needed, found.state, found.reason)


@post("/shops/{shop_id:str}/identity-check", status_code=202, tags=["selling"])
async def start_identity_check(request: AnyRequest, shop_id: PathId, data: IdentityPut) -> None:
    """Have the identity checked under which the shop was applied for; its number is not kept."""
    db, actor = await asker(request)
    verifiers = adapters_of(request).verifiers
    await merchant.verify_identity(db, verifiers, actor, read_id(shop_id, "shop"), data.identity)


@get("/shops/{shop_id:str}/papers", tags=["selling"])
async def papers(request: AnyRequest, shop_id: PathId) -> list[PaperView]:
    """The shop's papers, the oldest first; for its own people and for operators alone."""
    async with db_of(request).read() as tx:
        found = await merchant.list_papers(tx, await who(request, tx), read_id(shop_id, "shop"))
    return [PaperView(str(each.document_id), each.kind, each.media_type, each.size, each.added_at) for each in found]


@post("/shops/{shop_id:str}/papers", status_code=201, tags=["selling"], request_max_body_size=MAX_FILE)
async def add_paper(request: AnyRequest, shop_id: PathId, kind: str) -> Made:
    """Hand in one paper, sent as the body: a picture (JPEG, PNG, WebP) or a PDF, up to 5 MB."""
    db, actor = await asker(request)
    shop = read_id(shop_id, "shop")
    actor.must("shop:shop:edit", shop)
    body = await request.body()
    return Made(str(await merchant.add_paper(db, adapters_of(request).objects, actor, shop, kind, body)))


@get("/shops/{shop_id:str}/papers/{document_id:str}", tags=["selling"])
async def paper(request: AnyRequest, shop_id: PathId, document_id: PathId) -> Response[bytes]:
    """One paper."""
    async with db_of(request).read() as tx:
        actor, shop, each = await who(request, tx), read_id(shop_id, "shop"), read_id(document_id, "shop_document")
        media_type, body = await merchant.read_paper(tx, adapters_of(request).objects, actor, shop, each)
    return answer_private(media_type, body)


@get("/shops/{shop_id:str}/staff", tags=["selling"])
async def staff(request: AnyRequest, shop_id: PathId) -> list[StaffView]:
    """The shop's people."""
    async with db_of(request).read() as tx:
        found = await merchant.list_staff(tx, await who(request, tx), read_id(shop_id, "shop"))
    return [StaffView(str(each.member_id), each.role, each.since) for each in found]


@put("/shops/{shop_id:str}/staff/{member_id:str}", status_code=204, tags=["selling"])
async def put_staff(request: AnyRequest, shop_id: PathId, member_id: PathId, data: StaffPut) -> None:
    """Give a member a role in the shop, or take it away."""
    db, actor = await asker(request)
    await merchant.set_staff(db, actor, read_id(shop_id, "shop"), read_id(member_id, "member"), data.role)


HANDLERS = [apply, entry, identity_check, start_identity_check, papers, add_paper, paper, staff, put_staff]
