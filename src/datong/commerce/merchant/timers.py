"""The clocks of this room, for those who watch over them."""

from datong.kernel.timer import timers

TIMERS = timers("shop", column="dues_by", where="state = 'AWAIT_PAYMENT'")
