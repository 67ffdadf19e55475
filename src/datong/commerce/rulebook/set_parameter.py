"""Setting a parameter: a new row, never a changed one, so that every past decision can be explained."""

from datetime import datetime

import msgspec

from datong.commerce.rulebook.parameters import PLATFORM
from datong.commerce.rulebook.queries import RULES
from datong.kernel.actor import Actor
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.sql import changed_value
from datong.kernel.turns import take_turn
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

PUT = changed_value(
    int,
    """
    insert into parameter_value (version, name, scope_kind, scope_id, effective_from, value, set_by, set_at, reason)
    select coalesce(max(version), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8 from parameter_value
    returning version
    """,
)
MAX_BYTES = 20_000
_TURN = 0x7275_6C65
"""Versions are counted up one decision after another."""


class ScopeUnknown(Invalid):
    """A parameter is set for the whole platform, or for a scope that its readers ask for."""

    code = "rulebook.scope_unknown"


@use_case()
async def set_parameter(
    tx: Tx,
    actor: Actor,
    name: str,
    new: object,
    *,
    scope_kind: str = "platform",
    scope_id: int = 0,
    effective_from: datetime | None = None,
    reason: str = "",
) -> int:
    """Decide a parameter's value from an instant on (now, unless said); answers the rulebook's new version.

    Refuses `NotFound` for an unknown name, `ValueRefused` for a value that does not fit or is out of its bounds,
    `ScopeUnknown` for a scope that nobody reads, and an instant in the past: what was decided under the old value stays
    explained by it.
    """
    actor.must("operator:rulebook:edit")
    parameter = tx.house.parameters.get(name)
    if parameter is None:
        raise NotFound("parameter", name)
    may = {PLATFORM, *parameter.scopes}
    if scope_kind not in may or (scope_kind == PLATFORM) != (scope_id == 0):
        raise ScopeUnknown("scope_kind", ", ".join(sorted(may)))
    if effective_from is not None and effective_from < tx.now:
        raise Invalid("effective_from", "in the past")
    parameter.checked(new)
    if len(msgspec.json.encode(new)) > MAX_BYTES:
        raise Invalid("value", f"at most {MAX_BYTES} bytes")
    start = effective_from or tx.now
    await take_turn(tx, _TURN)
    version = await tx.one(PUT, name, scope_kind, scope_id, start, new, actor.id, tx.now, reason)
    RULES.forget()
    return version
