"""How a qualification is shown: with the name of its brand or permit, and the days on which it is valid."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from datong.commerce import catalog, merchant
from datong.commerce.qualification import BRAND, Qualification
from datong.commerce.storefront import get_storefronts
from datong.kernel.tx import Tx
from datong.surfaces.labels import worded
from datong.surfaces.language import day
from datong.surfaces.qualification.labels import LEVELS, PERMITS
from datong.surfaces.request_context import pick

SECOND = timedelta(seconds=1)


class QualificationCard(msgspec.Struct, frozen=True):
    """A qualification with its words in a language."""

    row: Qualification
    title: str
    level: str
    first_day: str
    last_day: str
    """Empty: until it is revoked."""
    shop: merchant.Shop

    @property
    def is_brand(self) -> bool:
        """Whether it is the authorisation of a brand."""
        return self.row.kind == BRAND


async def cards_of(tx: Tx, found: Sequence[Qualification], language: str) -> list[QualificationCard]:
    """Qualifications as cards, in the order given."""
    brands = await catalog.get_brands(tx, {each.brand_id for each in found})
    shops = await merchant.get_shops(tx, {each.shop_id for each in found})
    storefronts = await get_storefronts(tx)
    levels, permits = worded(LEVELS, language), worded(PERMITS, language)

    def title_of(each: Qualification) -> str:
        if each.kind != BRAND:
            return permits.get(each.kind, each.kind)
        return pick(brands[each.brand_id].names, language) if each.brand_id in brands else str(each.brand_id)

    return [
        QualificationCard(
            each, title_of(each), levels.get(each.level, ""), day(each.valid_from, language, zone),
            day(each.valid_until - SECOND, language, zone) if each.valid_until else "", shops[each.shop_id],
        )
        for each in found
        for zone in [storefronts.get(shops[each.shop_id].storefront_id).time_zone]
    ]  # fmt: skip


def day_after(valid_until: datetime, zone: ZoneInfo) -> str:
    """The first day that a term does not cover, as forms have it."""
    return valid_until.astimezone(zone).date().isoformat()
