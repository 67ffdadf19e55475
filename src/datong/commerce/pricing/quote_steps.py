"""Quote steps: what rooms above take off between two layers of the stack. Pure.

A step sees the lines and what was taken off them so far, and answers what it takes off besides. Each part names its
rule, funder and version like a promotion's, is kept with the order line, settled and undone like any other.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec

from datong.commerce.pricing.discounts import LAYERS
from datong.commerce.pricing.totals import PriceAdjustment
from datong.commerce.rulebook import Rules
from datong.commerce.voucher import PLATFORM_FUNDER, SHOP_FUNDER
from datong.kernel.house import House, Port


class PricedLine(msgspec.Struct, frozen=True):
    """One line as the engine sees it. `category_ids` from the leaf to the root."""

    sku_id: int
    product_id: int
    shop_id: int
    storefront_id: int
    category_ids: tuple[int, ...]
    quantity: int
    unit_price: int
    tokens: frozenset[str] = frozenset()
    prepaid: int = 0
    """Paid already: what is taken off leaves this and more."""


class StepContext(msgspec.Struct, frozen=True):
    """All else that a step may decide by."""

    region: str
    tags: frozenset[str]
    room: Sequence[int]
    """How much may still be taken off each line, in minor units, all together."""
    rules: Rules
    at: datetime


Adjustments = Sequence[Sequence[PriceAdjustment]]
"""By line, in the order of the lines."""


class QuoteStep(Port, frozen=True, kw_only=True):
    """A step after a layer. `key` is its name, and stands as the layer of what it takes off.

    `apply` is pure: it reads nothing, and the same lines, adjustments and context give the same answer, on a page as in
    placing. What it answers for a line is at most that line's room. Several steps after one layer go by `order`, then
    by key; after a layer that this installation's stack does not have, they come last. Thresholds of later layers are
    tested on item-level prices, which a step does not change.
    """

    after: str
    order: int = 0
    apply: Callable[[Sequence[PricedLine], Adjustments, StepContext], Adjustments]

    def __post_init__(self) -> None:
        """Refuse a name under which something else is taken off already."""
        if self.key in {layer.code for layer in LAYERS.default}:
            msg = f"a quote step cannot be called {self.key}: that is a layer"
            raise ValueError(msg)


class QuoteSteps:
    """The steps of a house, by the layer they come after, and the rules that they decide by."""

    def __init__(self, steps: Sequence[QuoteStep], layers: Sequence[str], rules: Rules, at: datetime) -> None:
        self.rules, self.at = rules, at
        by_layer: dict[str, list[QuoteStep]] = {}
        for step in sorted(steps, key=lambda each: (each.order, each.key)):
            by_layer.setdefault(step.after if step.after in layers else "", []).append(step)
        self.after: Mapping[str, Sequence[QuoteStep]] = by_layer

    def ask(
        self, step: QuoteStep, lines: Sequence[PricedLine], cuts: Adjustments, context: StepContext
    ) -> list[list[PriceAdjustment]]:
        """What a step takes off, checked: it raises `ValueError`, naming the step, for what does not add up."""
        found = step.apply(lines, [tuple(each) for each in cuts], context)
        wrong = "" if len(found) == len(lines) else f"answers for {len(found)} of {len(lines)} lines"
        for adjustments, room in zip(found, context.room, strict=False):
            for each in adjustments:
                wrong = wrong or _why_not(each)
            if (taken := sum(each.amount for each in adjustments)) > room:
                wrong = wrong or f"takes {taken} off a line that has {room} left"
        if wrong:
            msg = f"quote step {step.key} {wrong}"
            raise ValueError(msg)
        return [[msgspec.structs.replace(each, layer=step.key) for each in adjustments] for adjustments in found]


def steps_of(house: House, layers: Sequence[str], rules: Rules, at: datetime) -> QuoteSteps | None:
    """The steps of a house; None where no room declares any."""
    found = house.ports(QuoteStep)
    return QuoteSteps(list(found.values()), layers, rules, at) if found else None


def _why_not(adjustment: PriceAdjustment) -> str:
    if not (adjustment.rule.isdecimal() and int(adjustment.rule) > 0):
        return f"names no rule but {adjustment.rule!r}; a rule is an id"
    if adjustment.funder not in {SHOP_FUNDER, PLATFORM_FUNDER}:
        return f"has {adjustment.funder!r} pay; shop or platform may"
    if adjustment.version < 1:
        return "names no version"
    return "" if adjustment.amount > 0 else f"takes off {adjustment.amount}"
