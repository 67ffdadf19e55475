"""Opening a storefront, and changing what it is called and looks like."""

from datong.commerce.storefront.queries import STOREFRONTS, Storefront
from datong.kernel.actor import Actor
from datong.kernel.sql import command
from datong.kernel.tx import Tx

PUT = command(
    """
    insert into storefront (storefront_id, code, names, taglines, currency, time_zone, languages, theme, place)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict (storefront_id) do update set
        names = excluded.names, taglines = excluded.taglines, languages = excluded.languages,
        theme = excluded.theme, place = excluded.place
    """
)


async def open_storefront(tx: Tx, actor: Actor, brand: Storefront, place: int) -> None:
    """Open a brand, or change its names, languages, theme and place; code, currency and zone stay."""
    actor.must("operator:storefront:edit")
    await tx.run(
        PUT, brand.storefront_id, brand.code, brand.names, brand.taglines, brand.currency, brand.time_zone,
        brand.languages, brand.theme, place,
    )  # fmt: skip
    STOREFRONTS.forget()
