"""Publishing: a checked draft becomes a product, its SKUs, a version and its places on the shelves.

Everything is in the shop's bucket and in one transaction. A product is known by the shop's own number
(`outer_id`): publishing it again changes it, and publishing the same again does nothing.
"""

from collections.abc import Mapping, Sequence

import msgspec

from datong.commerce.catalog.brands import Brand, brand_ref, ensure_brands
from datong.commerce.catalog.fulfilment_methods import FulfilmentMethod, methods_of
from datong.commerce.catalog.needs import NOTHING_HELD, Needs, check_needs, needs_of
from datong.commerce.catalog.shelves import ShelfItem, clear_shelves, put_on_shelves
from datong.commerce.catalog.taxonomy import (
    AttributeValue,
    Binding,
    CategoryBook,
    get_category_book,
    list_bindings,
)
from datong.commerce.catalog.validation import (
    LATIN_TITLE_BYTES,
    MIN_DESCRIPTION,
    TITLE_BYTES,
    Checked,
    ProductDraft,
    TextBounds,
    check_product,
    kept_form,
    sale_key,
)
from datong.commerce.merchant import Shop, get_shop, hold_shop
from datong.commerce.qualification import Held, hold_qualifications
from datong.commerce.rulebook import Scope, get_rules
from datong.facts.product import ProductPublished
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of, item_bucket
from datong.kernel.refusal import Invalid, Refusal
from datong.kernel.sql import Doc, command, rows
from datong.kernel.tx import Db, Tx


class Publishing(msgspec.Struct, frozen=True):
    """What a shop's drafts are checked against: read once for many of them."""

    shop: Shop
    book: CategoryBook
    bindings: dict[int, list[Binding]]
    values: dict[int, list[AttributeValue]]
    text_bounds: TextBounds
    needs: Needs
    methods: Mapping[str, FulfilmentMethod]


class Row(msgspec.Struct, frozen=True):
    """What became of one draft: its product and SKUs (by sale key), or the refusal."""

    outer_id: str
    outcome: str
    """new, changed, same or refused."""
    product_id: int = 0
    version: int = 0
    sku_ids: dict[str, int] = {}
    refusal: Refusal | None = None


class Existing(msgspec.Struct, frozen=True):
    """A product the shop has already."""

    product_id: int
    outer_id: str
    version: int
    content_hash: bytes


class ExistingSku(msgspec.Struct, frozen=True):
    """A SKU the shop has already."""

    sku_id: int
    product_id: int
    sale_key: str


EXISTING = rows(
    Existing,
    """
    select product_id, outer_id, version, content_hash from product
    where bkt = $1 and shop_id = $2 and outer_id = any($3) order by product_id for update
    """,
)
EXISTING_SKUS = rows(
    ExistingSku, "select sku_id, product_id, sale_key from sku where bkt = $1 and product_id = any($2)"
)
PUT = command(
    """
    insert into product (bkt, product_id, shop_id, storefront_id, outer_id, category_id, brand_id, version,
        content_hash, titles, points, description, pictures, props, specs, weight_grams, volume_cm3,
        freight_template_id, price_min, price_max, is_on_sale, method, published_at, changed_at)
    select $1, p.product_id, $2, $3, p.outer_id, p.category_id, p.brand_id, p.version, p.content_hash, p.titles,
        p.points, p.description, array(select jsonb_array_elements_text(p.pictures)), p.props, p.specs, p.weight_grams,
        p.volume_cm3, p.freight_template_id, p.price_min, p.price_max, p.is_on_sale, p.method, $4, $4
    from unnest($5::bigint[], $6::text[], $7::bigint[], $8::bigint[], $9::integer[], $10::bytea[], $11::jsonb[],
        $12::jsonb[], $13::jsonb[], $14::jsonb[], $15::jsonb[], $16::jsonb[], $17::bigint[], $18::bigint[],
        $19::bigint[], $20::bigint[], $21::bigint[], $22::boolean[], $23::text[])
      as p (product_id, outer_id, category_id, brand_id, version, content_hash, titles, points, description,
        pictures, props, specs, weight_grams, volume_cm3, freight_template_id, price_min, price_max, is_on_sale, method)
    on conflict (bkt, product_id) do update set
        category_id = excluded.category_id, brand_id = excluded.brand_id, version = excluded.version,
        content_hash = excluded.content_hash, titles = excluded.titles, points = excluded.points,
        description = excluded.description, pictures = excluded.pictures, props = excluded.props,
        specs = excluded.specs, weight_grams = excluded.weight_grams, volume_cm3 = excluded.volume_cm3,
        freight_template_id = excluded.freight_template_id, price_min = excluded.price_min,
        price_max = excluded.price_max, is_on_sale = excluded.is_on_sale,
        method = excluded.method, changed_at = excluded.changed_at
    """
)
PUT_VERSION = command(
    """
    insert into product_version (bkt, product_id, version, body, made_at)
    select $1, v.product_id, v.version, v.body, $2 from unnest($3::bigint[], $4::integer[], $5::jsonb[])
      as v (product_id, version, body)
    """
)
WITHDRAW_SKUS = command("update sku set is_offered = false where bkt = $1 and product_id = any($2)")
PUT_SKUS = command(
    """
    insert into sku (bkt, sku_id, product_id, shop_id, outer_id, sale_key, labels, list_price, is_offered, place)
    select $1, s.sku_id, s.product_id, $2, s.outer_id, s.sale_key, s.labels, s.list_price, true, s.place
    from unnest($3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::jsonb[], $8::bigint[], $9::integer[])
      as s (sku_id, product_id, outer_id, sale_key, labels, list_price, place)
    on conflict (bkt, sku_id) do update set outer_id = excluded.outer_id, labels = excluded.labels,
        list_price = excluded.list_price, is_offered = true, place = excluded.place
    """
)


