"""/operator/parameters: the numbers that the platform decides by."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import get, put

from datong.commerce import rulebook
from datong.surfaces.api_context import Cursor, Instant, Limit, asker, who
from datong.surfaces.api_views import PageView
from datong.surfaces.request_context import AnyRequest, db_of, read_id


class ParameterView(msgspec.Struct, frozen=True):
    """A parameter: its default, where it comes from, and its value for the whole platform now."""

    name: str
    default: Any
    value: Any
    source: str
    scopes: list[str]
    """What it may be set for beside the whole platform: storefront, vertical, category."""
    least: float | None
    most: float | None
    """The bounds of each number in it."""


class ParameterPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A parameter's value from an instant on."""

    value: Any
    scope_kind: str = "platform"
    scope_id: str = "0"
    effective_from: Instant | None = None
    reason: str = ""


class VersionView(msgspec.Struct, frozen=True):
    """The rulebook's version."""

    version: int


class HistoryView(msgspec.Struct, frozen=True):
    """One decision of the rulebook."""

    version: int
    name: str
    scope_kind: str
    scope_id: str
    effective_from: datetime
    value: Any
    set_by: str
    set_at: datetime
    reason: str


@get("/operator/parameters", tags=["operating"])
async def parameters(request: AnyRequest) -> list[ParameterView]:
    """Every parameter of the platform."""
    async with db_of(request).read() as tx:
        (await who(request, tx)).must("operator:rulebook:edit")
        rules, now = await rulebook.get_rules(tx), tx.now
    return [
        ParameterView(
            name,
            each.default,
            rules.platform_value(each, now),
            each.source,
            sorted(each.scopes),
            *(each.bounds or (None, None)),
        )
        for name, each in sorted(tx.house.parameters.items())
    ]


@put("/operator/parameters/{name:str}", tags=["operating"])
async def put_parameter(request: AnyRequest, name: str, data: ParameterPut) -> VersionView:
    """Decide a parameter's value."""
    db, actor = await asker(request)
    scope_id = 0 if data.scope_id == "0" else read_id(data.scope_id, "scope")
    version = await db.run(
        rulebook.set_parameter, actor, name, data.value, scope_kind=data.scope_kind, scope_id=scope_id,
        effective_from=data.effective_from, reason=data.reason,
    )  # fmt: skip
    return VersionView(version)


@get("/operator/parameter-history", tags=["operating"])
async def history(request: AnyRequest, name: str = "", cursor: Cursor = "", limit: Limit = 50) -> PageView[HistoryView]:
    """Decisions of the rulebook, newest first."""
    async with db_of(request).read() as tx:
        (await who(request, tx)).must("operator:rulebook:edit")
        page = await rulebook.list_history(tx, name, cursor, limit)
    items = [
        HistoryView(
            each.version, each.name, each.scope_kind, str(each.scope_id), each.effective_from, each.value,
            str(each.set_by), each.set_at, each.reason,
        )
        for each in page.items
    ]  # fmt: skip
    return PageView(items, page.next_cursor)


HANDLERS = [parameters, put_parameter, history]
