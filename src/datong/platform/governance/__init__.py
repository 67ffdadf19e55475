"""Governance: what the platform's own people do is written down, and what is due is watched.

Owns the log of operators' acts. Calls `order`, `aftersale`, `fulfilment`, `inventory`,
`payment` and `review` for their clocks. Tells nothing. An act is noted
before it is tried and ended with what became of it, each in a transaction of its own: nothing an operator tries goes unseen,
refused or not, and a crash leaves an act that was begun.
"""

from datong.platform.governance.acting import OperatorAct, begin_act, end_act, list_acts
from datong.platform.governance.timing import list_timers

__all__ = ["OperatorAct", "begin_act", "end_act", "list_acts", "list_timers"]
