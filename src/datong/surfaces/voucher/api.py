"""Voucher templates of shops and the platform, claiming, and the wallet."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import get, post
from litestar.status_codes import HTTP_200_OK

from datong.commerce import voucher
from datong.surfaces.api_context import Instant, PathId, asker, shopper, who
from datong.surfaces.api_views import Made
from datong.surfaces.pricing.terms_api import Owner, Texts, owner_of, read_terms, terms_view
from datong.surfaces.request_context import AnyRequest, db_of, read_id


class TemplateBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of vouchers; used within a window or so many days from the claim."""

    kind: str
    titles: Texts
    terms: dict[str, Any]
    total: int
    per_member: int
    claim_from: Instant
    claim_until: Instant
    use_from: Instant | None = None
    use_until: Instant | None = None
    use_days: int = 0


class TemplateView(msgspec.Struct, frozen=True):
    """A kind of vouchers and how many are claimed."""

    id: str
    owner_id: str
    kind: str
    titles: Texts
    terms: dict[str, Any]
    total: int
    claimed: int
    per_member: int
    claim_from: datetime
    claim_until: datetime
    is_stopped: bool


class VoucherView(msgspec.Struct, frozen=True):
    """A voucher that the member holds."""

    id: str
    template_id: str
    owner_id: str
    kind: str
    titles: Texts
    terms: dict[str, Any]
    valid_from: datetime
    valid_until: datetime
    state: str


class WalletView(msgspec.Struct, frozen=True):
    """What a member holds; 100 coins are one yuan."""

    vouchers: list[VoucherView]
    coins: int


class SendBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who shall get a voucher."""

    member_ids: list[str]


def _template(each: voucher.VoucherTemplate) -> TemplateView:
    return TemplateView(
        str(each.template_id), str(each.owner_id), each.kind, each.titles, terms_view(each.terms), each.total,
        each.claimed, each.per_member, each.claim_from, each.claim_until, each.is_stopped,
    )  # fmt: skip


"""A shop's id, or `platform`."""


@get("/owners/{owner:str}/voucher-templates", tags=["promoting"])
async def list_templates(request: AnyRequest, owner: Owner) -> list[TemplateView]:
    """Kinds of vouchers that a shop or the platform offers."""
    async with db_of(request).read() as tx:
        return [_template(each) for each in await voucher.list_templates(tx, await who(request, tx), owner_of(owner))]


@post("/owners/{owner:str}/voucher-templates", status_code=201, tags=["promoting"])
async def issue_template(request: AnyRequest, owner: Owner, data: TemplateBody) -> Made:
    """Offer vouchers to claim."""
    db, actor = await asker(request)
    owner_id = owner_of(owner)
    actor.must(*voucher.right_of(owner_id, "edit"))
    draft = voucher.TemplateDraft(
        data.kind, data.titles, read_terms(data.terms), data.total, data.per_member, data.claim_from, data.claim_until,
        data.use_from, data.use_until, data.use_days,
    )  # fmt: skip
    return Made(str(await db.run(voucher.issue_template, actor, owner_id, draft)))


@post("/owners/{owner:str}/voucher-templates/{template_id:str}/stop", status_code=204, tags=["promoting"])
async def stop_template(request: AnyRequest, owner: Owner, template_id: PathId) -> None:
    """No more of these are claimed; what was claimed stays good."""
    db, actor = await asker(request)
    owner_id = owner_of(owner)
    await db.run(voucher.stop_template, actor, owner_id, read_id(template_id, "voucher_template"))


@post("/owners/{owner:str}/voucher-templates/{template_id:str}/send", status_code=HTTP_200_OK, tags=["promoting"])
async def send_vouchers(request: AnyRequest, owner: Owner, template_id: PathId, data: SendBody) -> dict[str, str]:
    """Give one each to up to 100 members; answers for each why it got none, empty if it got one."""
    db, actor = await asker(request)
    template, members = read_id(template_id, "voucher_template"), [read_id(each, "member") for each in data.member_ids]
    sent = await voucher.send_vouchers(db, actor, owner_of(owner), template, members)
    return {str(member_id): code for member_id, code in sent.items()}


@get("/vouchers/claimable", tags=["promoting"])
async def list_claimable(request: AnyRequest, shop_id: str = "") -> list[TemplateView]:
    """What anyone may claim now: of the platform, and of one shop."""
    owners = [0, *([read_id(shop_id, "shop")] if shop_id else [])]
    async with db_of(request).read() as tx:
        return [_template(each) for each in await voucher.list_claimable(tx, owners)]


@post("/vouchers/{template_id:str}/claim", status_code=201, tags=["promoting"])
async def claim(request: AnyRequest, template_id: PathId) -> Made:
    """Claim one voucher."""
    db = db_of(request)
    async with db.read() as tx:
        actor = await shopper(request, tx)
    return Made(str(await voucher.claim_voucher(db, actor, read_id(template_id, "voucher_template"))))


@get("/wallet", tags=["promoting"])
async def wallet(request: AnyRequest, in_state: str = "CLAIMED") -> WalletView:
    """My vouchers in one state, and my coins."""
    async with db_of(request).read() as tx:
        actor = await shopper(request, tx)
        held = await voucher.list_wallet(tx, actor, in_state)
        coins = (await voucher.get_coins(tx, [actor.id])).get(actor.id, 0)
    return WalletView([_held(each) for each in held], coins)


def _held(each: voucher.HeldVoucher) -> VoucherView:
    return VoucherView(
        str(each.voucher_id), str(each.template_id), str(each.owner_id), each.kind, each.titles,
        terms_view(msgspec.to_builtins(each.terms)), each.valid_from, each.valid_until, each.state,
    )  # fmt: skip


HANDLERS = [list_templates, issue_template, stop_template, send_vouchers, list_claimable, claim, wallet]
