"""Reading the rulebook: all of it, kept in memory and read again every other second."""

from datetime import datetime

import msgspec

from datong.commerce.rulebook.parameters import Rules, SetValue
from datong.kernel.cache import CachedTable
from datong.kernel.paging import Page, clamp_limit, decode_cursor, make_page
from datong.kernel.refusal import NotFound
from datong.kernel.sql import rows
from datong.kernel.tx import Tx

READ_ALL = rows(
    SetValue,
    "select version, name, scope_kind, scope_id, effective_from, value from parameter_value order by version",
)


class ParameterHistory(msgspec.Struct, frozen=True):
    """One decision about a parameter."""

    version: int
    name: str
    scope_kind: str
    scope_id: int
    effective_from: datetime
    value: object
    set_by: int
    set_at: datetime
    reason: str


HISTORY = rows(
    ParameterHistory,
    """
    select version, name, scope_kind, scope_id, effective_from, value, set_by, set_at, reason
    from parameter_value where version < $1 and ($2 = '' or name = $2) order by version desc limit $3
    """,
)


async def _read(tx: Tx) -> Rules:
    return Rules(await tx.all(READ_ALL))


RULES = CachedTable(_read)


async def get_rules(tx: Tx) -> Rules:
    """The rulebook as it stands; at most two seconds behind what another process set."""
    return await RULES.get(tx)


async def list_history(tx: Tx, name: str = "", cursor: str = "", limit: int = 50) -> Page[ParameterHistory]:
    """Decisions, newest first, of one parameter or of all."""
    (before,) = decode_cursor(cursor, [2**62])
    found = await tx.all(HISTORY, before, name, clamp_limit(limit) + 1)
    return make_page(found, limit, lambda row: [row.version])


class InForce(msgspec.Struct, frozen=True):
    """A parameter's value in one scope at one instant, and which version set it (0: the default)."""

    scope_kind: str
    scope_id: int
    value: object
    version: int


async def list_in_force(tx: Tx, name: str) -> list[InForce]:
    """What a parameter says now: its default, and in every scope that has a value of its own. Refuses `NotFound`."""
    parameter = tx.house.parameters.get(name)
    if parameter is None:
        raise NotFound("parameter", name)
    found = {("platform", 0): InForce("platform", 0, msgspec.to_builtins(parameter.default), 0)}
    for each in (await get_rules(tx)).history(name):
        if each.effective_from <= tx.now:
            found[each.scope_kind, each.scope_id] = InForce(each.scope_kind, each.scope_id, each.value, each.version)
    return list(found.values())


async def find_in_force(tx: Tx, name: str, scope_kind: str, scope_id: int) -> InForce:
    """What a parameter says now in one scope, or for the whole platform where that has no value of its own.

    Narrower scopes (a category of the storefront) are not looked at. Refuses `NotFound`.
    """
    found = {(each.scope_kind, each.scope_id): each for each in await list_in_force(tx, name)}
    return found.get((scope_kind, scope_id), found["platform", 0])
