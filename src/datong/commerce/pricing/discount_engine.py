"""The engine: from lines, tools and rights to cuts. One pure function for product page, cart, checkout and dry run.

Two rules decide everything (domain.md §5). Thresholds are parallel: every order-level threshold is tested on the
item-level prices in its reach, without freight. Deductions are sequential: each takes from what the earlier layers
left, and no line goes below zero. At item level one tool wins: an official price, else the lowest.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import combinations

import msgspec

from datong.commerce.pricing.apportioning import apportion
from datong.commerce.pricing.basket import (
    MIN_AMOUNT,
    AppliedDiscount,
    Basket,
    BuyerEntitlements,
    NearMiss,
    QuoteOutcome,
    StackingPolicy,
)
from datong.commerce.pricing.discounts import Discount, Layer
from datong.commerce.pricing.quote_steps import PricedLine, QuoteSteps
from datong.commerce.voucher import Gift, Tier
from datong.kernel.money import share_of

NEVER = datetime.max.replace(tzinfo=UTC)
MAX_WEIGHED = 4


def apply_discounts(
    lines: Sequence[PricedLine],
    tools: Sequence[Discount],
    rights: BuyerEntitlements,
    stack: StackingPolicy,
    region: str = "",
) -> QuoteOutcome:
    """Apply every layer in turn. Amounts in minor units; a line's cuts never exceed its price."""
    if not tools and not stack.steps:
        return QuoteOutcome([[] for _ in lines], [], [], items=[line.unit_price * line.quantity for line in lines])
    bill = Basket(lines, stack, region)
    by_layer = _tools_by_layer(lines, tools, rights)
    for layer in stack.layers:
        if found := by_layer.get(layer.code):
            if layer.code == "item":
                _price_items(bill, found)
            elif layer.code == "coins":
                _spend_coins(bill, layer, found, rights.coins)
            else:
                _work_layer(bill, layer, found)
        if stack.steps:
            _step_after(bill, layer.code, stack.steps, rights)
    if stack.steps:
        _step_after(bill, "", stack.steps, rights)
    return QuoteOutcome(bill.cuts, bill.applied, bill.missed, bill.stepped, bill.item)


def _tools_by_layer(
    lines: Sequence[PricedLine], tools: Sequence[Discount], rights: BuyerEntitlements
) -> dict[str, list[tuple[Discount, list[int]]]]:
    """The tools that this buyer may use, with the lines they are about."""
    by_layer: dict[str, list[tuple[Discount, list[int]]]] = {}
    everywhere = range(len(lines))
    by_shop: dict[int, list[int]] = {}
    for place, line in enumerate(lines):
        by_shop.setdefault(line.shop_id, []).append(place)
    for tool in tools:
        if tool.terms.audience and tool.terms.audience not in rights.tags:
            continue
        if tool.is_voucher and rights.chosen is not None and tool.tool_id not in rights.chosen:
            continue
        if places := _meet(tool, lines, by_shop.get(tool.owner_id, ()) if tool.owner_id else everywhere):
            by_layer.setdefault(tool.terms.layer, []).append((tool, places))
    return by_layer


def _step_after(bill: Basket, layer: str, steps: QuoteSteps, rights: BuyerEntitlements) -> None:
    for step in steps.after.get(layer, ()):
        bill.step(step, steps, rights.tags)


def apply_best_discounts(
    lines: Sequence[PricedLine],
    tools: Sequence[Discount],
    rights: BuyerEntitlements,
    stack: StackingPolicy,
    region: str = "",
) -> QuoteOutcome:
    """Like `apply_discounts`, but a right never makes it dearer.

    A member's price that would lose the buyer a threshold, or a voucher that shuts out something better, is left aside
    where the purchase costs less without it.
    """
    mine = [tool for tool in tools if _is_right(tool) and (tool.terms.layer == "item" or tool.terms.excludes)]
    best = apply_discounts(lines, tools, rights, stack, region)
    if not mine:
        return best
    aside = [set(each) for n in range(1, len(mine) + 1) for each in combinations(range(len(mine)), n)]
    for places in aside if len(mine) <= MAX_WEIGHED else [{n} for n in range(len(mine))] + [set(range(len(mine)))]:
        left_out = {mine[place].tool_id for place in places}
        other = apply_discounts(lines, [tool for tool in tools if tool.tool_id not in left_out], rights, stack, region)
        if _saved(other) > _saved(best):
            best = other
    return best


