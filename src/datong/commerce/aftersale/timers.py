"""The clocks of this room, for those who watch over them."""

from datong.kernel.timer import timer

TIMERS = (
    timer("refund_case", "refund_case"),
    timer("dispute", "dispute"),
)
