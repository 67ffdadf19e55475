"""Deposits: placed, paid, and what becomes of them: the balance, a forfeit, or double back.

Stock is held from the deposit. The money of a paid deposit waits in an account of its own until the balance is paid
(then it joins the order's escrow), the balance window passes (then it is the shop's), or the shop cannot deliver (then
the buyer gets it back, and as much again from the shop). Source: domain.md §6 [10].
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from datong.adapters.payment import Gateway
from datong.commerce import inventory
from datong.commerce.merchant import get_shops
from datong.commerce.order.presales import GET as GET_PRESALE
from datong.commerce.payment import (
    ChargePart,
    PaidCharge,
    Payable,
    PayableView,
    fund_account,
    open_charge,
    pay_double,
    refund_unapplied,
    settle_presale,
)
from datong.commerce.pricing import AgreedTerms, LineRequest, load_offers
from datong.commerce.rulebook import Parameter, get_rules
from datong.commerce.storefront import get_storefronts
from datong.facts.order import DepositEnded, DepositPlaced
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.request import remember
from datong.kernel.sql import changed, command, rows
from datong.kernel.sweeping import one_by_one
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case

DEPOSIT_SECONDS = Parameter(
    "order.deposit_seconds", int, 1_800, "domain.md §3: presale deposit 30 min", bounds=(60, 2_592_000)
)
MAX_PIECES = 99
DEPOSIT = "deposit"
"""The kind under which deposits are paid."""


class NotInPresale(Conflict):
    """No deposit is taken for this now."""

    code = "order.not_in_presale"


class DepositMoved(Conflict):
    """The deposit is not in a state in which this is possible, or its time has not come."""

    code = "order.deposit_moved"


class Deposit(msgspec.Struct, frozen=True):
    """A deposit as it is kept. `amount` and `cut` are for all its pieces."""

    deposit_id: int
    presale_id: int
    member_id: int
    shop_id: int
    product_id: int
    sku_id: int
    quantity: int
    currency: str
    amount: int
    cut: int
    hold_id: int
    state: str
    purchase_id: int
    titles: dict[str, str]
    product_titles: dict[str, str]
    placed_at: datetime
    due_at: datetime | None
    balance_from: datetime
    balance_until: datetime
    agreed: dict[str, object] | None

    @property
    def terms(self) -> AgreedTerms | None:
        """What the shop offered then, which the balance is paid for; None before this was kept."""
        return msgspec.convert(self.agreed, AgreedTerms) if self.agreed else None

    @property
    def money(self) -> Money:
        """What was, or is to be, paid."""
        return Money(self.amount, self.currency)

    def is_payable(self, now: datetime) -> bool:
        """Whether its balance can be paid at this moment."""
        return self.state == "DEPOSIT_PAID" and self.balance_from <= now < self.balance_until


COLUMNS = """deposit_id, presale_id, member_id, shop_id, product_id, sku_id, quantity, currency, amount, cut, hold_id,
    state, purchase_id, titles, product_titles, placed_at, due_at, balance_from, balance_until, agreed"""
PUT = command(
    """
    insert into deposit (bkt, deposit_id, presale_id, member_id, shop_id, product_id, sku_id, quantity, currency,
        amount, cut, hold_id, state, titles, product_titles, placed_at, due_at, balance_from, balance_until, agreed)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'WAIT_DEPOSIT', $13, $14, $15, $16, $17, $18, $19)
    """
)
GET = rows(Deposit, f"select {COLUMNS} from deposit where bkt = $1 and deposit_id = $2")
LOCK = rows(Deposit, f"select {COLUMNS} from deposit where bkt = $1 and deposit_id = $2 for update")
LIST = rows(
    Deposit, f"select {COLUMNS} from deposit where bkt = $1 and member_id = $2 order by deposit_id desc limit 100"
)
MANY = rows(
    Deposit,
    f"""
    select {COLUMNS} from unnest($1::integer[], $2::bigint[]) as w (in_bucket, wanted)
    join deposit on bkt = in_bucket and deposit_id = wanted
    """,
)
DUE = rows(Deposit, f"select {COLUMNS} from deposit where due_at <= $1 order by due_at limit 500")
MOVE = changed(
    Deposit,
    f"""
    update deposit set state = $4, due_at = $5, purchase_id = $6
    where bkt = $1 and deposit_id = $2 and state = $3 returning {COLUMNS}
    """,
)


class OwnPresale(Conflict):
    """Who works in a shop puts down no deposit there: its default pays the deposit double."""

    code = "order.own_presale"


async def place_deposit(db: Db, buyer: Actor, presale_id: int, sku_id: int, quantity: int, request_key: str) -> int:
    """Hold the pieces and promise the deposit; answers its id, the same for the same key.

    Refuses `NotFound`, `OwnPresale`, `NotInPresale`, `StockShort`, `TooManyHeld`, `Invalid`.
    """
    buyer.must("member:order:place", buyer.id)
    if not 1 <= quantity <= MAX_PIECES:
        raise Invalid("quantity", f"1 to {MAX_PIECES}")
    async with db.read() as tx:
        presale = await tx.maybe(GET_PRESALE, bucket_of(presale_id), presale_id)
        if presale is None:
            raise NotFound("presale", presale_id)
        shelf = await load_offers(tx, [LineRequest(presale.product_id, sku_id, quantity)])
        offer = shelf.offers.get(sku_id)
        shop = (await get_shops(tx, [presale.shop_id]))[presale.shop_id]
        brand = (await get_storefronts(tx)).get(shop.storefront_id)
        due = timedelta(seconds=(await get_rules(tx)).value(DEPOSIT_SECONDS, tx.now))
    if buyer.shop_rights.get(presale.shop_id):
        raise OwnPresale
    if (
        offer is None
        or not offer.is_offered
        or not shop.is_open
        or not brand.is_trading
        or not presale.takes_deposits(db.now())
    ):
        raise NotInPresale
    hold_id = (await db.ids()).new(buyer.bucket)
    held = await inventory.hold(db, hold_id, {sku_id: quantity}, buyer.id)
    try:
        async with db.begin(buyer.bucket) as tx:
            deposit_id = tx.new_id()
            before = await remember(tx, buyer.id, request_key, [presale_id, sku_id, quantity], deposit_id)
            if before is None:
                await tx.run(
                    PUT, tx.bucket, deposit_id, presale_id, buyer.id, presale.shop_id, presale.product_id, sku_id,
                    quantity, brand.currency, presale.deposit * quantity, presale.cut * quantity, hold_id,
                    presale.titles, offer.titles, tx.now, min(tx.now + due, presale.deposit_until),
                    presale.balance_from, presale.balance_until, shelf.agree(sku_id),
                )  # fmt: skip
                tx.emit(DepositPlaced(deposit_id=deposit_id, hold_id=hold_id, sku_id=sku_id))
                return deposit_id
    except BaseException:
        await inventory.release(db, held)
        raise
    await inventory.release(db, held)
    return before


async def get_deposit(tx: Tx, actor: Actor, deposit_id: int) -> Deposit:
    """A deposit for its buyer or its shop's staff; to everyone else it does not exist."""
    found = await tx.maybe(GET, bucket_of(deposit_id), deposit_id)
    if found is None or not (
        actor.may("member:order:read", found.member_id) or actor.may("shop:order:read", found.shop_id)
    ):
        raise NotFound("deposit", deposit_id)
    return found