def _is_right(tool: Discount) -> bool:
    return tool.is_voucher or bool(tool.terms.audience or tool.terms.token)


def _saved(outcome: QuoteOutcome) -> int:
    return sum(cut.amount for cuts in outcome.cuts for cut in cuts)


def _meet(tool: Discount, lines: Sequence[PricedLine], places: Sequence[int]) -> list[int]:
    """Those of these lines that the tool is about."""
    covers, token = tool.goods.covers, tool.terms.token
    met = [
        place for place in places
        if covers((line := lines[place]).storefront_id, line.shop_id, line.category_ids, line.product_id, line.sku_id)
    ]  # fmt: skip
    if token:
        met = [place for place in met if token in lines[place].tokens]
    return [place for place in met if lines[place].shop_id in tool.enrolled] if tool.terms.is_enrolled else met


def _price_items(bill: Basket, found: Sequence[tuple[Discount, list[int]]]) -> None:
    """One tool wins a line. Percent and minus are reckoned on all pieces of a SKU at once, never piece by piece."""
    groups: dict[tuple[int, frozenset[str]], list[int]] = {}
    for place, line in enumerate(bill.lines):
        groups.setdefault((line.sku_id, line.tokens), []).append(place)
    at: dict[int, list[Discount]] = {}
    for tool, places in found:
        for place in places:
            at.setdefault(place, []).append(tool)
    for places in groups.values():
        goods = sum(bill.item[place] for place in places)
        pieces = sum(bill.lines[place].quantity for place in places)
        best: tuple[bool, int, int] | None = None
        winner: Discount | None = None
        for tool in at.get(places[0], []):
            cut = _item_cut(tool, goods, pieces, bill.lines[places[0]].unit_price)
            if cut <= 0 or not bill.affords(tool, cut, pieces):
                continue
            rank = (tool.terms.is_official, cut, -tool.tool_id)
            if best is None or rank > best:
                best, winner = rank, tool
        if winner is None or best is None:
            continue
        items = [bill.item[place] for place in places]
        parts = apportion(best[1], items, items, bill.stack.remainder)
        bill.work(AppliedDiscount(winner, list(places), best[1], []), parts, pieces)
    bill.item = list(bill.left)


def _item_cut(tool: Discount, goods: int, pieces: int, unit_price: int) -> int:
    """What comes off all pieces of a SKU; nothing where a piece would cost less than the floor."""
    tier = tool.terms.tiers[0]
    if tier.kind == "price":
        cut = (unit_price - tier.value) * pieces
    elif tier.kind == "percent":
        cut = share_of(goods, tier.value)
    else:
        cut = min(tier.value * pieces, goods)
    if goods - cut < tool.terms.floor * pieces:
        return 0
    return min(cut, goods - MIN_AMOUNT * pieces)


class _Chance(msgspec.Struct, frozen=True):
    """What one tool would do on one layer: for one shop, or for the whole purchase."""

    tool: Discount
    places: list[int]
    tier: Tier
    amount: int
    times: int


def _work_layer(bill: Basket, layer: Layer, found: Sequence[tuple[Discount, list[int]]]) -> None:
    """The best tools of a layer, as many as it allows, larger ones first.

    Where a layer takes several, only one of them may have a threshold (domain.md §9).
    """
    slots: dict[int, list[_Chance]] = {}
    for tool, places in found:
        open_ = [place for place in places if bill.is_open(place, layer.code)] if bill.closed else places
        for shop_id, mine in _slots(bill, layer, open_).items():
            if chance := _chance(bill, tool, mine, shop_id):
                slots.setdefault(shop_id, []).append(chance)
    for chances in slots.values():
        _let_best_win(bill, layer, chances)