async def get_publishing(tx: Tx, shop_id: int, category_ids: Sequence[int]) -> Publishing:
    """Everything that drafts of a shop in these categories are checked against."""
    shop = await get_shop(tx, shop_id)
    book = await get_category_book(tx)
    rules = await get_rules(tx)
    found, values = await list_bindings(tx, [each for each in category_ids if each in book.by_id])
    bindings: dict[int, list[Binding]] = {}
    for each in found:
        bindings.setdefault(each.category_id, []).append(each)
    scope = Scope(storefront_id=shop.storefront_id)
    return Publishing(
        shop,
        book,
        bindings,
        values,
        TextBounds(*(rules.value(each, tx.now, scope) for each in (TITLE_BYTES, LATIN_TITLE_BYTES, MIN_DESCRIPTION))),
        needs_of(rules, tx.now, shop, book, category_ids),
        methods_of(tx.house),
    )


async def publish_product(db: Db, actor: Actor, shop_id: int, draft: ProductDraft) -> Row:
    """Publish one product, or change it; refuses the first thing that is wrong with it."""
    actor.must("shop:product:edit", shop_id)
    brands = await ensure_brands(db, [draft.brand])
    async with db.begin(bucket_of(shop_id)) as tx:
        publishing = await get_publishing(tx, shop_id, [draft.category_id])
        (row,) = await publish_batch(tx, actor, publishing, brands, [draft])
        if row.refusal:
            raise row.refusal
    return row


async def publish_batch(
    tx: Tx, actor: Actor, to: Publishing, brands: Mapping[str, Brand], drafts: Sequence[ProductDraft]
) -> list[Row]:
    """Publish many products of one shop at once; a bad one is refused by itself, in its place of the answer.

    `brands` are those of the drafts, as `ensure_brands` answers them.
    """
    actor.must("shop:product:edit", to.shop.shop_id)
    # What it holds does not end before this is written: whoever ends it sees these products and takes them down.
    held = await hold_qualifications(tx, to.shop.shop_id, is_locking=True) if to.needs.is_any else NOTHING_HELD
    answers: dict[int, Row] = {}
    good: list[tuple[int, Checked, int]] = []
    seen: set[str] = set()
    for place, draft in enumerate(drafts):
        try:
            brand_id = brands[brand_ref(draft.brand)].brand_id if draft.brand.strip() else 0
            checked = _check(to, held, draft, brand_id)
            if draft.outer_id in seen:
                raise TwiceInBatch("outer_id", draft.outer_id)
        except Refusal as refusal:
            answers[place] = Row(draft.outer_id, "refused", refusal=refusal)
            continue
        seen.add(draft.outer_id)
        good.append((place, checked, brand_id))
    await _write(tx, to, good, answers)
    return [answers[place] for place in range(len(drafts))]


class TwiceInBatch(Invalid):
    """A shop's number stands twice in one batch."""

    code = "catalog.twice_in_batch"


def _check(to: Publishing, held: Held, draft: ProductDraft, brand_id: int) -> Checked:
    category = to.book.get(draft.category_id)
    check_needs(to.needs, held, draft, brand_id)
    return check_product(draft, category, to.bindings.get(draft.category_id, []), to.values, to.text_bounds, to.methods)


