"""Keeping a shop's freight templates."""

from collections.abc import Iterable

import msgspec

from datong.commerce.pricing.freight import FreightTemplate, check_template
from datong.kernel.actor import Actor
from datong.kernel.cache import TtlCache
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Conflict, NotFound
from datong.kernel.sql import command, rows
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

MAX_TEMPLATES = 50


class TooManyTemplates(Conflict):
    """A shop keeps at most 50 freight templates."""

    code = "pricing.too_many_templates"


class KeptTemplate(msgspec.Struct, frozen=True):
    """A template as it is kept."""

    template_id: int
    shop_id: int
    title: str
    body: dict[str, object]


LIST = rows(
    KeptTemplate,
    """
    select template_id, shop_id, title, body from freight_template
    where bkt = $1 and shop_id = $2 order by template_id limit 50
    """,
)
GET_MANY = rows(
    KeptTemplate,
    "select template_id, shop_id, title, body from freight_template where bkt = any($1) and template_id = any($2)",
)
PUT = command(
    """
    insert into freight_template (bkt, template_id, shop_id, title, body, changed_at)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (bkt, template_id) do update set title = $4, body = $5, changed_at = $6
    where freight_template.shop_id = $3
    """
)


@use_case("shop_id")
async def save_freight_template(
    tx: Tx, actor: Actor, shop_id: int, title: str, template: FreightTemplate, template_id: int = 0
) -> int:
    """Make a template, or change one of the shop's own; answers its id."""
    actor.must("shop:product:edit", shop_id)
    check_template(template)
    if not template_id and len(await tx.all(LIST, bucket_of(shop_id), shop_id)) >= MAX_TEMPLATES:
        raise TooManyTemplates
    used = template_id or tx.new_id()
    if not await tx.run(PUT, bucket_of(shop_id), used, shop_id, title[:60], template, tx.now):
        raise NotFound("freight_template", used)
    TEMPLATES.forget(used)
    return used


async def list_freight_templates(tx: Tx, actor: Actor, shop_id: int) -> list[KeptTemplate]:
    """A shop's templates."""
    actor.must("shop:product:read", shop_id)
    return await tx.all(LIST, bucket_of(shop_id), shop_id)


async def get_freight_templates(tx: Tx, template_ids: Iterable[int]) -> dict[int, FreightTemplate]:
    """Templates by id; 0 and unknown ones are missing, which means free."""
    wanted = sorted({each for each in template_ids if each})
    if not wanted:
        return {}
    found = await tx.all(GET_MANY, sorted({bucket_of(each) for each in wanted}), wanted)
    return {each.template_id: msgspec.convert(each.body, FreightTemplate) for each in found}


TEMPLATES = TtlCache(get_freight_templates)
"""Templates by id, at most two seconds old."""
