"""Whether a product may be published: pure, from the draft, its category's attributes and the rules.

Source: domain.md §2 (title 60 bytes = 30 hanzi; selling point 150; description 5 to 25,000 characters).
"""

import hashlib
import html
import re
import unicodedata
from collections.abc import Mapping, Sequence

import msgspec
import nh3

from datong.commerce.catalog.fulfilment_methods import DEFAULT_METHOD, FulfilmentMethod, must_be_method
from datong.commerce.catalog.taxonomy import AttributeValue, Binding, Category
from datong.commerce.rulebook import Parameter
from datong.kernel.money import MAX_AMOUNT
from datong.kernel.refusal import Invalid

TITLE_BYTES = Parameter(
    "catalog.title_bytes",
    int,
    60,
    "domain.md §2 (TOP): 60 bytes, a hanzi counts two",
    bounds=(10, 2_000),
    scopes=("storefront",),
)
LATIN_TITLE_BYTES = Parameter(
    "catalog.latin_title_bytes",
    int,
    400,
    "DESIGN: the same line in letters is longer",
    bounds=(10, 2_000),
    scopes=("storefront",),
)
MIN_DESCRIPTION = Parameter(
    "catalog.description_least",
    int,
    5,
    "domain.md §2 (TOP): 5 characters, of those that are seen; a product may go without a description",
    bounds=(0, 1_000),
    scopes=("storefront",),
)
MAX_POINT = 150
MAX_DESCRIPTION = 25_000
MAX_SKUS = 200
MAX_PICTURES = 15
MAX_PROPS = 200
MAX_PROP_TEXT = 1000
MAX_LABEL = 60
MAX_PRICE = MAX_AMOUNT // 10_000


class AttributeMissing(Invalid):
    """The category asks for an attribute that was not given."""

    code = "catalog.attribute_missing"

    def __init__(self, attribute: str) -> None:
        super().__init__("props", attribute)
        self.attribute = attribute


class SkuTwice(Invalid):
    """Two SKUs have the same sale properties."""

    code = "catalog.sku_twice"


class TitleTooLong(Invalid):
    """A title has at most so many bytes; a hanzi counts two."""

    code = "catalog.title_too_long"

    def __init__(self, most: int) -> None:
        super().__init__("title", f"at most {most} bytes, a hanzi counts two")
        self.most = most


class DescriptionTooShort(Invalid):
    """A description has at least so many characters that are seen."""

    code = "catalog.description_too_short"

    def __init__(self, least: int) -> None:
        super().__init__("description", f"at least {least} characters")
        self.least = least


class PriceOutOfBounds(Invalid):
    """A price is a whole positive number of minor units."""

    code = "catalog.price_out_of_bounds"


class SkuDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One combination of sale properties (label by attribute reference) with its price in minor units."""

    price: int
    labels: dict[str, str] = {}
    outer_id: str = ""


class ProductDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A product as a merchant gives it: texts by language, `props` by attribute reference, free `specs` by label."""

    outer_id: str
    category_id: int
    titles: dict[str, str]
    skus: list[SkuDraft]
    brand: str = ""
    points: dict[str, str] = {}
    description: dict[str, str] = {}
    pictures: list[str] = []
    props: dict[str, str | int | float | bool] = {}
    specs: dict[str, str] = {}
    weight_grams: int = 0
    volume_cm3: int = 0
    freight_template_id: int = 0
    is_on_sale: bool = True
    method: str = DEFAULT_METHOD
    """How it reaches the buyer: the name of a `FulfilmentMethod`."""


FLAGS = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}
"""How tables write what is so or not."""
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?")


class Checked(msgspec.Struct, frozen=True):
    """A draft that may be published: cleaned, with its properties resolved and its content's hash."""

    draft: ProductDraft
    props: dict[str, object]
    content_hash: bytes


def title_bytes(title: str) -> int:
    """The length of a title in the field's measure: one for ASCII, two for everything else."""
    return sum(1 if character.isascii() else 2 for character in title)


def sale_key(labels: Mapping[str, str]) -> str:
    """What a SKU is found by when its product is published again: its sale properties, in any order."""
    return ";".join(f"{ref}:{labels[ref].strip()}" for ref in sorted(labels))


def _look(labels: Mapping[str, str]) -> str:
    """What a buyer can tell apart: values that differ by case, width or spaces alone are the same."""
    values = {ref: " ".join(unicodedata.normalize("NFKC", label).casefold().split()) for ref, label in labels.items()}
    return sale_key(values)


class TextBounds(msgspec.Struct, frozen=True):
    """How long texts may be: bytes of a title in hanzi and in letters, the least characters of a description."""

    title: int
    latin_title: int
    description: int


