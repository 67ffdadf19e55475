"""Importing goods: a foreign table through a mapping into shops of both brands, by the same publishing as a merchant's.

A bad row is refused with its reason and reported; the rest goes in. Importing again changes what has
changed and doubles nothing: a product is known by its shop and its own number.
"""

import html
import time
import zlib
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

import msgspec

from datong.commerce import catalog, inventory, merchant, qualification
from datong.importers.mapping import (
    CatalogMapping,
    MappingWrong,
    category_for,
    find_mapping,
    read_mapping,
)
from datong.importers.progress import Progress
from datong.importers.table_file import BadRow, Cells, read_rows
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from datong.kernel.money import divide_half_up
from datong.kernel.refusal import Refusal
from datong.kernel.tx import Db
from datong.runtime.bootstrap import open_brands, open_shop_by_platform
from datong.runtime.supervisor import say
from datong.runtime.verticals import save_default_verticals

BATCH = 250
MAX_SPECS = 200
MAX_SPEC = 1000


class RowRefused(Exception):  # noqa: N818 - an answer
    """A row that makes no product."""


class Draft(msgspec.Struct, frozen=True):
    """A row as a product of a shop, with its first stock."""

    line: int
    shop: str
    product: catalog.ProductDraft
    stock: int


class Import:
    """One run over one file."""

    def __init__(self, db: Db, mapping: CatalogMapping, report: Path | None) -> None:
        self.db = db
        self.mapping = mapping
        self.counts: Counter[str] = Counter()
        self._report = report.open("w") if report else None
        self._shops: dict[str, int] = {}
        self._categories: dict[str, int] = {}
        self._publishing: dict[int, catalog.Publishing] = {}
        self._waiting: dict[str, list[Draft]] = {}
        self._stock: dict[int, list[tuple[int, int, int, int]]] = {}
        self._by_brand = {brand.lower(): shop.slug for shop in mapping.shops for brand in shop.brands}
        self._open_shops = [shop.slug for shop in mapping.shops if not shop.brands]

    async def prepare(self) -> None:
        """Categories, attributes and shops of the mapping, made where they are not there."""
        await open_brands(self.db)
        async with self.db.begin() as tx:
            await save_default_verticals(tx)
            drafts = [catalog.CategoryDraft(self.mapping.root.ref, "", self.mapping.root.names, self.mapping.vertical)]
            drafts += [
                catalog.CategoryDraft(each.ref, self.mapping.root.ref, each.names) for each in self.mapping.categories
            ]
            await catalog.save_categories(tx, SYSTEM, drafts)
            kept = await catalog.save_attributes(
                tx,
                SYSTEM,
                [
                    catalog.AttributeDraft(each.ref, each.names, each.kind, each.unit)
                    for each in self.mapping.attributes.values()
                ],
            )
            book = await catalog.get_category_book(tx)
            self._categories = {each.ref: book.by_ref[each.ref].category_id for each in self.mapping.categories}
            await catalog.save_bindings(
                tx,
                SYSTEM,
                [
                    (category_id, attribute.attribute_id, False, False, False, place)
                    for category_id in self._categories.values()
                    for place, attribute in enumerate(kept.values())
                ],
            )
        for shop in self.mapping.shops:
            await self._prepare_shop(shop.slug)

    async def _prepare_shop(self, slug: str) -> None:
        shop = next(each for each in self.mapping.shops if each.slug == slug)
        async with self.db.read() as tx:
            found = await merchant.find_shop_by_slug(tx, slug)
        if found is None:
            application = merchant.ShopApplication(
                storefront=shop.storefront, kind=shop.kind, names=shop.names, slug=slug,
                legal_name=shop.names["en"], identity=f"IMPORT-{slug}", ships_from=shop.ships_from,
                category_id=self._categories[self.mapping.categories[0].ref], mark=shop.mark,
            )  # fmt: skip
            shop_id = await open_shop_by_platform(self.db, application)
        else:
            shop_id = found.shop_id
        self._shops[slug] = shop_id
        brands = await catalog.ensure_brands(self.db, shop.brands)
        async with self.db.begin(bucket_of(shop_id)) as tx:
            for brand in brands.values():
                await qualification.authorise_brand(tx, SYSTEM, shop_id, brand.brand_id, shop.mark)

    async def take(self, line: int, cells: Cells | BadRow) -> None:
        """One row: into its shop's batch, or refused."""
        if isinstance(cells, BadRow):
            self._refuse(line, "", cells.reason)
            return
        try:
            draft = self.draft_of(line, cells)
        except RowRefused as refused:
            self._refuse(line, "", str(refused))
            return
        batch = self._waiting.setdefault(draft.shop, [])
        batch.append(draft)
        if len(batch) >= BATCH:
            await self._publish(draft.shop)

    async def finish(self) -> None:
        """What is left in the batches, then first stock, bucket by bucket."""
        for slug in list(self._waiting):
            await self._publish(slug)
        for bucket in sorted(self._stock):
            by_shop: dict[int, list[tuple[int, int, int]]] = {}
            for shop_id, *line in self._stock[bucket]:
                by_shop.setdefault(shop_id, []).append((line[0], line[1], line[2]))
            async with self.db.begin(bucket) as tx:
                for shop_id, lines in sorted(by_shop.items()):
                    await inventory.put_stock(tx, SYSTEM, shop_id, lines)
        if self._report:
            self._report.close()

    async def _publish(self, slug: str) -> None:
        batch, shop_id = self._waiting.pop(slug, []), self._shops[slug]
        if not batch:
            return
        brands = await catalog.ensure_brands(self.db, {each.product.brand for each in batch})
        async with self.db.begin(bucket_of(shop_id)) as tx:
            if shop_id not in self._publishing:
                self._publishing[shop_id] = await catalog.get_publishing(tx, shop_id, list(self._categories.values()))
            published = await catalog.publish_batch(
                tx, SYSTEM, self._publishing[shop_id], brands, [each.product for each in batch]
            )
        for draft, row in zip(batch, published, strict=True):
            if row.refusal is not None:
                self._refuse(draft.line, draft.product.outer_id, str(row.refusal))
                continue
            self.counts[row.outcome] += 1
            for sku_id in row.sku_ids.values() if row.outcome != "same" else ():
                self._stock.setdefault(bucket_of(sku_id), []).append((shop_id, sku_id, row.product_id, draft.stock))

    def draft_of(self, line: int, cells: Cells) -> Draft:
        """A row as a product; refuses `RowRefused` with the reason."""
        columns = self.mapping.columns
        outer_id = str(cells.get(columns.outer_id) or "").strip()
        titles = {language: _line(cells.get(name)) for language, name in columns.titles.items()}
        titles = {language: title for language, title in titles.items() if title}
        if not outer_id or not titles:
            raise RowRefused("no number or no title")
        texts = {language: str(cells.get(name) or "") for language, name in columns.descriptions.items()}
        brand = _line(cells.get(columns.brand)) if columns.brand else ""
        category = category_for(self.mapping, next(iter(titles.values())))
        picture = str(cells.get(columns.picture) or "") if columns.picture else ""
        props, specs = self._properties(cells)
        product = catalog.ProductDraft(
            outer_id=outer_id,
            category_id=self._categories[category.ref],
            titles=titles,
            skus=[catalog.SkuDraft(self._price(cells.get(columns.price)))],
            brand=brand,
            description={language: f"<p>{html.escape(text)}</p>" for language, text in texts.items() if text},
            pictures=[picture] if picture else [],
            props=props,
            specs=specs,
        )
        return Draft(line, self._shop_for(brand, outer_id), product, self._stock_of(cells))

    def _price(self, given: object) -> int:
        """Minor units by the stated rate, rounded half up."""
        try:
            exact = Decimal(str(given)) * Decimal(self.mapping.price_rate)
        except InvalidOperation:
            raise RowRefused(f"the price {given!r} is no number") from None
        if not exact.is_finite() or exact <= 0 or exact > 10**12:
            raise RowRefused(f"the price {given!r} is out of bounds")
        numerator, denominator = exact.as_integer_ratio()
        return max(divide_half_up(numerator, denominator), 1)

    def _stock_of(self, cells: Cells) -> int:
        if isinstance(self.mapping.stock, int):
            return self.mapping.stock
        given = str(cells.get(self.mapping.stock, "")).strip()
        if not given.isascii() or not given.isdigit() or len(given) > 9:  # noqa: PLR2004 - more digits than any stock has
            raise RowRefused(f"the stock {given!r} is no whole number")
        return int(given)

    def _properties(self, cells: Cells) -> tuple[dict[str, str | int | float | bool], dict[str, str]]:
        """Mapped columns as attributes, where their value fits; other known columns as specifications."""
        props: dict[str, str | int | float | bool] = {}
        specs: dict[str, str] = {}
        for name, given in cells.items():
            mapped = self.mapping.attributes.get(name)
            if mapped is not None and _fits(mapped.kind, given):
                props[mapped.ref] = given if mapped.kind != "text" else _line(given)  # type: ignore[assignment]
            elif (
                name.startswith(tuple(self.mapping.spec_prefixes))
                and len(specs) < MAX_SPECS
                and (text := _line(given)[:MAX_SPEC])
            ):
                specs[_label(name, self.mapping.spec_prefixes)] = text
        return props, specs

    def _shop_for(self, brand: str, outer_id: str) -> str:
        """A brand's own shop, else one of the open ones, always the same for the same number."""
        own = self._by_brand.get(brand.lower())
        return own or self._open_shops[zlib.crc32(outer_id.encode()) % len(self._open_shops)]

    def _refuse(self, line: int, outer_id: str, reason: str) -> None:
        self.counts["refused"] += 1
        if self._report:
            self._report.write(msgspec.json.encode({"line": line, "id": outer_id, "reason": reason}).decode() + "\n")
        elif self.counts["refused"] <= 10:  # noqa: PLR2004 - the first ten are enough to see why
            say(f"line {line} refused: {reason}")


