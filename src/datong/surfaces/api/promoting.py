"""Promotions, campaigns and vouchers: what merchants and operators offer, and what members claim and hold."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from litestar import get, post, put
from litestar.status_codes import HTTP_200_OK

from datong.commerce import order, pricing, voucher
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid
from datong.surfaces.api.asking import PathId, asker, shopper, who
from datong.surfaces.api.views import Made
from datong.surfaces.request_context import AnyRequest, db_of, read_id

Texts = dict[str, str]


class PromotionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A promotion. `terms`: layer, tiers, reach, funders and so on; ids as decimal strings; 0 is no budget or limit."""

    titles: Texts
    terms: dict[str, Any]
    starts_at: datetime
    ends_at: datetime
    budget: int = 0
    limit_uses: int = 0
    per_buyer: int = 0


class PromotionView(msgspec.Struct, frozen=True):
    """A promotion with what it has committed and spent, in minor units."""

    id: str
    owner_id: str
    version: int
    state: str
    titles: Texts
    terms: dict[str, Any]
    starts_at: datetime
    ends_at: datetime
    budget: int
    committed: int
    limit_uses: int
    used: int
    per_buyer: int
    spent: int


class CampaignView(msgspec.Struct, frozen=True):
    """A campaign of the platform, and whether the shop takes part."""

    promotion: PromotionView
    takes_part: bool


class TemplateBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of vouchers; used within a window or so many days from the claim."""

    kind: str
    titles: Texts
    terms: dict[str, Any]
    total: int
    per_member: int
    claim_from: datetime
    claim_until: datetime
    use_from: datetime | None = None
    use_until: datetime | None = None
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


class TryBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Terms to be tried on the orders of the last days; the platform names the shops."""

    terms: dict[str, Any]
    days: int = 7
    shop_ids: list[str] = []


class SendBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who shall get a voucher."""

    member_ids: list[str]


class TakePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the shop takes part."""

    takes_part: bool = True


