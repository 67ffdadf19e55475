"""The rulebook: every number the platform decides by, with scope, effective time and version.

Owns parameter values. Calls nothing. Tells `ParameterSet`. A room declares its parameters beside the rule
they feed (`Parameter("order.unpaid_close", Seconds, 86_400, "domain.md §3")`); whoever decides something
keeps the rulebook's version with the decision.
"""

from datong.commerce.rulebook.parameters import Parameter, Rules, Scope, declared
from datong.commerce.rulebook.queries import get_rules, list_history, list_in_force
from datong.commerce.rulebook.set_parameter import set_parameter

__all__ = [
    "Parameter",
    "Rules",
    "Scope",
    "declared",
    "get_rules",
    "list_history",
    "list_in_force",
    "set_parameter",
]
