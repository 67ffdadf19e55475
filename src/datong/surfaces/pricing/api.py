"""Promotions, campaigns and vouchers: what merchants and operators offer, and what members claim and hold."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import get, post, put
from litestar.status_codes import HTTP_200_OK

from datong.commerce import order, pricing, voucher
from datong.surfaces.api_context import Instant, PathId, asker, who
from datong.surfaces.api_views import Made
from datong.surfaces.pricing.terms_api import Owner, Texts, owner_of, read_terms, terms_view
from datong.surfaces.request_context import AnyRequest, db_of, read_id


class PromotionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A promotion. `terms`: layer, tiers, reach, funders and so on; ids as decimal strings; 0 is no budget or limit."""

    titles: Texts
    terms: dict[str, Any]
    starts_at: Instant
    ends_at: Instant
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


class TryBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Terms to be tried on the orders of the last days; the platform names the shops."""

    terms: dict[str, Any]
    days: int = 7
    shop_ids: list[str] = []


class TakePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the shop takes part."""

    takes_part: bool = True


def _view(each: pricing.Promotion) -> PromotionView:
    return PromotionView(
        str(each.promotion_id), str(each.owner_id), each.version, each.state, each.titles, terms_view(each.terms),
        each.starts_at, each.ends_at, each.budget, each.committed, each.limit_uses, each.used, each.per_buyer,
        each.spent,
    )  # fmt: skip


def _draft(data: PromotionBody) -> pricing.PromotionDraft:
    return pricing.PromotionDraft(
        data.titles, read_terms(data.terms), data.starts_at, data.ends_at, data.budget, data.limit_uses, data.per_buyer
    )


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
    return Made(str(await db.run(pricing.make_promotion, actor, owner_id, _draft(data))))


@put("/owners/{owner:str}/promotions/{promotion_id:str}", status_code=204, tags=["promoting"])
async def change_promotion(
    request: AnyRequest, owner: Owner, promotion_id: PathId, version: int, data: PromotionBody
) -> None:
    """Change a promotion; `version` is the one that was seen."""
    db, actor = await asker(request)
    owner_id, each = owner_of(owner), read_id(promotion_id, "promotion")
    actor.must(*voucher.right_of(owner_id, "edit"))
    await db.run(pricing.change_promotion, actor, owner_id, each, version, _draft(data))


@post("/owners/{owner:str}/promotions/{promotion_id:str}/stop", status_code=204, tags=["promoting"])
async def stop_promotion(request: AnyRequest, owner: Owner, promotion_id: PathId) -> None:
    """Take a promotion out of force at once."""
    db, actor = await asker(request)
    owner_id = owner_of(owner)
    await db.run(pricing.stop_promotion, actor, owner_id, read_id(promotion_id, "promotion"))


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
    await db.run(pricing.enrol_shop, actor, shop, each, takes_part=data.takes_part)


HANDLERS = [list_promotions, make_promotion, change_promotion, stop_promotion, try_promotion, list_campaigns, take_part]
