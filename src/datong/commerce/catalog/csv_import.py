"""A merchant's table of goods: CSV with a header, lines with one number being the SKUs of one product. Pure.

| column | says |
|---|---|
| number | the shop's own number; lines that follow each other with the same one are one product |
| title_en, title_zh | at least one of them |
| category | the category's number |
| brand, picture, text_en, text_zh, weight_grams | optional |
| method | optional: how it reaches the buyer (parcel, pickup, digital, service, none) |
| price, stock | in yuan (12.50) and pieces, of this line's SKU |
| attr:REF | an attribute of the category |
| sale:REF | a sale property of this line's SKU, such as sale:colour |
"""

import csv
import io
from collections.abc import Iterator, Mapping

import msgspec

from datong.commerce.catalog.fulfilment_methods import DEFAULT_METHOD
from datong.commerce.catalog.validation import MAX_SKUS, ProductDraft, SkuDraft, sale_key

NEEDED = ("number", "category", "price")
KNOWN = frozenset(
    {"number", "title_en", "title_zh", "category", "brand", "picture", "text_en", "text_zh", "weight_grams", "method",
    "price", "stock"}
)  # fmt: skip
MAX_CELL = 30_000
MAX_LINES = 50_000
CENTS = 2


class TableWrong(Exception):  # noqa: N818 - what is wrong with a file
    """The table cannot be read at all; the text says why."""


class TableRow(msgspec.Struct, frozen=True):
    """One product of the table and the stock of its SKUs by sale key; or why it is none."""

    place: int
    outer_id: str
    draft: ProductDraft | None = None
    stock: dict[str, int] = {}
    reason: str = ""


class _Bad(Exception):  # noqa: N818 - an answer
    pass


def read_table(body: bytes) -> list[TableRow]:
    """Every product of a table. Raises `TableWrong` for what is no table."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TableWrong("the file is not UTF-8 text") from None
    if "\x00" in text:
        raise TableWrong("the file is not text")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        names = [name.strip() for name in reader.fieldnames or []]
    except csv.Error as error:
        raise TableWrong(str(error)) from None
    if missing := [name for name in NEEDED if name not in names]:
        raise TableWrong("missing columns: " + ", ".join(missing))
    if unknown := [name for name in names if name not in KNOWN and not name.startswith(("attr:", "sale:"))]:
        raise TableWrong("unknown columns: " + ", ".join(unknown[:10]))
    reader.fieldnames = names
    return [_product(place, lines) for place, lines in _groups(reader)]


def _groups(reader: "csv.DictReader[str]") -> Iterator[tuple[int, list[dict[str, str]]]]:
    """Lines that follow each other with the same number, and the line the first stands on."""
    place, group = 0, list[dict[str, str]]()
    try:
        for cells in reader:
            line = {name: (cells.get(name) or "").strip() for name in reader.fieldnames or []}
            line["?"] = "" if None not in cells else "more cells than the header has"
            if reader.line_num > MAX_LINES:
                raise TableWrong(f"more than {MAX_LINES:,} lines")
            if group and line["number"] != group[0]["number"]:
                yield place, group
                group = []
            if not group:
                place = reader.line_num
            if len(group) <= MAX_SKUS:
                group.append(line)
    except csv.Error as error:
        raise TableWrong(f"line {reader.line_num}: {error}") from None
    if group:
        yield place, group


def _product(place: int, lines: list[dict[str, str]]) -> TableRow:
    first = lines[0]
    try:
        _check_cells(lines)
        skus = [SkuDraft(_cents(line["price"]), _labels(line)) for line in lines]
        draft = ProductDraft(
            outer_id=first["number"], category_id=_whole(first, "category"),
            titles=_texts(first, "title"), skus=skus, brand=first.get("brand", ""), description=_texts(first, "text"),
            pictures=[first["picture"]] if first.get("picture") else [],
            props={
                name.removeprefix("attr:"): cell
                for name, cell in first.items() if name.startswith("attr:") and cell
            },
            weight_grams=_whole(first, "weight_grams"), method=first.get("method") or DEFAULT_METHOD,
        )  # fmt: skip
        stock = {sale_key(sku.labels): _whole(line, "stock") for sku, line in zip(skus, lines, strict=True)}
    except _Bad as bad:
        return TableRow(place, first.get("number", ""), reason=str(bad))
    return TableRow(place, draft.outer_id, draft, stock)


def _check_cells(lines: list[dict[str, str]]) -> None:
    if len(lines) > MAX_SKUS:
        raise _Bad(f"more than {MAX_SKUS} lines of one product")
    if wrong := next((line["?"] for line in lines if line["?"]), ""):
        raise _Bad(wrong)
    if any(len(cell) > MAX_CELL for line in lines for cell in line.values()):
        raise _Bad(f"a cell of more than {MAX_CELL} characters")


def _texts(line: Mapping[str, str], name: str) -> dict[str, str]:
    return {language: line[f"{name}_{language}"] for language in ("en", "zh") if line.get(f"{name}_{language}")}


def _labels(line: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix("sale:"): cell for name, cell in line.items() if name.startswith("sale:") and cell}


def _whole(line: Mapping[str, str], name: str) -> int:
    text = line.get(name, "") or "0"
    if not text.isascii() or not text.isdigit() or len(text) > 15:  # noqa: PLR2004 - what 63 bits hold with room to spare
        raise _Bad(f"{name}: a whole number, not “{text[:40]}”")
    return int(text)


def _cents(text: str) -> int:
    whole, _, rest = text.partition(".")
    if not (whole + rest).isascii() or not (whole + rest).isdigit() or len(rest) > CENTS or len(whole) > 10:  # noqa: PLR2004 - as above
        raise _Bad(f"price: like 12.50, not “{text[:40]}”")
    return int(whole or "0") * 100 + int(rest.ljust(CENTS, "0"))
