"""Quoting: the one way to learn what something costs."""

from collections.abc import Iterable, Sequence

import msgspec

from datong.commerce.catalog import CategoryBook, Offer, get_category_book, get_offers
from datong.commerce.inventory import free_of
from datong.commerce.merchant import Shop, get_recent_shops
from datong.commerce.pricing.basket import AppliedDiscount, QuoteOutcome, StackingPolicy
from datong.commerce.pricing.currency_of_tools import in_currency
from datong.commerce.pricing.discount_engine import apply_best_discounts
from datong.commerce.pricing.discounts import LAYERS, LINE_POLICY, REMAINDER
from datong.commerce.pricing.freight import FreightLine, FreightTemplate, freight_of
from datong.commerce.pricing.freight_templates import TEMPLATES
from datong.commerce.pricing.offers import Buyer, Offered, select_tools
from datong.commerce.pricing.quote_steps import PricedLine, steps_of
from datong.commerce.pricing.totals import (
    AgreedTerms,
    BudgetUse,
    DiscountResult,
    LineRequest,
    PriceAdjustment,
    Quote,
    QuoteLine,
    ShopQuote,
    Unavailable,
    UpsellHint,
)
from datong.commerce.rulebook import get_rules
from datong.commerce.storefront import Storefronts, get_storefronts
from datong.commerce.voucher import Gift, HeldVoucher
from datong.kernel.money import MAX_AMOUNT
from datong.kernel.refusal import Conflict, Invalid, Refusal
from datong.kernel.tx import Tx


class MixedCurrencies(Conflict):
    """What is paid at once is of one currency."""

    code = "pricing.mixed_currencies"


class QuoteAsk(msgspec.Struct, frozen=True):
    """What someone wants priced, where it shall be delivered, and who asks (None: nobody known)."""

    wanted: Sequence[LineRequest]
    region: str
    buyer: Buyer | None = None

    async def split(self, tx: Tx) -> list["QuoteAsk"]:
        """The same by currency, in the order in which they are met: at least one, of which `wanted` may be empty.

        What cannot be bought has no currency and goes with the first.
        """
        brands = await get_storefronts(tx)
        if len({each.currency for each in brands.all}) == 1:
            return [self]
        shelf = await load_offers(tx, self.wanted)
        parts: dict[str, list[LineRequest]] = {}
        rest: list[LineRequest] = []
        for each in self.wanted:
            offer = each.agreed.offer if each.agreed else shelf.offers.get(each.sku_id)
            shop = shelf.shops.get(offer.shop_id) if offer else None
            place = parts.setdefault(brands.get(shop.storefront_id).currency, []) if shop else rest
            place.append(each)
        first, *others = list(parts.values()) or [[]]
        return [QuoteAsk(part, self.region, self.buyer) for part in ([*first, *rest], *others)]


class OfferSnapshot(msgspec.Struct, frozen=True):
    """Goods as they are offered at this moment, with their shops and freight terms."""

    offers: dict[int, Offer]
    shops: dict[int, Shop]
    templates: dict[int, FreightTemplate]
    """By id; those agreed on with a deposit by the deposit's id, below zero."""

    def agree(self, sku_id: int) -> AgreedTerms:
        """The terms of this moment, to be kept. `sku_id` is one that is offered."""
        offer = self.offers[sku_id]
        return AgreedTerms(offer, self.templates.get(offer.freight_template_id))


class _Market(msgspec.Struct, frozen=True):
    """Everything that prices depend on, as it was read once for all that ask."""

    shelf: OfferSnapshot
    brands: Storefronts
    book: CategoryBook
    stack: StackingPolicy
    tools: Offered
    gifts: dict[int, Offer]
    rules_version: int


async def quote(tx: Tx, wanted: Sequence[LineRequest], region: str, buyer: Buyer | None = None) -> Quote:
    """Price all of it, delivered to a region. What cannot be bought is listed apart and costs nothing.

    Refuses `MixedCurrencies`, and `Invalid` for a sum no payment can carry. Shops, freight terms and promotions may be
    two seconds old; offers and vouchers are read.
    """
    (answer,) = await quote_many(tx, [QuoteAsk(wanted, region, buyer)])
    return answer


async def quote_many(tx: Tx, asks: Sequence[QuoteAsk]) -> list[Quote]:
    """Price for many with one look at the market. Refuses as `quote` does, all of them."""
    market = await _market(tx, await load_offers(tx, [each for ask in asks for each in ask.wanted]), asks, None)
    return [_price(market, ask) for ask in asks]


async def load_offers(tx: Tx, wanted: Iterable[LineRequest]) -> OfferSnapshot:
    """What is wanted, as it is offered; the part of a quote that does not depend on who asks."""
    asked = list(wanted)
    offers = await get_offers(tx, {(each.product_id, each.sku_id) for each in asked if not each.agreed})
    agreed = [each.agreed.offer.shop_id for each in asked if each.agreed]
    shops = await get_recent_shops(tx, [*agreed, *(offer.shop_id for offer in offers.values())])
    templates = await TEMPLATES.get_many(tx, {each.freight_template_id for each in offers.values()} - {0})
    if agreed:
        templates = templates | {
            -each.deposit_id: each.agreed.freight for each in asked if each.agreed and each.agreed.freight
        }
    return OfferSnapshot(offers, shops, templates)