def _let_best_win(bill: Basket, layer: Layer, chances: Sequence[_Chance]) -> None:
    won = 0
    has_threshold = False
    for chance in sorted(chances, key=lambda each: (-each.amount, each.tool.ends_at or NEVER, each.tool.tool_id)):
        if layer.most and won >= layer.most:
            break
        needs = chance.tier.amount > 0 or chance.tier.pieces > 0
        if layer.most > 1 and needs and has_threshold:
            continue
        if _do(bill, layer, chance):
            won += 1
            has_threshold = has_threshold or needs


def _slots(bill: Basket, layer: Layer, places: Sequence[int]) -> dict[int, list[int]]:
    if layer.per == "purchase":
        return {0: list(places)} if places else {}
    by_shop: dict[int, list[int]] = {}
    for place in places:
        by_shop.setdefault(bill.lines[place].shop_id, []).append(place)
    return by_shop


def _chance(bill: Basket, tool: Discount, places: list[int], shop_id: int) -> _Chance | None:
    """What the tool would take off now, by the highest tier whose threshold the item-level prices meet."""
    amount = sum(bill.item[place] for place in places)
    pieces = sum(bill.lines[place].quantity for place in places)
    met = [tier for tier in tool.terms.tiers if amount >= tier.amount and pieces >= tier.pieces]
    if len(met) < len(tool.terms.tiers) and not tool.is_voucher:
        near = tool.terms.tiers[len(met)]
        bill.missed.append(NearMiss(tool, shop_id, max(0, near.amount - amount), max(0, near.pieces - pieces), near))
    if not met:
        return None
    tier = met[-1]
    times = _times(tier, amount, pieces) if tool.terms.is_repeated else 1
    left = sum(bill.left[place] for place in places)
    if tier.kind == "minus":
        cut = tier.value * times
    elif tier.kind == "percent":
        cut = share_of(left, tier.value)
    else:
        cut = 0
    cut = min(cut, left, tool.terms.ceiling or left)
    if not bill.affords(tool, cut, 1) or (cut == 0 and tier.kind in {"minus", "percent"}):
        return None
    return _Chance(tool, places, tier, cut, times)


def _times(tier: Tier, amount: int, pieces: int) -> int:
    by_amount = amount // tier.amount if tier.amount else pieces // tier.pieces
    return min(by_amount, pieces // tier.pieces) if tier.pieces else by_amount


def _do(bill: Basket, layer: Layer, chance: _Chance) -> bool:
    tool, places = chance.tool, chance.places
    room = bill.room(places)
    bases = room if layer.base == "remaining" else [bill.item[place] for place in places]
    if bill.stack.line_policy == "disallow":
        wanted = apportion(chance.amount, bases, [chance.amount] * len(places), bill.stack.remainder)
        if any(part >= most for part, most in zip(wanted, room, strict=True) if part):
            return False
    parts = apportion(chance.amount, bases, room, bill.stack.remainder)
    if chance.amount and not any(parts):
        return False
    gifts: list[Gift] = []
    frees = chance.tier.kind == "free_freight" and bill.region not in chance.tier.except_regions
    if chance.tier.kind == "gift" and chance.tier.gift:
        gift = chance.tier.gift
        gifts = [Gift(gift.product_id, gift.sku_id, gift.quantity * chance.times)]
    if not chance.amount and not gifts and not frees:
        return False
    if not bill.affords(tool, sum(parts), 1):
        return False
    bill.work(AppliedDiscount(tool, list(places), sum(parts), gifts, frees), parts, 1)
    return True


def _spend_coins(bill: Basket, layer: Layer, found: Sequence[tuple[Discount, list[int]]], coins: int) -> None:
    """Coins pay up to the share that the shop allows of what is left of its lines."""
    for tool, places in sorted(found, key=lambda each: (-each[0].terms.tiers[0].value, each[0].tool_id)):
        open_ = [place for place in places if bill.is_open(place, layer.code)]
        room = [
            min(most, share_of(bill.left[place], tool.terms.tiers[0].value))
            for place, most in zip(open_, bill.room(open_), strict=True)
        ]
        spent = min(coins, sum(room))
        if spent <= 0:
            continue
        bill.work(AppliedDiscount(tool, open_, spent, []), apportion(spent, room, room, bill.stack.remainder), 1)
        for place in open_:
            bill.closed.setdefault(place, set()).add("coins")
        coins -= spent
