"""Placing a purchase: what is ticked in the cart becomes a promise to the buyer, priced and held.

A claim under the request key makes a double click one purchase. Stock is held first, item by item; then
purchase, orders, lines, the emptied cart and the facts are written in one transaction of the buyer's
bucket, which also completes the claim. If that is refused the hold is let go; if the process dies, it
expires, and the same key sent again begins anew.
"""

import asyncio
from datetime import timedelta

import msgspec

from datong.commerce import cart, inventory
from datong.commerce.catalog import get_category_book
from datong.commerce.member import Address, get_address
from datong.commerce.merchant import COMMISSION_BPS
from datong.commerce.order.states import UNPAID_CLOSE_SECONDS
from datong.commerce.order.writing import OrderDraft, Promise, rows_of, write_purchase
from datong.commerce.pricing import Quote, ShopQuote, quote
from datong.commerce.rulebook import Scope, get_rules
from datong.kernel.actor import Actor
from datong.kernel.money import Money, allocate, share_of
from datong.kernel.refusal import Conflict, Invalid, Refusal
from datong.kernel.request import Claim, StillWorking, claim, claim_first, give_up
from datong.kernel.tx import Db, Tx

MAX_NOTE = 200
WAIT_SECONDS = 10.0
"""How long a second sender of the same key waits for the first one's answer."""


class CartEmpty(Conflict):
    """Nothing is ticked."""

    code = "order.cart_empty"


class PriceMoved(Conflict):
    """The buyer agreed to one total and the market now asks another."""

    code = "order.price_moved"

    def __init__(self, agreed: Money, asked: Money) -> None:
        self.agreed = agreed
        self.asked = asked


class LineUnavailable(Conflict):
    """Something ticked cannot be bought now."""

    code = "order.line_unavailable"

    def __init__(self, sku_id: int, reason: str) -> None:
        self.sku_id = str(sku_id)
        self.reason = reason


class Asked(msgspec.Struct, frozen=True):
    """What one attempt to place works with."""

    address: Address
    quote: Quote
    notes: dict[int, str]


async def place_purchase(
    db: Db, buyer: Actor, address_id: int, agreed: Money, request_key: str, notes: dict[int, str] | None = None
) -> int:
    """Place all that is ticked in the cart, once for each `request_key`, however often it is sent.

    `notes` are the buyer's words by shop id. Refuses `CartEmpty`, `LineUnavailable`, `PriceMoved`,
    `StockShort`, `NotFound` (address), `KeyReused`, `StillWorking`.
    """
    buyer.must("member:order:place", buyer.id)
    said = {shop_id: note.strip() for shop_id, note in (notes or {}).items() if note.strip()}
    if any(len(note) > MAX_NOTE for note in said.values()):
        raise Invalid("notes", f"at most {MAX_NOTE} characters")
    body = [address_id, agreed, sorted(said.items())]
    claimed = await _claim(db, buyer, request_key, body)
    if claimed.is_answered:
        return claimed.ref_id
    try:
        return await _attempt(db, buyer, claimed, Asked(*await _ask(db, buyer, address_id, agreed), said), request_key)
    except Refusal:
        async with db.begin(buyer.bucket) as tx:
            await give_up(tx, buyer.id, request_key, claimed.attempt)
        raise


async def _claim(db: Db, buyer: Actor, request_key: str, body: object) -> Claim:
    """The claim, or the answer of the sender who has it: a double click waits for the first click."""
    purchase_id = (await db.ids()).new(buyer.bucket)
    if first := await claim_first(db, buyer.id, request_key, body, purchase_id):
        return first
    deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
    pause = 0.01
    while True:
        try:
            async with db.begin(buyer.bucket) as tx:
                return await claim(tx, buyer.id, request_key, body, purchase_id)
        except StillWorking:
            if asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 0.5)


async def _ask(db: Db, buyer: Actor, address_id: int, agreed: Money) -> tuple[Address, Quote]:
    async with db.read() as tx:
        address = await get_address(tx, buyer, address_id)
        lines = await cart.ticked_lines(tx, buyer)
        if not lines:
            raise CartEmpty
        priced = await quote(tx, lines, address.region)
    for missing in priced.unavailable:
        raise LineUnavailable(missing.sku_id, missing.reason)
    if priced.total != agreed:
        raise PriceMoved(agreed, priced.total)
    return address, priced


async def _attempt(db: Db, buyer: Actor, claimed: Claim, asked: Asked, request_key: str) -> int:
    ids = await db.ids()
    hold_id = ids.new(buyer.bucket)
    held = await inventory.hold(db, hold_id, asked.quote.quantities())
    try:
        async with db.read() as tx:
            drafts = [await _draft(tx, shop, asked) for shop in asked.quote.shops]
        promise = Promise(claimed.ref_id, buyer.id, request_key, claimed.attempt, hold_id)
        written = rows_of(ids, promise, asked.quote, asked.address, drafts, held.expires_at, db.now())
        if not await write_purchase(db, written):
            raise StillWorking
    except Refusal:
        await inventory.release(db, held)
        raise
    return claimed.ref_id


async def _draft(tx: Tx, shop: ShopQuote, asked: Asked) -> OrderDraft:
    """One shop's order: its commission by line, frozen now, and when it closes if nobody pays."""
    rules = await get_rules(tx)
    book = await get_category_book(tx)
    rates: list[int] = []
    for line in shop.lines:
        path = book.path(line.category_id)
        scope = Scope(shop.storefront_id, path[-1].vertical_id if path else 0, tuple(c.category_id for c in path))
        rates.append(rules.value(COMMISSION_BPS, tx.now, scope))
    due = timedelta(seconds=rules.value(UNPAID_CLOSE_SECONDS, tx.now, Scope(storefront_id=shop.storefront_id)))
    return OrderDraft(
        shop, rates, commission_by_line([line.payable for line in shop.lines], rates),
        tx.now + due, asked.notes.get(shop.shop_id, ""),
    )  # fmt: skip


def commission_by_line(payable: list[int], rates: list[int]) -> list[int]:
    """Commission of an order's lines: each rate on the sum of its lines, rounded once, then shared out.

    So three lines of one piece cost what one line of three does. Source: correctness.md §4.

    >>> commission_by_line([10, 10, 10], [500, 500, 500]), commission_by_line([30], [500])
    ([1, 1, 0], [2])
    """
    parts = [0] * len(payable)
    for rate in set(rates):
        places = [place for place, each in enumerate(rates) if each == rate]
        amounts = [payable[place] for place in places]
        for place, part in zip(places, allocate(share_of(sum(amounts), rate), amounts), strict=True):
            parts[place] = part
    return parts
