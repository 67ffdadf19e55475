"""Storefronts in the console: the list, the form that opens or changes one, its life, and the rules in force in it."""

import secrets
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import rulebook, storefront
from datong.commerce.storefront import Look, Storefront, StorefrontDraft, StorefrontState
from datong.kernel.refusal import Invalid, NotFound, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.console_frame import console_page, enter
from datong.surfaces.error_responses import status_of
from datong.surfaces.forms import read_form, read_number
from datong.surfaces.labels import worded
from datong.surfaces.page_rendering import redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, db_of, read_id, sender
from datong.surfaces.storefront.labels import LANGUAGE_NAMES, LOOK_FIELDS, MOVE_OUTCOMES, MOVE_WORDS, STOREFRONT_STATES

Form = dict[str, str]
RIGHT = "operator:storefront:edit"
FIRST_ACCENT = "#0f766e"
MAX_SHOWN = 120


@get("/console/storefronts", include_in_schema=False)
async def storefronts(request: AnyRequest) -> Template:
    """Every storefront there is or was."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx, "storefront:edit")
        found = (await storefront.get_storefronts(tx)).all
    return console_page(seen, "storefront/storefronts", found=found, states=worded(STOREFRONT_STATES, seen.language))


def _typed_of(brand: Storefront) -> Form:
    """A storefront as its form shows it."""
    look = brand.colours
    is_derived = storefront.complete_look(Look(look.accent)) == look
    return (
        {
            "code": brand.code, "currency": brand.currency, "time_zone": brand.time_zone,
            "version": str(brand.version), "accent": look.accent,
        }
        | {f"name_{each}": brand.names.get(each, "") for each in storefront.LANGUAGES}
        | {f"tagline_{each}": brand.taglines.get(each, "") for each in storefront.LANGUAGES}
        | {f"language_{each}": "1" for each in brand.languages}
        | ({"is_derived": "1"} if is_derived else {name: getattr(look, name) for name in LOOK_FIELDS})
    )  # fmt: skip


FIRST = {
    "currency": "CNY", "time_zone": "Asia/Shanghai", "language_en": "1", "language_zh": "1", "accent": FIRST_ACCENT,
    "is_derived": "1",
}  # fmt: skip


def _read_look(form: Form) -> Look:
    rest = {} if "is_derived" in form else {name: form.get(name, "").strip().lower() for name in LOOK_FIELDS}
    return Look(form.get("accent", "").strip().lower(), **rest)


def _read_draft(form: Form) -> StorefrontDraft:
    return StorefrontDraft(
        form.get("code", "").strip(),
        {each: form.get(f"name_{each}", "").strip() for each in storefront.LANGUAGES},
        {each: form.get(f"tagline_{each}", "").strip() for each in storefront.LANGUAGES},
        form.get("currency", "").strip(),
        form.get("time_zone", "").strip(),
        [each for each in storefront.LANGUAGES if f"language_{each}" in form],
        _read_look(form),
    )


def _preview_of(typed: Form) -> str:
    """The address of the stylesheet that shows what is typed; nothing where it is no look."""
    try:
        look = storefront.complete_look(_read_look(typed))
    except Refusal:
        return ""
    return "/console/storefront-look.css?" + urlencode(msgspec.to_builtins(look))


async def _form(
    request: AnyRequest, tx: Tx, brand_id: str, typed: Form | None = None, refusal: Refusal | None = None
) -> Template:
    """The form of a new storefront (`brand_id` empty) or of one that is there, as typed or as it stands."""
    seen = await enter(request, tx, "storefront:edit")
    brand = (await storefront.get_storefronts(tx)).get(read_id(brand_id, "storefront")) if brand_id else None
    typed = typed if typed is not None else _typed_of(brand) if brand else FIRST
    states = worded(STOREFRONT_STATES, seen.language)
    moves = sorted(storefront.MOVES[StorefrontState(brand.state)]) if brand else []
    return console_page(
        seen, "storefront/storefront", status_of(refusal) if refusal else 200, brand=brand, typed=typed, states=states,
        currencies=[(each, each) for each in sorted(storefront.HUNDREDTHS)], preview=_preview_of(typed),
        languages=list(worded(LANGUAGE_NAMES, seen.language).items()),
        look_fields=list(worded(LOOK_FIELDS, seen.language).items()),
        moves=[(each.value, seen.say(MOVE_WORDS[each]), seen.say(MOVE_OUTCOMES[each])) for each in moves],
        rules=await _rules_of(tx, brand.storefront_id) if brand else [],
        request_key=typed.get("request_key") or secrets.token_urlsafe(16),
        problem=refusal_text(refusal, seen.language) if refusal else "",
    )  # fmt: skip


async def _rules_of(tx: Tx, storefront_id: int) -> list[dict[str, Any]]:
    """What may be set for a storefront: its value there now, and where it comes from; its own decisions first."""
    found: list[dict[str, Any]] = []
    for name, each in sorted(tx.house.parameters.items()):
        if "storefront" not in each.scopes:
            continue
        row = await rulebook.find_in_force(tx, name, "storefront", storefront_id)
        text = msgspec.json.encode(row.value).decode()
        found.append(
            {
                "name": name, "value": text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…",
                "source": each.source, "version": row.version, "is_own": row.scope_kind == "storefront",
            }
        )  # fmt: skip
    return sorted(found, key=lambda rule: (not rule["is_own"], not rule["name"].startswith("merchant."), rule["name"]))


@get("/console/storefronts/new", include_in_schema=False)
async def new(request: AnyRequest) -> Template:
    """The form of a new storefront."""
    async with db_of(request).read() as tx:
        return await _form(request, tx, "")


@get("/console/storefronts/{storefront_id:str}", include_in_schema=False)
async def one(request: AnyRequest, storefront_id: str) -> Template:
    """One storefront: what it says and looks like, its life, its rules."""
    async with db_of(request).read() as tx:
        return await _form(request, tx, storefront_id)


@post("/console/storefronts", include_in_schema=False)
async def open_one(request: AnyRequest) -> Redirect | Template:
    """See how it would look, or draft it."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request, is_fresh=True)
    actor.must(RIGHT)
    try:
        if form.get("intent") == "try":
            storefront.complete_look(_read_look(form))
            async with db.read() as tx:
                return await _form(request, tx, "", form)
        made = await db.run(storefront.open_storefront, actor, _read_draft(form), form.get("request_key", ""))
    except Refusal as refusal:
        async with db.read() as tx:
            return await _form(request, tx, "", form, refusal)
    return redirect_to(f"/console/storefronts/{made}")


