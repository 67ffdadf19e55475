"""The clocks of this room, for those who watch over them."""

from datong.kernel.timer import timer

TIMERS = (
    timer("shop_order", "shop_order"),
    timer("deposit", "deposit"),
)
