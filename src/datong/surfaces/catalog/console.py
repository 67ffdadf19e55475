"""The category and attribute editor of the industry centre, in both languages; and the calendar of campaigns."""

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import catalog
from datong.kernel.refusal import Invalid, NotFound, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.catalog.labels import ATTRIBUTE_KINDS
from datong.surfaces.console_frame import console_page, enter
from datong.surfaces.error_responses import status_of
from datong.surfaces.forms import read_form, read_number
from datong.surfaces.labels import worded
from datong.surfaces.page_rendering import redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, actor_of_request, db_of, read_id, sender

MAX_NAME = 60


ACTIONS = ("rename", "add", "bind", "unbind", "vertical")


def read_names(form: dict[str, str]) -> dict[str, str]:
    """Names in both languages out of a form; at least one. Refuses `Invalid`."""
    names = {each: form[f"name_{each}"].strip() for each in ("en", "zh") if form.get(f"name_{each}", "").strip()}
    if not names or any(len(name) > MAX_NAME or not name.isprintable() for name in names.values()):
        raise Invalid("name", f"1 to {MAX_NAME} characters in a language")
    return names


async def _categories(request: AnyRequest, tx: Tx, category_id: int, refusal: Refusal | None = None) -> Template:
    seen = await enter(request, tx, "category:edit")
    book = await catalog.get_category_book(tx)
    chosen = book.get(category_id) if category_id else None
    bindings, values = await catalog.get_bindings(tx, category_id) if chosen else ([], {})
    q = request.query_params.get("q", "")
    return console_page(
        seen, "catalog/categories", status_of(refusal) if refusal else 200, chosen=chosen, bindings=bindings,
        values=values, verticals=[(each, book.roots(each.vertical_id)) for each in book.verticals.values()],
        crumbs=book.path(category_id)[::-1] if chosen else [], below=book.children(category_id) if chosen else [],
        q=q, offered=await catalog.list_attributes(tx, q, 0, 30) if chosen and chosen.is_leaf else [],
        kinds=worded(ATTRIBUTE_KINDS, seen.language), problem=refusal_text(refusal, seen.language) if refusal else "",
    )  # fmt: skip


@get("/console/categories", include_in_schema=False)
async def categories(request: AnyRequest, category: str = "") -> Template:
    """Verticals with their trees, or one category with what is below it and what it asks for."""
    async with db_of(request).read() as tx:
        return await _categories(request, tx, read_id(category, "category") if category else 0)


@post("/console/categories", include_in_schema=False)
async def save_category(request: AnyRequest) -> Redirect | Template:
    """Rename a category, add one below it, or bind and unbind attributes."""
    form = await read_form(request)
    db = db_of(request)
    async with db.read() as tx:
        actor = await actor_of_request(request, tx, is_fresh=True)
        actor.must("operator:category:edit")
        book = await catalog.get_category_book(tx)
    category_id = read_id(form["category"], "category") if form.get("category") else 0
    action = form.get("intent", "")
    if action not in ACTIONS:
        raise NotFound("action", action[:40])
    try:
        chosen = book.get(category_id) if category_id else None
        if action in {"rename", "add"}:
            await db.run(catalog.save_categories, actor, [_draft(form, chosen, book, is_new=action == "add")])
        elif action == "vertical":
            await db.run(catalog.save_verticals, actor, [_vertical(form, book)])
        elif action == "bind" and chosen:
            attribute_id = read_number(form, "attribute")
            flags = ("is_required" in form, "is_key" in form, "is_sale" in form)
            await db.run(
                catalog.save_bindings, actor, [(category_id, attribute_id, *flags, read_number(form, "place", 50))]
            )
        elif action == "unbind" and chosen:
            await db.run(catalog.unbind_attribute, actor, category_id, read_number(form, "attribute"))
    except NotFound:
        raise
    except Refusal as refusal:
        async with db.read() as tx:
            return await _categories(request, tx, category_id, refusal)
    return redirect_to("/console/categories" + (f"?category={category_id}" if category_id else ""))