async def price_each(
    tx: Tx, shelf: OfferSnapshot, asks: Sequence[QuoteAsk], held: dict[int, list[HeldVoucher]] | None = None
) -> list[Quote | Refusal]:
    """Price for many callers what was looked at: for each its quote, or why not. `held`: vouchers read already."""
    market = await _market(tx, shelf, asks, held)
    answers: list[Quote | Refusal] = []
    for ask in asks:
        try:
            answers.append(_price(market, ask))
        except Refusal as refusal:
            answers.append(refusal)
    return answers


async def _market(
    tx: Tx, shelf: OfferSnapshot, asks: Sequence[QuoteAsk], held: dict[int, list[HeldVoucher]] | None
) -> _Market:
    rules = await get_rules(tx)
    layers = rules.value(LAYERS, tx.now)
    tools = await select_tools(tx, list(shelf.shops), [ask.buyer for ask in asks if ask.buyer], held)
    return _Market(
        shelf,
        await get_storefronts(tx),
        await get_category_book(tx),
        StackingPolicy(
            layers,
            rules.value(LINE_POLICY, tx.now),
            rules.value(REMAINDER, tx.now),
            steps_of(tx.house, [layer.code for layer in layers], rules, tx.now),
        ),
        tools,
        await _read_gifts(tx, tools.gifts()),
        rules.version,
    )


async def _read_gifts(tx: Tx, gifts: Sequence[Gift]) -> dict[int, Offer]:
    """Gifts that are there to be given."""
    if not gifts:
        return {}
    offers = await get_offers(tx, {(gift.product_id, gift.sku_id) for gift in gifts})
    stock = await free_of(tx, offers)
    return {
        sku_id: offer for sku_id, offer in offers.items()
        if offer.is_offered and sku_id in stock and stock[sku_id].free > 0
    }  # fmt: skip


def _price(market: _Market, ask: QuoteAsk) -> Quote:
    lines: list[tuple[LineRequest, Offer]] = []
    unavailable: list[Unavailable] = []
    for each in ask.wanted:
        offer = each.agreed.offer if each.agreed else market.shelf.offers.get(each.sku_id)
        if offer and offer.product_id != each.product_id:
            offer = None
        if not each.agreed and (reason := _reason_against(offer, market)):
            unavailable.append(Unavailable(each.sku_id, each.product_id, reason, each.source))
        elif offer:
            lines.append((each, offer))
    currencies = {market.brands.get(market.shelf.shops[offer.shop_id].storefront_id).currency for _, offer in lines}
    if len(currencies) > 1:
        raise MixedCurrencies
    goods = [_goods(market.book, each, offer) for each, offer in lines]
    currency = currencies.pop() if currencies else market.brands.home.currency
    tools, rights = market.tools.of(ask.buyer)
    tools, rights = in_currency(market.brands, currency, tools, rights)
    outcome = apply_best_discounts(goods, tools, rights, market.stack, ask.region)
    priced = Quote(
        currency,
        [_quote_shop(market, ask, lines, outcome, shop_id) for shop_id in sorted({each.shop_id for each in goods})],
        unavailable,
        market.rules_version,
        ask.region,
        [*(_worked(each) for each in outcome.applied), *_stepped(outcome)],
        [UpsellHint(each.tool.tool_id, each.shop_id, each.tool.titles, each.amount, each.pieces, each.tier.kind,
        each.tier.value)
         for each in outcome.missed],
        _uses(goods, outcome),
    )  # fmt: skip
    if priced.total.amount > MAX_AMOUNT:
        raise Invalid("total", "more than one payment can carry")
    return priced


def _reason_against(offer: Offer | None, market: _Market) -> str:
    shops = market.shelf.shops
    if offer is None or not offer.is_offered:
        return "pricing.not_offered"
    if offer.shop_id not in shops or not shops[offer.shop_id].is_open:
        return "merchant.shop_not_open"
    if not market.brands.get(shops[offer.shop_id].storefront_id).is_trading:
        return "storefront.not_trading"
    return ""


def _goods(book: CategoryBook, wanted: LineRequest, offer: Offer) -> PricedLine:
    path = tuple(each.category_id for each in book.path(offer.category_id))
    return PricedLine(
        offer.sku_id, offer.product_id, offer.shop_id, offer.storefront_id, path, wanted.quantity, offer.list_price,
        frozenset({wanted.token} if wanted.token else ()), wanted.prepaid,
    )  # fmt: skip


def _worked(applied: AppliedDiscount) -> DiscountResult:
    tool = applied.tool
    return DiscountResult(
        tool.tool_id, tool.version, tool.owner_id, tool.terms.layer, tool.titles, applied.amount, tool.is_voucher
    )