@post("/console/storefronts/{storefront_id:str}", include_in_schema=False)
async def change(request: AnyRequest, storefront_id: str) -> Redirect | Template:
    """See how it would look, or change it."""
    form = await read_form(request)
    db, each = db_of(request), read_id(storefront_id, "storefront")
    actor = await sender(request, is_fresh=True)
    actor.must(RIGHT)
    try:
        if form.get("intent") == "try":
            storefront.complete_look(_read_look(form))
            async with db.read() as tx:
                return await _form(request, tx, storefront_id, form)
        await db.run(
            storefront.change_storefront, actor, each, read_number(form, "version"), _read_draft(form),
            form.get("request_key", ""),
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refusal:
        async with db.read() as tx:
            return await _form(request, tx, storefront_id, form, refusal)
    return redirect_to(f"/console/storefronts/{each}")


@post("/console/storefronts/{storefront_id:str}/state", include_in_schema=False)
async def move(request: AnyRequest, storefront_id: str) -> Redirect | Template:
    """Make it live, pause it, or close it."""
    form = await read_form(request)
    db, each = db_of(request), read_id(storefront_id, "storefront")
    actor = await sender(request, is_fresh=True)
    actor.must(RIGHT)
    try:
        if (state := form.get("state", "")) not in set(StorefrontState):
            raise Invalid("state", ", ".join(StorefrontState))
        await db.run(
            storefront.move_storefront, actor, each, read_number(form, "version"), StorefrontState(state),
            form.get("request_key", ""),
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refusal:
        async with db.read() as tx:
            return await _form(request, tx, storefront_id, None, refusal)
    return redirect_to(f"/console/storefronts/{each}")


HANDLERS = [storefronts, new, one, open_one, change, move]
