"""The rulebook: every number the platform decides by, with scope, effective time and version.

Owns parameter values. Calls nothing. Tells `StandingChanged` for rooms that measure. A room declares its parameters
beside the rule they feed (`Parameter("order.unpaid_close", Seconds, 86_400, "domain.md §3")`); whoever decides
something keeps the rulebook's version with the decision. Gates and fees ask for a measure of a shop, a product or a
member by name (`read_standing`); rooms above provide measures through the port `Standing`.
"""

from datong.commerce.rulebook.parameters import ALL_SCOPES, Parameter, Rules, Scope, declared
from datong.commerce.rulebook.queries import find_in_force, get_rules, list_history, list_in_force
from datong.commerce.rulebook.set_parameter import set_parameter
from datong.commerce.rulebook.standings import (
    Standing,
    StandingUnknown,
    StandingValue,
    read_standing,
    tell_standing,
)

__all__ = [
    "ALL_SCOPES",
    "Parameter",
    "Rules",
    "Scope",
    "Standing",
    "StandingUnknown",
    "StandingValue",
    "declared",
    "find_in_force",
    "get_rules",
    "list_history",
    "list_in_force",
    "read_standing",
    "set_parameter",
    "tell_standing",
]
