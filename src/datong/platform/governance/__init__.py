"""Governance: what the platform's own people do is written down, and what is due is watched.

Owns the log of operators' acts. Calls nothing; clocks are declared by the rooms. Tells nothing. An act is recorded
before it is tried and ended with what became of it, each in a transaction of its own: nothing an operator tries goes
unseen, refused or not, and a crash leaves an act that was begun.
"""

from datong.platform.governance.audit_log import begin_act, end_act, list_acts
from datong.platform.governance.timers import list_timers

__all__ = ["begin_act", "end_act", "list_acts", "list_timers"]
