"""Publishing and editing a product by forms: its category, attributes, pictures, and the matrix of its SKUs."""

import itertools
from collections.abc import Mapping, Sequence

import msgspec
from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.response import Redirect, Template

from datong.commerce import catalog, inventory, pricing
from datong.commerce.storefront import get_storefronts
from datong.kernel.actor import Actor
from datong.kernel.refusal import Invalid, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.error_responses import status_of
from datong.surfaces.forms import read_amount, read_number, with_present_names
from datong.surfaces.fulfilment.labels import METHODS
from datong.surfaces.labels import worded
from datong.surfaces.page_rendering import load_page_context, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, adapters_of, db_of, pick, read_id, sender
from datong.surfaces.workbench_frame import enter, work_page

MAX_UPLOAD = 60_000_000
MAX_FOUND = 60
MAX_ROWS = 200


class Option(msgspec.Struct, frozen=True):
    """A sale property: its reference and the labels typed for it, one a line or parted by commas."""

    ref: str
    text: str

    @property
    def labels(self) -> list[str]:
        """The labels, each once."""
        parts = self.text.replace("，", ",").replace("\n", ",").split(",")
        return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


class SkuRow(msgspec.Struct, frozen=True):
    """A row of the matrix as it was typed."""

    labels: dict[str, str]
    price: str
    stock: str
    outer_id: str = ""


class Typed(msgspec.Struct, frozen=True):
    """A product as it stands in the form."""

    texts: dict[str, str]
    options: list[Option]
    rows: list[SkuRow]
    pictures: list[str]


@get("/workbench/{shop_id:str}/publish", include_in_schema=False)
async def choose(request: AnyRequest, shop_id: str, q: str = "", category: str = "", product: str = "") -> Template:
    """First the category, by its name; then the form, empty or with what a product says now."""
    async with db_of(request).read() as tx:
        entered = await enter(request, tx, shop_id)
        seen, shop = entered
        seen.actor.must("shop:product:edit", shop.shop_id)
        if product:
            draft = await catalog.get_last_draft(tx, shop.shop_id, read_id(product, "product"))
            return await _form(request, tx, shop_id, draft.category_id, _typed_of(draft))
        if category:
            return await _form(request, tx, shop_id, read_id(category, "category"), None)
        book = await catalog.get_category_book(tx)
        words = q.strip().lower()
        found = [
            (each, [pick(step.names, seen.language) for step in book.path(each.category_id)[:0:-1]])
            for each in book.by_id.values()
            if each.is_leaf and (not words or any(words in name.lower() for name in each.names.values()))
        ]
        return await work_page(
            tx, entered, "catalog/publish_where", q=q, found=found[:MAX_FOUND], is_more=len(found) > MAX_FOUND
        )


async def _form(
    request: AnyRequest, tx: Tx, shop_id: str, category_id: int, typed: Typed | None, refusal: Refusal | None = None
) -> Template:
    entered = await enter(request, tx, shop_id)
    seen, shop = entered
    seen.actor.must("shop:product:edit", shop.shop_id)
    book = await catalog.get_category_book(tx)
    category = book.get(category_id)
    bindings, values = await catalog.get_bindings(tx, category_id)
    templates = await pricing.list_freight_templates(tx, seen.actor, shop.shop_id)
    typed = typed or Typed({"is_on_sale": "1"}, [], [SkuRow({}, "", "10")], [])
    kept = {option.ref: option.text for option in typed.options}
    refs = [each.ref for each in bindings if each.is_sale]
    ordered = [{ref: row.labels[ref] for ref in refs if ref in row.labels} | row.labels for row in typed.rows]
    rows = [msgspec.structs.replace(row, labels=labels) for row, labels in zip(typed.rows, ordered, strict=True)]
    typed = msgspec.structs.replace(typed, rows=rows)
    return await work_page(
        tx, entered, "catalog/publish", status_of(refusal) if refusal else 200, category=category,
        crumbs=[pick(step.names, seen.language) for step in book.path(category_id)[::-1]],
        props=[each for each in bindings if not each.is_sale], sales=[each for each in bindings if each.is_sale],
        values=values, typed=typed, options=kept, templates=[(each.template_id, each.title) for each in templates],
        brand=(await get_storefronts(tx)).get(shop.storefront_id),
        problem=refusal_text(refusal, seen.language) if refusal else "",
        methods=method_choices(tx, seen.language),
    )  # fmt: skip


def method_choices(tx: Tx, language: str) -> list[tuple[str, str]]:
    """The installed fulfilment methods, the usual one first; one without words is shown by its name."""
    words = worded(METHODS, language)
    keys = sorted(catalog.methods_of(tx.house), key=lambda key: [*METHODS, key].index(key))
    return [(key, words.get(key, key)) for key in keys]


def _typed_of(draft: catalog.ProductDraft) -> Typed:
    """A product as its form would have been typed."""
    texts = {
        "outer_id": draft.outer_id, "brand": draft.brand, "weight_grams": str(draft.weight_grams or ""),
        "freight": str(draft.freight_template_id), "is_on_sale": "1" if draft.is_on_sale else "",
        "method": draft.method,
    }  # fmt: skip
    for name, by_language in (("title", draft.titles), ("point", draft.points), ("text", draft.description)):
        texts |= {f"{name}_{language}": text for language, text in by_language.items()}
    texts |= {f"prop-{ref}": str(given) for ref, given in draft.props.items()}
    refs = list(draft.skus[0].labels)
    options = [Option(ref, "\n".join(dict.fromkeys(sku.labels[ref] for sku in draft.skus))) for ref in refs]
    rows = [SkuRow(sku.labels, f"{sku.price / 100:.2f}", "", sku.outer_id) for sku in draft.skus]
    return Typed(texts, options, rows, list(draft.pictures))


