"""What the lines of a quote cost so far, and the values that the engine takes and gives. Pure."""

from collections.abc import Sequence

import msgspec

from datong.commerce.pricing.discounts import Discount, Layer
from datong.commerce.pricing.quote_steps import PricedLine, QuoteStep, QuoteSteps, StepContext
from datong.commerce.pricing.totals import PriceAdjustment
from datong.commerce.voucher import Gift, Tier
from datong.kernel.money import allocate

MIN_AMOUNT = 1
"""What a piece and an order cost at least, in minor units: nothing is paid with nothing (DESIGN)."""


class StackingPolicy(msgspec.Struct, frozen=True):
    """How the layers stand on each other, out of the rulebook."""

    layers: Sequence[Layer]
    line_policy: str = "cap"
    remainder: str = "largest"
    steps: QuoteSteps | None = None


class BuyerEntitlements(msgspec.Struct, frozen=True):
    """What the buyer brings: tags, the vouchers it chose (None: the best ones), coins it has (1 is one minor unit)."""

    tags: frozenset[str] = frozenset()
    chosen: frozenset[int] | None = None
    coins: int = 0


class AppliedDiscount(msgspec.Struct, frozen=True):
    """A tool that worked, on which lines, and what it took off in all."""

    tool: Discount
    places: list[int]
    amount: int
    gifts: list[Gift]
    frees_freight: bool = False


class NearMiss(msgspec.Struct, frozen=True):
    """A tool that would work if there were more: so much or so many pieces are missing for the next tier."""

    tool: Discount
    shop_id: int
    amount: int
    pieces: int
    tier: Tier


class QuoteOutcome(msgspec.Struct, frozen=True):
    """Cuts by line, what worked, and what nearly did."""

    cuts: list[list[PriceAdjustment]]
    applied: list[AppliedDiscount]
    missed: list[NearMiss]
    stepped: Sequence[PriceAdjustment] = ()
    """What steps took off, of all lines."""
    items: Sequence[int] = ()
    """The item-level price of each line, all its pieces: what thresholds are tested on."""


class Basket:
    """What the lines cost so far."""

    def __init__(self, lines: Sequence[PricedLine], stack: StackingPolicy, region: str) -> None:
        self.lines = lines
        self.stack = stack
        self.region = region
        self.item = [line.unit_price * line.quantity for line in lines]
        self.left = list(self.item)
        self.shop_left: dict[int, int] = {}
        for line, cost in zip(lines, self.item, strict=True):
            self.shop_left[line.shop_id] = self.shop_left.get(line.shop_id, 0) + cost - line.prepaid
        self.cuts: list[list[PriceAdjustment]] = [[] for _ in lines]
        self.closed: dict[int, set[str]] = {}
        self.applied: list[AppliedDiscount] = []
        self.missed: list[NearMiss] = []
        self.stepped: list[PriceAdjustment] = []
        self.given: dict[int, tuple[int, int]] = {}
        """What each tool gave in this purchase so far, and how often: its budget and limit are the whole purchase's."""

    def affords(self, tool: Discount, amount: int, uses: int) -> bool:
        """Whether a tool's budget and limit reach for this beside what it gave in this purchase already."""
        spent, used = self.given.get(tool.tool_id, (0, 0))
        return spent + amount <= tool.budget_left and used + uses <= tool.uses_left

    def work(self, applied: AppliedDiscount, parts: Sequence[int], uses: int) -> None:
        """Let a tool work: take its parts off its lines, and count what it gave."""
        spent, used = self.given.get(applied.tool.tool_id, (0, 0))
        self.given[applied.tool.tool_id] = spent + applied.amount, used + uses
        self._take(applied.tool, applied.places, parts)
        self.applied.append(applied)

    def is_open(self, place: int, layer: str) -> bool:
        """Whether nothing that worked on this line has shut the layer out."""
        return layer not in self.closed.get(place, ())

    def room(self, places: Sequence[int]) -> list[int]:
        """What may still be taken off these lines: all that is left, but for the least that each shop's order costs."""
        room = [max(0, self.left[place] - self.lines[place].prepaid) for place in places]
        sums: dict[int, int] = {}
        for place, left in zip(places, room, strict=True):
            shop_id = self.lines[place].shop_id
            sums[shop_id] = sums.get(shop_id, 0) + left
        for shop_id, total in sums.items():
            if total > self.shop_left[shop_id] - MIN_AMOUNT:
                mine = [n for n, place in enumerate(places) if self.lines[place].shop_id == shop_id]
                room[max(mine, key=lambda n: (room[n], -n))] -= MIN_AMOUNT
        return room

    def _take(self, tool: Discount, places: Sequence[int], parts: Sequence[int]) -> None:
        """Take a tool's parts off its lines, each shared out among those who pay for it."""
        terms, rule = tool.terms, str(tool.tool_id)
        funders = terms.funders
        bps = [share.bps for share in funders]
        for place, part in zip(places, parts, strict=True):
            if not part:
                continue
            self.left[place] -= part
            self.shop_left[self.lines[place].shop_id] -= part
            if len(funders) == 1:
                self.cuts[place].append(
                    PriceAdjustment(rule, tool.version, funders[0].funder, part, terms.layer, tool.titles)
                )
                continue
            for share, amount in zip(funders, allocate(part, bps), strict=True):
                if amount:
                    self.cuts[place].append(
                        PriceAdjustment(rule, tool.version, share.funder, amount, terms.layer, tool.titles)
                    )
        if not terms.excludes:
            return
        for place in places:
            self.closed.setdefault(place, set()).update(terms.excludes)

    def step(self, step: QuoteStep, steps: QuoteSteps, tags: frozenset[str]) -> None:
        """Let a step take off what it wants to; raises `ValueError` for what it may not."""
        room = self.room(range(len(self.lines)))
        found = steps.ask(step, self.lines, self.cuts, StepContext(self.region, tags, room, steps.rules, steps.at))
        for place, adjustments in enumerate(found):
            part = sum(each.amount for each in adjustments)
            self.left[place] -= part
            self.shop_left[self.lines[place].shop_id] -= part
            self.cuts[place].extend(adjustments)
            self.stepped.extend(adjustments)
