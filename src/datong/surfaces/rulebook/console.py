"""The rulebook in the console.

What is in force in every scope, what would change, from when, and every decision before.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import catalog, member, rulebook
from datong.commerce.storefront import get_storefronts
from datong.kernel.refusal import Invalid, NotFound, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.console_frame import console_page, enter
from datong.surfaces.error_responses import status_of
from datong.surfaces.forms import read_form, read_number
from datong.surfaces.page_rendering import PageContext, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, db_of, pick, sender
from datong.surfaces.rulebook.labels import WHOLE

MAX_VALUE = 20_000


@get("/console/rulebook", include_in_schema=False)
async def parameters(request: AnyRequest, q: str = "") -> Template:
    """Every number the platform decides by, with its source; those that were changed say so."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx, "rulebook:edit")
        rules, now = await rulebook.get_rules(tx), tx.now
        words = q.strip().lower()
        found = [
            (each, _shown(rules.platform_value(each, now)), bool(rules.history(name)))
            for name, each in sorted(tx.house.parameters.items())
            if words in name or words in each.source.lower()
        ]
        history = await rulebook.list_history(tx, "", "", 10)
    return console_page(seen, "rulebook/rulebook", found=found, q=q, history=history.items, version=rules.version)


def _shown(value: object) -> str:
    return msgspec.json.encode(msgspec.to_builtins(value)).decode()


async def _places(tx: Tx, seen: PageContext, scopes: Collection[str]) -> list[tuple[str, str]]:
    """Every scope a value may be set for, as one choice: `kind:id`; only those that its readers ask for."""
    places = [("platform:0", seen.say(WHOLE["platform"]))]
    brands = [each for each in (await get_storefronts(tx)).all if each.state != "CLOSED"]
    places += [(f"storefront:{each.storefront_id}", pick(each.names, seen.language)) for each in brands]
    book = await catalog.get_category_book(tx)
    places += [(f"vertical:{each.vertical_id}", pick(each.names, seen.language)) for each in book.verticals.values()]
    places += [(f"category:{each.category_id}", pick(each.names, seen.language)) for each in book.children(0)]
    return [(place, label) for place, label in places if place.partition(":")[0] in {"platform", *scopes}]


async def _parameter(
    request: AnyRequest, tx: Tx, name: str, typed: dict[str, str], *, is_tried: bool = False,
    refusal: Refusal | None = None
) -> Template:  # fmt: skip
    seen = await enter(request, tx, "rulebook:edit")
    parameter = tx.house.parameters.get(name)
    if parameter is None:
        raise NotFound("parameter", name[:80])
    places = await _places(tx, seen, parameter.scopes)
    in_force = await rulebook.list_in_force(tx, name)
    history = (await rulebook.list_history(tx, name, "", 30)).items
    place = typed.get("place", "platform:0")
    before = next((each for each in in_force if f"{each.scope_kind}:{each.scope_id}" == place), in_force[0])
    return console_page(
        seen, "rulebook/parameter", status_of(refusal) if refusal else 200, parameter=parameter, places=places,
        labels=dict(places), in_force=[(each, _shown(each.value)) for each in in_force], typed=typed, is_tried=is_tried,
        history=[(each, _shown(each.value)) for each in history], was=_shown(before.value), place=place,
        names=await member.get_names(tx, [each.set_by for each in history if each.set_by]), now=tx.now,
        value=typed.get("value") or _shown(before.value),
        problem=refusal_text(refusal, seen.language) if refusal else "",
    )  # fmt: skip


@get("/console/rulebook/{name:str}", include_in_schema=False)
async def parameter_page(request: AnyRequest, name: str) -> Template:
    """One parameter: its values by scope, its history, and a form for a new value."""
    async with db_of(request).read() as tx:
        return await _parameter(request, tx, name, dict(request.query_params))


@post("/console/rulebook/{name:str}", include_in_schema=False)
async def change(request: AnyRequest, name: str) -> Redirect | Template:
    """See what would change, or decide it."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request, is_fresh=True)
    actor.must("operator:rulebook:edit")
    parameter = db.house.parameters.get(name)
    if parameter is None:
        raise NotFound("parameter", name[:80])
    try:
        value = _read_value(form.get("value", ""))
        parameter.checked(value)
        kind, _, scope_id = form.get("place", "").partition(":")
        async with db.read() as tx:
            brands = await get_storefronts(tx)
        set_for = next((each for each in brands.all if f"storefront:{each.storefront_id}" == form.get("place")), None)
        start = _read_start(form, db.now(), (set_for or brands.home).zone)
        if form.get("intent") != "set":
            async with db.read() as tx:
                return await _parameter(request, tx, name, form, is_tried=True)
        reason = _read_reason(form)
        await db.run(rulebook.set_parameter, actor, name, value, scope_kind=kind,
        scope_id=read_number({"scope": scope_id}, "scope", 0),
            effective_from=start, reason=reason,
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refusal:
        async with db.read() as tx:
            return await _parameter(request, tx, name, form, refusal=refusal)
    return redirect_to(f"/console/rulebook/{name}")


def _read_reason(form: dict[str, str]) -> str:
    reason = form.get("reason", "").strip()[:300]
    if not reason:
        raise Invalid("reason", "say why")
    return reason


def _read_value(text: str) -> Any:  # noqa: ANN401 - whatever the parameter's type is
    if len(text) > MAX_VALUE:
        raise Invalid("value", f"at most {MAX_VALUE} characters")
    try:
        return msgspec.json.decode(text)
    except msgspec.MsgspecError:
        raise Invalid("value", 'as JSON: 12, true, "text", [1, 2] or {"a": 1}') from None


def _read_start(form: dict[str, str], now: datetime, zone: ZoneInfo) -> datetime | None:
    """From when: now, or an instant in a storefront's zone as the browser's field gives it."""
    text = form.get("effective_from", "").strip()
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("effective_from", "a date and time") from None
    zoned = at if at.tzinfo else at.replace(tzinfo=zone)
    if zoned < now:
        raise Invalid("effective_from", "in the past")
    return zoned


HANDLERS = [parameters, parameter_page, change]