async def _read(request: AnyRequest) -> tuple[Typed, list[bytes]]:
    """The form as it was typed, and the pictures that came with it."""
    form = await request.form()
    pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    texts = with_present_names(dict(pairs))
    uploads = [await value.read() for _, value in form.multi_items() if isinstance(value, UploadFile)]
    options = [Option(name.removeprefix("option-"), text) for name, text in pairs if name.startswith("option-")]
    rows: list[SkuRow] = []
    for place in range(MAX_ROWS):
        if f"labels-{place}" not in texts:
            break
        labels = _read_labels(texts[f"labels-{place}"])
        rows.append(
            SkuRow(
                labels, texts.get(f"price-{place}", ""), texts.get(f"stock-{place}", ""), texts.get(f"sku-{place}", "")
            )
        )
    gone = {text for name, text in pairs if name == "gone"}
    pictures = [text for name, text in pairs if name == "picture" and text not in gone]
    return Typed(texts, options, rows, pictures), [each for each in uploads if each]


def _read_labels(text: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(text, type=dict[str, str])
    except msgspec.MsgspecError:
        raise Invalid("labels", "as the form gave them") from None


def _matrix(typed: Typed) -> list[SkuRow]:
    """Every combination of the options typed; what was typed for one before is kept."""
    options = [option for option in typed.options if option.labels]
    before = {catalog.sale_key(row.labels): row for row in typed.rows}
    first = typed.rows[0] if typed.rows else SkuRow({}, "", "10")
    made: list[SkuRow] = []
    for labels in itertools.islice(itertools.product(*(option.labels for option in options)), MAX_ROWS):
        chosen = {option.ref: label for option, label in zip(options, labels, strict=True)}
        kept = before.get(catalog.sale_key(chosen))
        made.append(kept or SkuRow(chosen, first.price, first.stock))
    return made


def _draft(typed: Typed, category_id: int, bindings: Sequence[catalog.Binding]) -> catalog.ProductDraft:
    texts = typed.texts
    kinds = {each.ref: each.kind for each in bindings}
    props: dict[str, str | int | float | bool] = {}
    for name, text in texts.items():
        ref = name.removeprefix("prop-")
        if name.startswith("prop-") and text.strip():
            props[ref] = _prop(ref, kinds.get(ref, "text"), text.strip())
    skus = [
        catalog.SkuDraft(read_amount({"price": row.price}, "price"), row.labels, row.outer_id) for row in typed.rows
    ]
    return catalog.ProductDraft(
        outer_id=texts.get("outer_id", "").strip(), category_id=category_id, titles=_by_language(texts, "title"),
        skus=skus, brand=texts.get("brand", "").strip(), points=_by_language(texts, "point"),
        description=_by_language(texts, "text"), pictures=typed.pictures, props=props,
        weight_grams=read_number(texts, "weight_grams", 0), freight_template_id=read_number(texts, "freight", 0),
        is_on_sale=bool(texts.get("is_on_sale")), method=texts.get("method", "parcel"),
    )  # fmt: skip


def _by_language(texts: Mapping[str, str], name: str) -> dict[str, str]:
    return {each: texts[f"{name}_{each}"].strip() for each in ("en", "zh") if texts.get(f"{name}_{each}", "").strip()}


def _prop(ref: str, kind: str, text: str) -> str | int | float | bool:
    if kind == "flag":
        return text in {"1", "True", "true"}
    if kind != "number":
        return text
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        raise Invalid(ref, "a number") from None


@post("/workbench/{shop_id:str}/publish", include_in_schema=False, request_max_body_size=MAX_UPLOAD)
async def publish(request: AnyRequest, shop_id: str) -> Redirect | Template:
    """Make the matrix of SKUs, or publish; what is wrong is said above the form, and nothing that was typed is lost."""
    shop, db = read_id(shop_id, "shop"), db_of(request)
    actor = await sender(request, is_fresh=True)
    actor.must("shop:product:edit", shop)
    typed, uploads = await _read(request)
    category_id = read_id(typed.texts.get("category", ""), "category")
    refusal: Refusal | None = None
    try:
        for body in uploads:
            address = await catalog.store_image(adapters_of(request).objects, actor, shop, body)
            typed = msgspec.structs.replace(typed, pictures=list(dict.fromkeys([*typed.pictures, address])))
        if typed.texts.get("intent") != "matrix":
            await _publish(request, actor, shop, typed, category_id)
            return redirect_to(f"/workbench/{shop_id}/products")
        typed = msgspec.structs.replace(typed, rows=_matrix(typed))
    except Refusal as found:
        refusal = found
    async with db.read() as tx:
        await load_page_context(request, tx)
        return await _form(request, tx, shop_id, category_id, typed, refusal)


async def _publish(request: AnyRequest, actor: Actor, shop_id: int, typed: Typed, category_id: int) -> None:
    db = db_of(request)
    async with db.read() as tx:
        bindings, _ = await catalog.get_bindings(tx, category_id)
    draft = _draft(typed, category_id, bindings)
    stock = {catalog.sale_key(row.labels): read_number({"stock": row.stock}, "stock", 0) for row in typed.rows}
    row = await catalog.publish_product(db, actor, shop_id, draft)
    if row.sku_ids and actor.may("shop:stock:edit", shop_id):
        first: list[tuple[int, int, int]] = [
            (sku_id, row.product_id, stock.get(key, 0)) for key, sku_id in row.sku_ids.items()
        ]
        await inventory.put_first_stock(db, actor, shop_id, first)


HANDLERS = [choose, publish]