async def list_deposits(tx: Tx, actor: Actor) -> list[Deposit]:
    """An actor's own deposits, the latest first."""
    actor.must("member:order:read", actor.id)
    return await tx.all(LIST, actor.bucket, actor.id)


async def pay_deposit(
    db: Db, gateways: Mapping[str, Gateway], buyer: Actor, deposit_id: int, gateway: str, base_url: str
) -> str:
    """Open the charge of a deposit, or find the one open; answers where the buyer pays. Refuses `DepositMoved`."""
    return await open_charge(db, gateways, buyer, DEPOSIT, deposit_id, gateway, base_url)


async def _describe(tx: Tx, deposit_id: int) -> PayableView:
    deposit = await tx.maybe(LOCK, tx.bucket, deposit_id)
    if deposit is None:
        raise NotFound(DEPOSIT, deposit_id)
    return PayableView(
        deposit.member_id, deposit.currency, [ChargePart(deposit_id, deposit.shop_id, deposit.amount)],
        f"Datong {deposit_id}", "/deposits", None if deposit.state == "WAIT_DEPOSIT" else DepositMoved(),
    )  # fmt: skip


async def apply_deposit(tx: Tx, paid: PaidCharge, part: ChargePart) -> None:
    """The money of a deposit is there; if it can no longer be taken it goes back."""
    deposit = await tx.one(LOCK, tx.bucket, part.order_id)
    if deposit.state != "WAIT_DEPOSIT" or deposit.amount != part.amount:
        await refund_unapplied(tx, paid.charge, part.order_id, part.amount)
        return
    await fund_account(tx, paid.charge, part, ("presale", deposit.deposit_id), "deposit_paid")
    await tx.one(MOVE, tx.bucket, deposit.deposit_id, "WAIT_DEPOSIT", "DEPOSIT_PAID", deposit.balance_until, 0)