async def _write(tx: Tx, to: Publishing, good: Sequence[tuple[int, Checked, int]], answers: dict[int, Row]) -> None:
    bucket, shop_id = bucket_of(to.shop.shop_id), to.shop.shop_id
    outer_ids = [checked.draft.outer_id for _, checked, _ in good]
    existing = {row.outer_id: row for row in await tx.all(EXISTING, bucket, shop_id, outer_ids)} if good else {}
    todo: list[tuple[int, Checked, int, int, int]] = []
    for place, checked, brand_id in good:
        old = existing.get(checked.draft.outer_id)
        if old and old.content_hash == checked.content_hash:
            answers[place] = Row(old.outer_id, "same", old.product_id, old.version)
            continue
        product_id = old.product_id if old else tx.new_id(bucket)
        todo.append((place, checked, brand_id, product_id, old.version + 1 if old else 1))
    if not todo:
        return
    shop = await hold_shop(tx, shop_id)  # the shop first, then its products: the order in which everybody locks
    sku_ids = await _put_skus(tx, to, todo)
    await _put_products(tx, to, todo)
    shown = [
        ShelfItem(product_id, checked.draft.category_id, min(sku.price for sku in checked.draft.skus))
        for _, checked, _, product_id, _ in todo
        if checked.draft.is_on_sale
    ]
    await clear_shelves(tx, shop_id, [each[3] for each in todo])
    await put_on_shelves(tx, shop, shown)
    for place, checked, _, product_id, version in todo:
        outcome = "new" if version == 1 else "changed"
        answers[place] = Row(checked.draft.outer_id, outcome, product_id, version, sku_ids[product_id])
        tell_published(tx, to.shop.shop_id, product_id, version, is_on_sale=checked.draft.is_on_sale)


def tell_published(tx: Tx, shop_id: int, product_id: int, version: int, *, is_on_sale: bool) -> None:
    """Tell that a product has a new version."""
    tx.emit(
        ProductPublished(
            product_id=product_id, shop_id=shop_id, version=version, is_on_sale=is_on_sale, changed_at=tx.now
        )
    )


async def _put_skus(
    tx: Tx, to: Publishing, todo: Sequence[tuple[int, Checked, int, int, int]]
) -> dict[int, dict[str, int]]:
    """SKUs keep their ids by their sale properties; those no longer offered stay for old orders."""
    bucket = bucket_of(to.shop.shop_id)
    old_products = [product_id for _, _, _, product_id, version in todo if version > 1]
    kept: dict[tuple[int, str], int] = {}
    if old_products:
        for row in await tx.all(EXISTING_SKUS, bucket, old_products):
            kept[row.product_id, row.sale_key] = row.sku_id
        await tx.run(WITHDRAW_SKUS, bucket, old_products)
    made: dict[int, dict[str, int]] = {}
    lines: list[tuple[int, int, str, str, dict[str, str], int, int]] = []
    for _, checked, _, product_id, _ in todo:
        for place, sku in enumerate(checked.draft.skus):
            name = sale_key(sku.labels)
            sku_id = kept.get((product_id, name)) or tx.new_id(item_bucket(product_id))
            made.setdefault(product_id, {})[name] = sku_id
            lines.append((sku_id, product_id, sku.outer_id, name, sku.labels, sku.price, place))
    await tx.run(PUT_SKUS, bucket, to.shop.shop_id, *(list(part) for part in zip(*lines, strict=True)))
    return made


async def _put_products(tx: Tx, to: Publishing, todo: Sequence[tuple[int, Checked, int, int, int]]) -> None:
    bucket, shop = bucket_of(to.shop.shop_id), to.shop
    lines = []
    for _, checked, brand_id, product_id, version in todo:
        draft, prices = checked.draft, [sku.price for sku in checked.draft.skus]
        lines.append(
            (
                product_id, draft.outer_id, draft.category_id, brand_id, version, checked.content_hash,
                draft.titles, draft.points, draft.description, Doc(draft.pictures), checked.props, draft.specs,
                draft.weight_grams,
                draft.volume_cm3, draft.freight_template_id, min(prices), max(prices), draft.is_on_sale,
                draft.method,
            )
        )  # fmt: skip
    await tx.run(PUT, bucket, shop.shop_id, shop.storefront_id, tx.now, *map(list, zip(*lines, strict=True)))
    bodies: list[Mapping[str, object]] = [
        {"draft": kept_form(checked.draft), "props": checked.props, "brand_id": brand_id}
        for _, checked, brand_id, _, _ in todo
    ]
    await tx.run(PUT_VERSION, bucket, tx.now, [each[3] for each in todo], [each[4] for each in todo], bodies)