def _line(given: object) -> str:
    """One printable line."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(given if given is not None else "")).split())


def _fits(kind: str, given: object) -> bool:
    if kind == "number":
        return isinstance(given, int | float) and not isinstance(given, bool)
    if kind == "flag":
        return isinstance(given, bool)
    return bool(_line(given)) and len(_line(given)) <= MAX_SPEC


def _label(name: str, prefixes: Sequence[str]) -> str:
    for prefix in prefixes:
        if name.startswith(prefix):
            name = name[len(prefix) :]
            break
    return name.strip("_").replace("_", " ")[:60]


async def import_goods(db: Db, path: Path, mapping_path: Path | None, report: Path | None, limit: int) -> int:
    """Import a file; answers the exit status. Says what became of the rows, and how long it took."""
    started = time.monotonic()
    try:
        first: Cells = next((cells for _, cells in read_rows(path) if isinstance(cells, dict)), {})
        mapping = read_mapping(mapping_path) if mapping_path else find_mapping(first)
        run = Import(db, mapping, report)
        await run.prepare()
    except (MappingWrong, OSError, EOFError) as error:
        say(str(error))
        return 1
    except Refusal as refusal:
        say(f"the mapping cannot be used here: {refusal}")
        return 1
    total = sum(1 for _ in read_rows(path))
    progress = Progress("goods", min(total, limit) if limit else total)
    for place, (line, cells) in enumerate(read_rows(path)):
        if limit and place >= limit:
            break
        await run.take(line, cells)
        progress.add()
    await run.finish()
    progress.end()
    found = ", ".join(f"{count} {what}" for what, count in sorted(run.counts.items()))
    say(f"{found or 'nothing'} in {time.monotonic() - started:.1f} s ({mapping.source})")
    return 0
