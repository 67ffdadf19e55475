"""The clocks of this room, for those who watch over them."""

from datong.kernel.timer import timer

TIMERS = (timer("parcel", "parcel"),)