def _stepped(outcome: QuoteOutcome) -> list[DiscountResult]:
    """What steps took off, by their rule."""
    found: dict[tuple[str, str], DiscountResult] = {}
    for each in outcome.stepped:
        known = found.get((each.layer, each.rule))
        amount = each.amount + (known.amount if known else 0)
        found[each.layer, each.rule] = DiscountResult(
            int(each.rule), each.version, 0, each.layer, each.titles, amount, is_voucher=False
        )
    return list(found.values())


def _uses(goods: Sequence[PricedLine], outcome: QuoteOutcome) -> list[BudgetUse]:
    """What is counted of limited promotions: by order, so that an order that comes to nothing gives back its own."""
    found: dict[tuple[int, int], BudgetUse] = {}
    for applied in outcome.applied:
        tool = applied.tool
        if not tool.is_limited or tool.is_voucher:
            continue
        shops = sorted({goods[place].shop_id for place in applied.places})
        for number, shop_id in enumerate(shops):
            places = [place for place in applied.places if goods[place].shop_id == shop_id]
            amount = sum(cut.amount for place in places for cut in outcome.cuts[place] if cut.rule == str(tool.tool_id))
            pieces = sum(goods[place].quantity for place in places)
            count = pieces if tool.terms.layer == "item" else int(number == 0)
            # An item-level tool is applied once for every SKU; each time counts its own lines alone.
            if known := found.get((tool.tool_id, shop_id)):
                amount, count = known.amount + amount, known.uses + count
            found[tool.tool_id, shop_id] = BudgetUse(tool.tool_id, tool.owner_id, shop_id, amount, count)
    return list(found.values())


def _quote_shop(
    market: _Market, ask: QuoteAsk, lines: Sequence[tuple[LineRequest, Offer]], outcome: QuoteOutcome, shop_id: int
) -> ShopQuote:
    places = [place for place, (_, offer) in enumerate(lines) if offer.shop_id == shop_id]
    priced = [_bought(*lines[place], outcome.cuts[place]) for place in places]
    loads = [
        FreightLine(
            _template_id(market, each, offer), each.quantity, offer.weight_grams * each.quantity,
            offer.volume_cm3 * each.quantity, outcome.items[place],
        )
        for place in places for each, offer in (lines[place],)
    ]  # fmt: skip
    shop = market.shelf.shops[shop_id]
    freight = freight_of(loads, market.shelf.templates, ask.region)
    here = [each for each in outcome.applied if set(each.places) & set(places)]
    if not here:
        return ShopQuote(shop.shop_id, shop.storefront_id, shop.names, priced, freight)
    rules = {cut.rule for place in places for cut in outcome.cuts[place]}
    coins = sum(cut.amount for place in places for cut in outcome.cuts[place] if cut.layer == "coins")
    return ShopQuote(
        shop.shop_id, shop.storefront_id, shop.names, priced + _gift_lines(market, here, shop_id),
        0 if any(each.frees_freight for each in here) else freight,
        sorted(each.tool.tool_id for each in here if each.tool.is_voucher and str(each.tool.tool_id) in rules),
        coins,
        sorted({each.tool.tool_id for each in here if each.tool.is_limited and not each.tool.is_voucher}),
        any(each.tool.terms.is_official for each in here),
    )  # fmt: skip


def _template_id(market: _Market, wanted: LineRequest, offer: Offer) -> int:
    """Agreed terms are counted together with those of this moment where they are the same, else by themselves."""
    id_ = offer.freight_template_id
    if wanted.agreed is None or wanted.agreed.freight == market.shelf.templates.get(id_):
        return id_
    return -wanted.deposit_id if wanted.agreed.freight else 0


def _line(offer: Offer, quantity: int, cuts: list[PriceAdjustment], *, is_gift: bool = False) -> QuoteLine:
    return QuoteLine(
        offer.sku_id, offer.product_id, offer.version, offer.category_id, offer.titles, offer.labels,
        offer.picture or "", quantity, offer.list_price, cuts, is_gift, method=offer.method,
    )  # fmt: skip


def _bought(wanted: LineRequest, offer: Offer, cuts: list[PriceAdjustment]) -> QuoteLine:
    line = _line(offer, wanted.quantity, cuts)
    if not wanted.deposit_id and not wanted.source:
        return line
    return msgspec.structs.replace(
        line, hold_id=wanted.hold_id, prepaid=wanted.prepaid, deposit_id=wanted.deposit_id, source=wanted.source
    )  # fmt: skip


def _gift_lines(market: _Market, applied: Sequence[AppliedDiscount], shop_id: int) -> list[QuoteLine]:
    """What is given along: a line that costs nothing, paid for by whoever gives it."""
    given: list[QuoteLine] = []
    for each in applied:
        for gift in each.gifts:
            offer = market.gifts.get(gift.sku_id)
            if offer is None or offer.shop_id != shop_id:
                continue
            funder = each.tool.terms.funders[0].funder
            cut = PriceAdjustment(
                str(each.tool.tool_id), each.tool.version, funder, offer.list_price * gift.quantity,
                each.tool.terms.layer, each.tool.titles,
            )  # fmt: skip
            given.append(_line(offer, gift.quantity, [cut], is_gift=True))
    return given
