"""Reading storefronts."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import msgspec

from datong.kernel.cache import CachedTable
from datong.kernel.refusal import NotFound
from datong.kernel.sql import rows
from datong.kernel.tx import Tx


class Storefront(msgspec.Struct, frozen=True):
    """One brand."""

    storefront_id: int
    code: str
    names: dict[str, str]
    taglines: dict[str, str]
    currency: str
    time_zone: str
    languages: list[str]
    theme: str

    @property
    def zone(self) -> ZoneInfo:
        """Where this brand's days begin and end."""
        return ZoneInfo(self.time_zone)


READ_ALL = rows(
    Storefront,
    """
    select storefront_id, code, names, taglines, currency, time_zone, languages, theme
    from storefront order by place, storefront_id
    """,
)


class Storefronts:
    """All brands, in the order in which they are shown."""

    def __init__(self, found: Iterable[Storefront]) -> None:
        self.all = list(found)
        self._by_id = {each.storefront_id: each for each in self.all}
        self._by_code = {each.code: each for each in self.all}

    def get(self, storefront_id: int) -> Storefront:
        """By id; refuses `NotFound`."""
        if storefront_id not in self._by_id:
            raise NotFound("storefront", storefront_id)
        return self._by_id[storefront_id]

    def get_by_code(self, code: str) -> Storefront:
        """By its code in addresses; refuses `NotFound`."""
        if code not in self._by_code:
            raise NotFound("storefront", code)
        return self._by_code[code]


async def _read(tx: Tx) -> Storefronts:
    return Storefronts(await tx.all(READ_ALL))


STOREFRONTS = CachedTable(_read)


async def get_storefronts(tx: Tx) -> Storefronts:
    """All brands; at most two seconds behind what another process changed."""
    return await STOREFRONTS.get(tx)
