"""/shops/…/freight-templates."""

import msgspec
from litestar import post

from datong.commerce import pricing
from datong.surfaces.api_context import PathId, asker
from datong.surfaces.api_views import Made
from datong.surfaces.request_context import AnyRequest, read_id


class FreightPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A freight template."""

    title: str
    template: pricing.FreightTemplate


@post("/shops/{shop_id:str}/freight-templates", status_code=201, tags=["selling"])
async def make_freight(request: AnyRequest, shop_id: PathId, data: FreightPut) -> Made:
    """Make a freight template."""
    db, actor = await asker(request)
    shop = read_id(shop_id, "shop")
    return Made(str(await db.run(pricing.save_freight_template, actor, shop, data.title, data.template)))


HANDLERS = [make_freight]
