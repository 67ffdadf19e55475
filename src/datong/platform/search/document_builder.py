"""Gathering: products as the catalogue has them become entries."""

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import nh3

from datong.commerce import catalog, merchant
from datong.commerce.aftersale import NO_REASON_DAYS
from datong.commerce.order import SHIP_PROMISE_HOURS
from datong.commerce.rulebook import Rules, Scope, get_rules
from datong.kernel.ids import bucket_of
from datong.kernel.sql import rows
from datong.kernel.tx import Tx
from datong.platform.search.documents import Entry

DAY_HOURS = 24
MAX_CODE = 60
BEGINNING = 400
FREE_FREIGHT, RETURNS, SHIPS_IN_A_DAY = "free_freight", "returns", "ships_in_a_day"


class Signal(msgspec.Struct, frozen=True):
    """How often a product was shown, looked at and bought after a search."""

    product_id: int
    seen: float
    clicked: float
    bought: float


SIGNALS = rows(
    Signal, "select product_id, seen, clicked, bought from search_signal where bkt = any($1) and product_id = any($2)"
)


class Gathered(msgspec.Struct, frozen=True):
    """What is to be found, what is not (any more), and which of them were never published before."""

    entries: list[Entry]
    gone: list[int]
    new: frozenset[int]


async def build_documents(tx: Tx, product_ids: Sequence[int]) -> Gathered:
    """These products as entries; what is not on sale, or whose shop is not open, is gone."""
    described = await catalog.describe_products(tx, product_ids)
    shops = await merchant.get_recent_shops(tx, {each.product.shop_id for each in described})
    shown = [
        each
        for each in described
        if each.product.is_on_sale and each.product.shop_id in shops and shops[each.product.shop_id].is_open
    ]
    entries: list[Entry] = []
    if shown:
        ids = [each.product.product_id for each in shown]
        about = _About(
            await catalog.get_category_book(tx),
            await catalog.get_brands(tx, {each.product.brand_id for each in shown}),
            *await catalog.list_bindings(tx, sorted({each.product.category_id for each in shown})),
            {each.product_id: each for each in await tx.all(SIGNALS, sorted({bucket_of(each) for each in ids}), ids)},
            await get_rules(tx),
        )
        entries = [about.entry(tx, each, shops[each.product.shop_id]) for each in shown]
    found = {each.product_id for each in entries}
    new = frozenset(each.product.product_id for each in shown if each.product.version == 1)
    return Gathered(entries, [each for each in product_ids if each not in found], new)


class _About:
    """What products refer to."""

    def __init__(
        self,
        book: catalog.CategoryBook,
        brands: Mapping[int, catalog.Brand],
        bindings: Iterable[catalog.Binding],
        values: Mapping[int, Sequence[catalog.AttributeValue]],
        signals: Mapping[int, Signal],
        rules: Rules,
    ) -> None:
        self._book, self._brands, self._signals, self._rules = book, brands, signals, rules
        self._bound: dict[int, dict[str, catalog.Binding]] = {}
        for each in bindings:
            self._bound.setdefault(each.category_id, {})[str(each.attribute_id)] = each
        self._values = {value.value_id: value for found in values.values() for value in found}

    def entry(self, tx: Tx, described: catalog.Description, shop: merchant.Shop) -> Entry:
        """One product."""
        product = described.product
        path = self._book.path(product.category_id)
        brand = self._brands.get(product.brand_id)
        signal = self._signals.get(product.product_id, Signal(product.product_id, 0, 0, 0))
        facts, choices, keys = self._properties(described)
        return Entry(
            product.product_id, _texts(product.titles), product.shop_id, product.storefront_id,
            tuple(each.category_id for each in path), product.brand_id,
            points=_texts(product.points) + _beginnings(product.description),
            brands=_texts(brand.names) if brand else (),
            kinds=tuple(dict.fromkeys(name for each in path[:2] for name in _texts(each.names))),
            facts=tuple(facts), choices=tuple(choices), ships_from=shop.ships_from,
            services=self._services(tx, described, path), price=product.price_min, sold=product.sold_count,
            published_at=described.published_at,
            same_as="|".join((str(product.category_id), str(product.brand_id), *keys)) if keys and brand else "",
            seen=signal.seen, clicked=signal.clicked, bought=signal.bought,
        )  # fmt: skip

    def _services(self, tx: Tx, described: catalog.Description, path: Sequence[catalog.Category]) -> tuple[str, ...]:
        scope = Scope(
            described.product.storefront_id,
            path[0].vertical_id if path else 0,
            tuple(each.category_id for each in path),
        )
        promised = {
            FREE_FREIGHT: described.freight_template_id == 0,
            RETURNS: self._rules.value(NO_REASON_DAYS, tx.now, scope) > 0,
            SHIPS_IN_A_DAY: self._rules.value(SHIP_PROMISE_HOURS, tx.now, scope) <= DAY_HOURS,
        }
        return tuple(name for name, holds in promised.items() if holds)

    def _properties(self, described: catalog.Description) -> tuple[list[str], list[str], list[str]]:
        """Properties as texts, as codes to filter by, and those that make the product."""
        product = described.product
        facts: list[str] = []
        choices: dict[str, None] = {}
        keys: list[str] = []
        bound = self._bound.get(product.category_id, {})
        by_ref = {each.ref: each for each in bound.values()}
        for attribute_id, given in sorted(product.props.items()):
            if attribute_id not in bound:
                continue
            texts, code = self._said(bound[attribute_id], given)
            facts += texts
            if code:
                choices[f"{attribute_id}:{code}"] = None
            if bound[attribute_id].is_key:
                keys.append(f"{attribute_id}:{code or ' '.join(texts)}")
        for labels in described.labels:
            for ref, label in labels.items():
                facts.append(label)
                if ref in by_ref:
                    choices[f"{by_ref[ref].attribute_id}:={label[:MAX_CODE]}"] = None
        facts += [text for text in product.specs.values() if any(each.isalpha() for each in text)]
        return list(dict.fromkeys(facts)), list(choices), keys

    def _said(self, bound: catalog.Binding, given: Any) -> tuple[list[str], str]:  # noqa: ANN401 - as it is kept
        """A property in words, and as a code."""
        if isinstance(given, dict):
            value_id = int(given.get("value_id", 0))
            value = self._values.get(value_id)
            return (list(_texts(value.names)), f"{value_id}") if value else ([], "")
        if isinstance(given, bool):
            return (list(_texts(bound.names)), "=yes") if given else ([], "=no")
        text = f"{given:g}" if isinstance(given, float) else str(given)
        return [f"{text} {bound.unit}".strip()], f"={text[:MAX_CODE]}"


def _beginnings(described: Mapping[str, str]) -> tuple[str, ...]:
    """How descriptions begin, without their HTML.

    There merchants say what goods are, further down what else they sell.
    """
    plain = (html.unescape(nh3.clean(text, tags=set())).strip() for text in described.values())
    return tuple(dict.fromkeys(text[:BEGINNING] for text in plain if text))


def _texts(texts: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts.values() if text))