def check_product(
    draft: ProductDraft,
    category: Category,
    bindings: Sequence[Binding],
    values: Mapping[int, Sequence[AttributeValue]],
    bounds: TextBounds,
    methods: Mapping[str, FulfilmentMethod],
) -> Checked:
    """The draft, cleaned; refuses the first thing that is wrong with it."""
    if not category.is_leaf:
        raise Invalid("category_id", "not a leaf of the tree")
    if not 1 <= len(draft.outer_id) <= 100 or not draft.outer_id.isprintable():  # noqa: PLR2004 - the limit that the refusal names
        raise Invalid("outer_id", "1 to 100 characters")
    _check_texts(draft, bounds)
    _check_skus(draft)
    if not 0 <= draft.weight_grams <= 10**9 or not 0 <= draft.volume_cm3 <= 10**9:
        raise Invalid("weight_grams", "0 to 1,000,000,000")
    if len(draft.pictures) > MAX_PICTURES or len(draft.props) > MAX_PROPS or len(draft.specs) > MAX_PROPS:
        raise Invalid("pictures", f"at most {MAX_PICTURES} pictures and {MAX_PROPS} properties")
    if any(len(label) > MAX_LABEL or len(text) > MAX_PROP_TEXT for label, text in draft.specs.items()):
        raise Invalid("specs", f"labels of {MAX_LABEL} characters, texts of {MAX_PROP_TEXT}")
    method = must_be_method(methods, draft.method)
    cleaned = msgspec.structs.replace(
        draft,
        freight_template_id=draft.freight_template_id if method.is_carried else 0,
        titles={language: text.strip() for language, text in draft.titles.items()},
        description={language: nh3.clean(text) for language, text in draft.description.items()},
    )
    props = _resolve_props(cleaned, bindings, values)
    return Checked(cleaned, props, content_hash_of(cleaned))


def content_hash_of(cleaned: ProductDraft) -> bytes:
    """What makes two cleaned drafts the same."""
    return hashlib.sha256(msgspec.json.encode(kept_form(cleaned), order="deterministic")).digest()


def kept_form(draft: ProductDraft) -> dict[str, object]:
    """A draft as a version keeps it.

    The usual method is left out: what was published before there were others is the same as it was, and a process of
    the release before reads it.
    """
    body: dict[str, object] = msgspec.to_builtins(draft)
    if draft.method == DEFAULT_METHOD:
        del body["method"]
    return body


def _check_texts(draft: ProductDraft, bounds: TextBounds) -> None:
    if not draft.titles:
        raise Invalid("titles", "a title in at least one language")
    for title in draft.titles.values():
        if not title.strip() or not title.isprintable():
            raise Invalid("titles", "1 or more printable characters")
        bound = bounds.latin_title if title_bytes(title) < 1.5 * len(title) else bounds.title
        if title_bytes(title) > bound:
            raise TitleTooLong(bound)
    for point in draft.points.values():
        if len(point) > MAX_POINT:
            raise Invalid("points", f"at most {MAX_POINT} characters")
    for text in draft.description.values():
        if len(text) > MAX_DESCRIPTION:
            raise Invalid("description", f"at most {MAX_DESCRIPTION} characters")
        if text.strip() and len(html.unescape(nh3.clean(text, tags=set())).strip()) < bounds.description:
            raise DescriptionTooShort(bounds.description)


def _check_skus(draft: ProductDraft) -> None:
    if not 1 <= len(draft.skus) <= MAX_SKUS:
        raise Invalid("skus", f"1 to {MAX_SKUS}")
    seen: set[str] = set()
    shape = set(draft.skus[0].labels)
    for sku in draft.skus:
        if not 1 <= sku.price <= MAX_PRICE:
            raise PriceOutOfBounds("price", f"1 to {MAX_PRICE}")
        if set(sku.labels) != shape or not all(
            1 <= len(label) <= MAX_LABEL and label.isprintable() for label in sku.labels.values()
        ):
            raise Invalid("skus", "every SKU has the same sale properties, each with a label")
        made = _look(sku.labels)
        if made in seen:
            raise SkuTwice("skus", sale_key(sku.labels))
        seen.add(made)


def _resolve_props(
    draft: ProductDraft, bindings: Sequence[Binding], values: Mapping[int, Sequence[AttributeValue]]
) -> dict[str, object]:
    """Properties by attribute id; a choice becomes its value's id. Unbound ones are refused by name."""
    by_ref = {each.ref: each for each in bindings}
    props: dict[str, object] = {}
    for ref, given in draft.props.items():
        bound = by_ref.get(ref)
        if bound is None:
            raise Invalid("props", f"{ref} is no attribute of this category")
        props[str(bound.attribute_id)] = _resolve(bound, given, values.get(bound.attribute_id, ()))
    sale = {ref for sku in draft.skus for ref in sku.labels}
    for each in bindings:
        if each.is_required and each.ref not in sale and str(each.attribute_id) not in props:
            raise AttributeMissing(each.ref)
    return props


def _resolve(bound: Binding, given: object, values: Sequence[AttributeValue]) -> object:
    if bound.kind == "choice":
        for each in values:
            if given == each.ref or given in each.names.values():
                return {"value_id": each.value_id}
        raise Invalid("props", f"{bound.ref}: {given} is none of its values")
    if bound.kind == "number":
        number = _number(given) if isinstance(given, str) else given
        if isinstance(number, bool) or not isinstance(number, int | float) or not abs(number) < 1e15:  # noqa: PLR2004 - whole numbers are exact in a double up to here
            raise Invalid("props", f"{bound.ref} is a number")
        return number
    if bound.kind == "flag":
        flag = FLAGS.get(given.lower()) if isinstance(given, str) else given
        if not isinstance(flag, bool):
            raise Invalid("props", f"{bound.ref} is true or false")
        return flag
    text = str(given).strip()
    if not text or len(text) > MAX_PROP_TEXT:
        raise Invalid("props", f"{bound.ref} has 1 to {MAX_PROP_TEXT} characters")
    return text


def _number(text: str) -> float | None:
    """A number as a table has it: 12 or 12.5; None for anything else."""
    if not _NUMBER.fullmatch(text):
        return None
    return float(text) if "." in text else int(text)
