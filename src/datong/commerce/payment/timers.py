"""The clocks of this room, for those who watch over them."""

from datong.kernel.timer import timer

TIMERS = (
    timer("charge", "charge"),
    timer("refund", "refund"),
    timer("payout", "payout"),
)
