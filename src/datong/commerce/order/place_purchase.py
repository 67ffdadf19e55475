"""Placing a purchase: what is ticked in the cart becomes a promise to the buyer, priced and held.

A claim under the request key makes a double click one purchase. Stock is held first, item by item; then
purchase, orders, lines, the emptied cart and the facts are written in one transaction of the buyer's
bucket, which also completes the claim. If that is refused the hold is let go; if the process dies, it
expires, and the same key sent again begins anew. Whoever places at the same moment goes through the
stages together, each stage a statement or two for all of them; one caller alone waits for nobody.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar

from datong.commerce import cart, inventory
from datong.commerce.catalog import get_category_book, is_carried
from datong.commerce.member import find_addresses
from datong.commerce.order.checkout_attempt import Attempt
from datong.commerce.order.insert_orders import Promise, rows_of, write_purchases
from datong.commerce.order.order_draft import Market, draft_order
from datong.commerce.order.presale_balance import discount_of, line_of, read_deposits
from datong.commerce.order.queries import count_unpaid
from datong.commerce.pricing import (
    Buyer,
    LineRequest,
    Quote,
    QuoteAsk,
    load_offers,
    price_each,
    release_budget,
    reserve_budget,
)
from datong.commerce.rulebook import Parameter, get_rules
from datong.commerce.voucher import list_usable
from datong.kernel.actor import Actor
from datong.kernel.batching import BatchQueue, run_batch
from datong.kernel.house import House
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Conflict, Invalid, NotFound, Refusal
from datong.kernel.request import (
    Claim,
    FirstClaim,
    StillWorking,
    check_key,
    claim,
    claim_first,
    find_asked,
    give_up,
)
from datong.kernel.tx import Db, Tx

Args = ParamSpec("Args")
Answer = TypeVar("Answer")

UNPAID_ORDERS = Parameter(
    "order.unpaid_orders", int, 50, "DESIGN: what one buyer may have waiting for payment", bounds=(1, 1_000)
)
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


class TooManyUnpaid(Conflict):
    """A buyer may have only so many orders waiting for payment."""

    code = "order.too_many_unpaid"

    def __init__(self, most: int) -> None:
        self.most = most


class LineUnavailable(Conflict):
    """Something ticked cannot be bought now."""

    code = "order.line_unavailable"

    def __init__(self, sku_id: int, reason: str) -> None:
        self.sku_id = str(sku_id)
        self.reason = reason


async def place_purchase(  # noqa: PLR0913 - what a shopper decides
    db: Db,
    buyer: Actor,
    address_id: int,
    agreed: Money,
    request_key: str,
    notes: dict[int, str] | None = None,
    wanted: Sequence[LineRequest] = (),
    chosen: frozenset[int] | None = None,
    deposit_ids: Sequence[int] = (),
    *,
    keeps_coins: bool = False,
) -> int:
    """Place all that is ticked in the cart, once for each `request_key`, however often it is sent.

    With `wanted`, place that instead ("buy now"); the cart stays as it is. `notes` are the buyer's words by shop id,
    `address_id` is 0 where nothing travels, `chosen` the vouchers to use (None: the best ones), `deposit_ids` deposits
    whose balance is paid with it (then with `wanted` alone, not with the cart), `keeps_coins` that none are spent.
    Refuses `CartEmpty`, `LineUnavailable`, `PriceMoved`, `StockShort`, `TooManyHeld`, `TooManyUnpaid`, `DepositMoved`,
    `VoucherGone`, `NotFound` (address), `KeyReused`, `StillWorking`, and `TooMany` in a rush.
    """
    buyer.must("member:order:place", buyer.id)
    said = {shop_id: note.strip() for shop_id, note in (notes or {}).items() if note.strip()}
    if any(len(note) > MAX_NOTE for note in said.values()):
        raise Invalid("notes", f"at most {MAX_NOTE} characters")
    if len(wanted) > cart.MAX_LINES or any(not 1 <= each.quantity <= cart.MAX_QUANTITY for each in wanted):
        raise Invalid("lines", f"at most {cart.MAX_LINES} lines of 1 to {cart.MAX_QUANTITY} pieces")
    attempt = Attempt(
        buyer, address_id, agreed, check_key(request_key), said, wanted, chosen, deposit_ids, keeps_coins=keeps_coins
    )
    attempt.purchase_id = (await db.ids()).new(buyer.bucket)
    await _go_through(db, attempt)
    if not attempt.claimed and attempt.outcome is None:
        claimed = await _wait_for_claim(db, attempt)
        if claimed.is_answered:
            return claimed.ref_id
        attempt.purchase_id, attempt.claimed = claimed.ref_id, claimed.attempt
        await _go_through(db, attempt)
    if attempt.outcome is None:
        return attempt.purchase_id
    if isinstance(attempt.outcome, Refusal) and attempt.claimed:
        if attempt.uses:
            await release_budget(db, attempt.purchase_id, [bucket_of(use.promotion_id) for use in attempt.uses])
        async with db.begin(buyer.bucket) as tx:
            await give_up(tx, buyer.id, request_key, attempt.claimed)
    raise attempt.outcome


async def _go_through(db: Db, attempt: Attempt) -> None:
    """All stages, together with whoever places at this moment: each stage is one statement or two for all."""

    async def place_all(attempts: Sequence[Attempt]) -> list[bool | Exception]:
        return await _place_all(db, attempts)

    lanes = db.keep("order.place", lambda: BatchQueue(place_all))
    await lanes.ask(attempt)


async def _place_all(db: Db, everyone: Sequence[Attempt]) -> list[bool | Exception]:
    attempts = everyone
    try:
        await _refuse_sold_out(db, everyone)
        attempts = [each for each in everyone if each.outcome is None]
        await _together(_claim(db, [each for each in attempts if not each.claimed]), _price(db, attempts))
        for each in attempts:
            if not each.claimed:
                each.outcome = None  # whoever has the key answers, not the price of this moment
        await _spend(db, [each for each in attempts if each.is_under_way])
        await _hold(db, [each for each in attempts if each.is_under_way])
        await _write(db, [each for each in attempts if each.is_under_way])
    except Exception as error:  # noqa: BLE001 - told to those who are under way; the others have their answer
        for each in attempts:
            if each.is_under_way or not each.claimed:
                each.outcome = each.outcome or error
    return [True for _ in everyone]


async def _refuse_sold_out(db: Db, attempts: Sequence[Attempt]) -> None:
    """In a rush for what is known to be sold out, one look for all of them is enough.

    Who has placed it already under the same key still gets the answer; the others are refused.
    """
    memory = inventory.sold_out(db)
    wanted = [(each, {line.sku_id: line.quantity for line in each.wanted}) for each in attempts if not each.claimed]
    known = [(each, sku_id) for each, pieces in wanted if (sku_id := memory.find(pieces)) is not None]
    if not known:
        return
    asked = await _read(db, find_asked, [(each.buyer.id, each.key) for each, _ in known])
    for each, sku_id in known:
        if (each.buyer.id, each.key) not in asked:
            each.outcome = inventory.StockShort(sku_id, 0)


async def _together(*works: Awaitable[None]) -> None:
    """Side by side, and all of them ended before the first failure is told."""
    for failed in await asyncio.gather(*works, return_exceptions=True):
        if failed is not None:
            raise failed


async def _claim(db: Db, attempts: Sequence[Attempt]) -> None:
    """Claim the keys that nobody has used; the others are left without a claim."""
    if not attempts:
        return
    first = {
        each.purchase_id: FirstClaim(each.buyer.id, each.key, each.body_hash, each.purchase_id) for each in attempts
    }
    made = await claim_first(db, list(first.values()))
    for each in attempts:
        if each.purchase_id in made:
            each.claimed = 1


async def _wait_for_claim(db: Db, attempt: Attempt) -> Claim:
    """The claim, or the answer of the sender who has it: a double click waits for the first click."""
    deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
    pause = 0.01
    while True:
        try:
            async with db.begin(attempt.buyer.bucket) as tx:
                return await claim(tx, attempt.buyer.id, attempt.key, attempt.body_hash, attempt.purchase_id)
        except StillWorking:
            if asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 0.5)


async def _price(db: Db, attempts: Sequence[Attempt]) -> None:
    """Address, lines and quote of each; refuses what the buyer did not agree to. What can be read at once is."""
    if not attempts:
        return
    await _gather_lines(db, attempts)
    async with db.read() as tx:
        most = (await get_rules(tx)).value(UNPAID_ORDERS, tx.now)
    members = [each.buyer.id for each in attempts]
    addresses, unpaid, held, shelf = await asyncio.gather(
        _read(db, find_addresses, [(each.buyer, each.address_id) for each in attempts]),
        _read(db, count_unpaid, members, most),
        _read(db, list_usable, sorted(set(members))),
        _read(db, load_offers, [line for each in attempts for line in each.lines]),
    )
    for each in attempts:
        if each.outcome is not None:
            continue
        if each.address_id and each.address_id not in addresses:
            each.outcome = NotFound("address", each.address_id)
        elif not each.lines:
            each.outcome = CartEmpty()
        elif unpaid.get(each.buyer.id, 0) >= most:
            each.outcome = TooManyUnpaid(most)
        else:
            each.address = addresses.get(each.address_id)
    asking = [each for each in attempts if each.outcome is None]
    async with db.read() as tx:
        quotes = await price_each(tx, shelf, [_ask_of(each) for each in asking], held)
    for each, quoted in zip(asking, quotes, strict=True):
        _agree(db.house, each, quoted)


async def _read(
    db: Db, ask: Callable[Concatenate[Tx, Args], Awaitable[Answer]], *args: Args.args, **more: Args.kwargs
) -> Answer:
    async with db.read() as tx:
        return await ask(tx, *args, **more)


async def _gather_lines(db: Db, attempts: Sequence[Attempt]) -> None:
    """What each wants: the lines given, or what is ticked in the cart, and the deposits it pays the balance of."""
    from_cart = [each for each in attempts if each.is_from_cart]
    with_deposits = [each for each in attempts if each.deposit_ids]
    ticked = await _read(db, cart.ticked_lines, [each.buyer for each in from_cart]) if from_cart else {}
    for each in attempts:
        each.outcome = None
        each.lines = ticked[each.buyer.id] if each.is_from_cart else each.wanted
    if with_deposits:
        found = await _read(db, read_deposits, [(each.buyer, each.deposit_ids) for each in with_deposits])
        for each, deposits in zip(with_deposits, found, strict=True):
            if isinstance(deposits, Refusal):
                each.outcome = deposits
            else:
                each.deposits = deposits
                each.lines = [*each.wanted, *(line_of(deposit) for deposit in deposits)]


def _ask_of(attempt: Attempt) -> QuoteAsk:
    tools = [tool for deposit in attempt.deposits if (tool := discount_of(deposit))]
    buyer = Buyer(attempt.buyer.id, chosen=attempt.chosen, tools=tools, keeps_coins=attempt.keeps_coins)
    return QuoteAsk(attempt.lines, attempt.address.region if attempt.address else "", buyer)


def _agree(house: House, attempt: Attempt, quoted: Quote | Refusal) -> None:
    if isinstance(quoted, Refusal):
        attempt.outcome = quoted
    elif quoted.unavailable:
        attempt.outcome = LineUnavailable(quoted.unavailable[0].sku_id, quoted.unavailable[0].reason)
    elif attempt.address is None and needs_address(house, quoted):
        attempt.outcome = NotFound("address", 0)
    elif quoted.total != attempt.agreed:
        attempt.outcome = PriceMoved(attempt.agreed, quoted.total)
    else:
        attempt.quote = quoted
        if not needs_address(house, quoted):
            attempt.address = None  # what nobody needs is not kept


def needs_address(house: House, quoted: Quote) -> bool:
    """Whether anything of it travels."""
    return any(is_carried(house, each) for each in {line.method for shop in quoted.shops for line in shop.lines})


async def _spend(db: Db, attempts: Sequence[Attempt]) -> None:
    """Count the uses of limited promotions; few purchases have any."""
    for each in attempts:
        if each.quote.uses:
            try:
                await reserve_budget(db, each.purchase_id, each.buyer.id, each.quote.uses)
                each.uses = each.quote.uses
            except Refusal as refusal:
                each.outcome = refusal


async def _hold(db: Db, attempts: Sequence[Attempt]) -> None:
    ids = await db.ids()
    asks = [inventory.HoldAsk(ids.new(each.buyer.bucket), each.buyer.id, each.quote.quantities()) for each in attempts]
    for each, answer in zip(attempts, await inventory.hold_many(db, asks), strict=True):
        if isinstance(answer, Exception):
            each.outcome = answer
        else:
            each.hold = answer


async def _write(db: Db, attempts: Sequence[Attempt]) -> None:
    if not attempts:
        return
    ids, now = await db.ids(), db.now()
    async with db.read() as tx:
        rules, book = await get_rules(tx), await get_category_book(tx)
        came = [line.source for each in attempts for line in each.lines if line.source]
        sources = await cart.holding_sources(tx, came) if came else ()
    market = Market(db.house, rules, book, now, sources)

    async def write_all(some: Sequence[Attempt]) -> list[bool | Exception]:
        rows = []
        for each in some:
            promise = Promise(
                each.purchase_id, each.buyer.id, each.key, each.claimed, each.hold.hold_id, each.is_from_cart
            )
            drafts = [draft_order(market, shop, each.notes.get(shop.shop_id, "")) for shop in each.quote.shops]
            rows.append(rows_of(ids, promise, each.quote, each.address, drafts, each.hold.expires_at, now))
        return await write_purchases(db, rows)

    for each, answer in zip(attempts, await run_batch(write_all, attempts), strict=True):
        if answer is not True:
            each.outcome = answer if isinstance(answer, Exception) else StillWorking()
        if isinstance(each.outcome, Refusal):
            await inventory.release(db, each.hold)