def _vertical(form: dict[str, str], book: catalog.CategoryBook) -> catalog.Vertical:
    """A vertical with other names; its code and picture stay."""
    found = book.vertical_by_code.get(form.get("code", ""))
    if found is None:
        raise NotFound("vertical", form.get("code", "")[:40])
    return catalog.Vertical(found.vertical_id, found.code, found.names | read_names(form), found.emblem)


def _draft(
    form: dict[str, str], chosen: catalog.Category | None, book: catalog.CategoryBook, *, is_new: bool
) -> catalog.CategoryDraft:
    names = read_names(form)
    if not is_new:
        if chosen is None:
            raise NotFound("category", "")
        parent = book.by_id[chosen.parent_id].ref if chosen.parent_id else ""
        vertical = next(
            (code for code, each in book.vertical_by_code.items() if each.vertical_id == chosen.vertical_id), ""
        )
        return catalog.CategoryDraft(chosen.ref, parent, names, vertical)
    ref = form.get("ref", "").strip()
    if not 1 <= len(ref) <= MAX_NAME or not ref.isascii() or not ref.isprintable() or ref in book.by_ref:
        raise Invalid("ref", "a new one, of letters, digits, dashes and slashes")
    return catalog.CategoryDraft(ref, chosen.ref if chosen else "", names, form.get("vertical", ""))


async def _attributes(request: AnyRequest, tx: Tx, q: str, after: int, refusal: Refusal | None = None) -> Template:
    seen = await enter(request, tx, "category:edit")
    found = await catalog.list_attributes(tx, q.strip()[:60], after, 31)
    chosen_id = request.query_params.get("attribute", "")
    values = await catalog.list_values(tx, [each.attribute_id for each in found[:30] if each.kind == "choice"])
    return console_page(
        seen, "catalog/attributes", status_of(refusal) if refusal else 200, attributes=found[:30], q=q, values=values,
        more=found[29].attribute_id if len(found) > 30 else 0, kinds=worded(ATTRIBUTE_KINDS, seen.language),  # noqa: PLR2004 - thirty a page, as cut above
        chosen_id=chosen_id, problem=refusal_text(refusal, seen.language) if refusal else "",
    )  # fmt: skip


@get("/console/attributes", include_in_schema=False)
async def attributes(request: AnyRequest, q: str = "", after: int = 0) -> Template:
    """Attributes with their values, found by name."""
    async with db_of(request).read() as tx:
        return await _attributes(request, tx, q, max(0, after))


@post("/console/attributes", include_in_schema=False)
async def save_attribute(request: AnyRequest) -> Redirect | Template:
    """Make an attribute or rename it; for a choice, `ref | English | 中文` a line adds or renames values."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request, is_fresh=True)
    actor.must("operator:category:edit")
    try:
        ref, kind = form.get("ref", "").strip(), form.get("kind", "text")
        if not 1 <= len(ref) <= MAX_NAME or not ref.isascii() or not ref.isprintable():
            raise Invalid("ref", "letters, digits and dashes")
        if kind not in ATTRIBUTE_KINDS:
            raise Invalid("kind", ", ".join(ATTRIBUTE_KINDS))
        draft = catalog.AttributeDraft(ref, read_names(form), kind, form.get("unit", "").strip()[:20], _values(form))
        await db.run(catalog.save_attributes, actor, [draft])
    except Refusal as refusal:
        async with db.read() as tx:
            return await _attributes(request, tx, form.get("ref", ""), 0, refusal)
    return redirect_to(f"/console/attributes?q={ref}")


def _values(form: dict[str, str]) -> dict[str, dict[str, str]]:
    values: dict[str, dict[str, str]] = {}
    for line in form.get("values", "").splitlines():
        ref, english, chinese, *rest = [part.strip() for part in (line + "||").split("|")]
        if not line.strip():
            continue
        if not ref or not (english or chinese) or any(rest):
            raise Invalid("values", "reference | English | 中文, one a line")
        values[ref[:MAX_NAME]] = {k: v[:MAX_NAME] for k, v in (("en", english), ("zh", chinese)) if v}
    return values


HANDLERS = [categories, save_category, attributes, save_attribute]