PAYABLE = Payable(key=DEPOSIT, describe=_describe, on_paid=apply_deposit)


async def run_due_deposits(db: Db) -> int:
    """Unpaid deposits close; of paid ones whose balance was not paid in time the money is the shop's."""
    async with db.read() as tx:
        due = await tx.all(DUE, tx.now)

    async def end(each: Deposit) -> None:
        async with db.begin(bucket_of(each.deposit_id)) as tx:
            deposit = await tx.one(LOCK, tx.bucket, each.deposit_id)
            if deposit.due_at is None or deposit.due_at > tx.now:
                return
            if deposit.state == "WAIT_DEPOSIT":
                await _end(tx, deposit, "CLOSED_UNPAID", 0)
            elif deposit.state == "DEPOSIT_PAID" and await _could_be_paid(tx, deposit):
                await settle_presale(tx, deposit.deposit_id, deposit.shop_id, deposit.money)
                await _end(tx, deposit, "FORFEITED", deposit.amount)
            elif deposit.state == "DEPOSIT_PAID":
                await double_deposit(tx, deposit)

    await one_by_one(due, end)
    return len(due)


async def _could_be_paid(tx: Tx, deposit: Deposit) -> bool:
    """Whether the shop kept its word: with the terms kept nothing it does can break it."""
    if deposit.agreed:
        return True
    shelf = await load_offers(tx, [LineRequest(deposit.product_id, deposit.sku_id, deposit.quantity)])
    offer, shop = shelf.offers.get(deposit.sku_id), shelf.shops.get(deposit.shop_id)
    return offer is not None and offer.is_offered and shop is not None and shop.is_open


@use_case("deposit_id")
async def default_on_deposit(tx: Tx, actor: Actor, deposit_id: int) -> None:
    """The shop cannot deliver: the buyer gets the deposit back, and as much again from the shop.

    Refuses `NotFound`, `DepositMoved`.
    """
    seen = await get_deposit(tx, actor, deposit_id)
    actor.must("shop:order:close", seen.shop_id)
    deposit = await tx.one(LOCK, tx.bucket, deposit_id)
    if deposit.state != "DEPOSIT_PAID":
        raise DepositMoved
    await double_deposit(tx, deposit)


async def double_deposit(tx: Tx, deposit: Deposit) -> None:
    """A paid deposit in the caller's lock goes back, and as much again from the shop.

    One that is `DONE` went back with the order that was paid with it, and is paid once more.
    """
    paid_for = [(DEPOSIT, deposit.deposit_id, deposit.deposit_id)]
    is_back = deposit.state == "DONE"
    await pay_double(tx, deposit.deposit_id, deposit.shop_id, deposit.money, paid_for, is_back=is_back)
    await _end(tx, deposit, "DOUBLED", -deposit.amount)


async def _end(tx: Tx, deposit: Deposit, state: str, earned: int) -> None:
    """Tell that it came to nothing. Its stock is free, unless an order that was paid with it gives that back.

    Refuses `DepositMoved` if it is not in the state that it was read in.
    """
    kept = deposit.purchase_id if deposit.state == "DONE" else 0
    if not await tx.maybe(MOVE, tx.bucket, deposit.deposit_id, deposit.state, state, None, kept):
        raise DepositMoved
    tx.emit(
        DepositEnded(
            deposit_id=deposit.deposit_id, shop_id=deposit.shop_id, hold_id=0 if kept else deposit.hold_id,
            sku_id=deposit.sku_id, outcome=state, earned=Money(earned, deposit.currency), member_id=deposit.member_id,
        )
    )  # fmt: skip
