"""The clocks of this room, for those who watch over them."""

from datong.kernel.timer import timers

TIMERS = timers("takedown", "category_change")
