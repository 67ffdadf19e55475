"""Reading storefronts."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import msgspec

from datong.commerce.storefront.look import Look, complete_look
from datong.commerce.storefront.states import StorefrontState
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
    """A word of earlier releases for its colours; `look` has them."""
    state: str = "LIVE"
    version: int = 1
    """Grows with every change: what a conditional write and the address of its stylesheet name."""
    look: dict[str, str] = {}

    @property
    def colours(self) -> Look:
        """Its look, complete."""
        return complete_look(msgspec.convert(self.look, Look))

    @property
    def is_shown(self) -> bool:
        """Whether everyone may look at it."""
        return self.state in {StorefrontState.LIVE, StorefrontState.PAUSED}

    @property
    def is_trading(self) -> bool:
        """Whether it takes orders and shops."""
        return self.state == StorefrontState.LIVE

    @property
    def zone(self) -> ZoneInfo:
        """Where this brand's days begin and end."""
        return ZoneInfo(self.time_zone)


NOWHERE = Storefront(0, "", {}, {}, "CNY", "Asia/Shanghai", ["en", "zh"], "", "DRAFT")
"""What stands for the first storefront in a database that has none yet."""
READ_ALL = rows(
    Storefront,
    """
    select storefront_id, code, names, taglines, currency, time_zone, languages, theme, state, version, look
    from storefront order by place, storefront_id
    """,
)


class Storefronts:
    """All brands, in the order in which they are shown."""

    def __init__(self, found: Iterable[Storefront]) -> None:
        self.all = list(found)
        """Every one that ever was: what names a storefront stays explained."""
        self.shown = [each for each in self.all if each.is_shown]
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

    @property
    def home(self) -> Storefront:
        """The first one, of which the platform's own money is (its promotions and coins), and its days."""
        return self.all[0] if self.all else NOWHERE

    @property
    def hidden_ids(self) -> list[int]:
        """Those that nobody but staff sees."""
        return [each.storefront_id for each in self.all if not each.is_shown]


async def _read(tx: Tx) -> Storefronts:
    return Storefronts(await tx.all(READ_ALL))


STOREFRONTS = CachedTable(_read)


async def get_storefronts(tx: Tx) -> Storefronts:
    """All brands; at most two seconds behind what another process changed."""
    return await STOREFRONTS.get(tx)
