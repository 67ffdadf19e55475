"""The numbers of orders on the first page of the workbench."""

from datong.commerce import order
from datong.kernel.actor import Actor
from datong.kernel.tx import Tx
from datong.surfaces.order.labels import SELLER_TAB_LABELS, SELLER_TABS
from datong.surfaces.window import Tiles

COUNTED = tuple(tab for tab, states in SELLER_TABS.items() if states)


async def count_by_tab(tx: Tx, actor: Actor, shop_id: int) -> list[int]:
    """How many orders of a shop each tab of its list holds."""
    by_state = await order.count_seller_orders(tx, actor, shop_id)
    return [sum(by_state[state] for state in SELLER_TABS[tab]) for tab in COUNTED]


TILES = Tiles(
    desk="workbench", right="order:read", order=10, count=count_by_tab,
    entries=tuple((SELLER_TAB_LABELS[tab], f"/orders?tab={tab}") for tab in COUNTED),
)  # fmt: skip