def read_terms(raw: Mapping[str, Any]) -> voucher.Terms:
    """Terms out of a body; ids may be strings. Refuses `Invalid` naming what is wrong."""
    try:
        return msgspec.convert(raw, voucher.Terms, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid("terms", str(error)) from None


def terms_view(terms: Mapping[str, Any]) -> dict[str, Any]:
    """Terms as they are sent: ids as decimal strings."""
    shown = dict(terms)
    shown["reach"] = {
        name: [str(each) if isinstance(each, int) else each for each in ids]
        for name, ids in dict(terms.get("reach") or {}).items()
    }
    tiers = []
    for tier in terms.get("tiers") or []:
        gift = tier.get("gift")
        ids = {"product_id": str(gift["product_id"]), "sku_id": str(gift["sku_id"])} if gift else {}
        tiers.append(tier | ({"gift": gift | ids} if gift else {}))
    return shown | {"tiers": tiers}


def _view(each: pricing.Promotion) -> PromotionView:
    return PromotionView(
        str(each.promotion_id), str(each.owner_id), each.version, each.state, each.titles, terms_view(each.terms),
        each.starts_at, each.ends_at, each.budget, each.committed, each.limit_uses, each.used, each.per_buyer, each.spent,
    )  # fmt: skip


def _template(each: voucher.VoucherTemplate) -> TemplateView:
    return TemplateView(
        str(each.template_id), str(each.owner_id), each.kind, each.titles, terms_view(each.terms), each.total,
        each.claimed, each.per_member, each.claim_from, each.claim_until, each.is_stopped,
    )  # fmt: skip


def _draft(data: PromotionBody) -> pricing.PromotionDraft:
    return pricing.PromotionDraft(
        data.titles, read_terms(data.terms), data.starts_at, data.ends_at, data.budget, data.limit_uses, data.per_buyer
    )


def owner_of(shop_id: str) -> int:
    """Whose promotions: a shop's, or the platform's."""
    return 0 if shop_id == "platform" else read_id(shop_id, "shop")


Owner = str
"""A shop's id, or `platform`."""


@get("/owners/{owner:str}/promotions", tags=["promoting"])
async def list_promotions(request: AnyRequest, owner: Owner) -> list[PromotionView]:
    """A shop's promotions, or (`platform`) the platform's, the last to end first."""
    async with db_of(request).read() as tx:
        return [_view(each) for each in await pricing.list_promotions(tx, await who(request, tx), owner_of(owner))]


@post("/owners/{owner:str}/promotions", status_code=201, tags=["promoting"])
async def make_promotion(request: AnyRequest, owner: Owner, data: PromotionBody) -> Made:
    """Put a promotion in force from its start."""
    db, actor = await asker(request)
    owner_id = owner_of(owner)
    actor.must(*voucher.right_of(owner_id, "edit"))
    async with db.begin(bucket_of(owner_id)) as tx:
        return Made(str(await pricing.make_promotion(tx, actor, owner_id, _draft(data))))


@put("/owners/{owner:str}/promotions/{promotion_id:str}", status_code=204, tags=["promoting"])
async def change_promotion(
    request: AnyRequest, owner: Owner, promotion_id: PathId, version: int, data: PromotionBody
) -> None:
    """Change a promotion; `version` is the one that was seen."""
    db, actor = await asker(request)
    owner_id, each = owner_of(owner), read_id(promotion_id, "promotion")
    actor.must(*voucher.right_of(owner_id, "edit"))
    async with db.begin(bucket_of(owner_id)) as tx:
        await pricing.change_promotion(tx, actor, owner_id, each, version, _draft(data))


@post("/owners/{owner:str}/promotions/{promotion_id:str}/stop", status_code=204, tags=["promoting"])
async def stop_promotion(request: AnyRequest, owner: Owner, promotion_id: PathId) -> None:
    """Take a promotion out of force at once."""
    db, actor = await asker(request)
    owner_id = owner_of(owner)
    async with db.begin(bucket_of(owner_id)) as tx:
        await pricing.stop_promotion(tx, actor, owner_id, read_id(promotion_id, "promotion"))


@post("/owners/{owner:str}/promotions/dry-run", status_code=HTTP_200_OK, tags=["promoting"])
async def try_promotion(request: AnyRequest, owner: Owner, data: TryBody) -> order.Simulation:
    """What these terms would have cost on the orders of the last days."""
    async with db_of(request).read() as tx:
        actor = await who(request, tx)
        actor.must(*voucher.right_of(owner_of(owner), "edit"))
        shop_ids = [read_id(each, "shop") for each in data.shop_ids]
        return await order.simulate_promotion(tx, actor, owner_of(owner), read_terms(data.terms), shop_ids, data.days)


@get("/shops/{shop_id:str}/campaigns", tags=["promoting"])
async def list_campaigns(request: AnyRequest, shop_id: PathId) -> list[CampaignView]:
    """Campaigns of the platform that a shop may take part in."""
    async with db_of(request).read() as tx:
        found = await pricing.list_open_campaigns(tx, await who(request, tx), read_id(shop_id, "shop"))
    return [CampaignView(_view(each), takes_part) for each, takes_part in found]


@post("/shops/{shop_id:str}/campaigns/{promotion_id:str}", status_code=204, tags=["promoting"])
async def take_part(request: AnyRequest, shop_id: PathId, promotion_id: PathId, data: TakePart) -> None:
    """Take part in a campaign, and bear the shop's share of it; or leave."""
    db, actor = await asker(request)
    shop, each = read_id(shop_id, "shop"), read_id(promotion_id, "promotion")
    async with db.begin(bucket_of(shop)) as tx:
        await pricing.enrol_shop(tx, actor, shop, each, takes_part=data.takes_part)


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
    async with db.begin(bucket_of(owner_id)) as tx:
        return Made(str(await voucher.issue_template(tx, actor, owner_id, draft)))


@post("/owners/{owner:str}/voucher-templates/{template_id:str}/stop", status_code=204, tags=["promoting"])
async def stop_template(request: AnyRequest, owner: Owner, template_id: PathId) -> None:
    """No more of these are claimed; what was claimed stays good."""
    db, actor = await asker(request)
    owner_id = owner_of(owner)
    async with db.begin(bucket_of(owner_id)) as tx:
        await voucher.stop_template(tx, actor, owner_id, read_id(template_id, "voucher_template"))


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


HANDLERS = [
    list_promotions, make_promotion, change_promotion, stop_promotion, try_promotion, list_campaigns, take_part,
    list_templates, issue_template, stop_template, send_vouchers, list_claimable, claim, wallet,
]  # fmt: skip
