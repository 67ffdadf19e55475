"""The verticals that every installation starts with."""

from datong.commerce.catalog import Vertical, save_verticals
from datong.kernel.actor import SYSTEM
from datong.kernel.tx import Tx
from datong.loading.goods_of_the_town import VERTICALS


async def save_town_verticals(tx: Tx) -> None:
    """The seventeen of domain.md §2."""
    drafts = [Vertical(number, code, {"en": en, "zh": zh}, emblem) for number, code, en, zh, emblem, _ in VERTICALS]
    await save_verticals(tx, SYSTEM, drafts)
