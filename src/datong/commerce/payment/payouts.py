"""Payouts: a shop's balance goes to its bank, on request or by the daily schedule.

The balance is lowered by a conditional write under the balance row's lock before the provider is asked;
a declined payout gives it back.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from datong.adapters.payment import Gateway, GatewayDown, PayoutOrder, TransferAnswer, gateway_of
from datong.commerce.merchant import get_shop
from datong.commerce.payment.account_check import AccountNotVerified, account_state, is_check_needed, may_pay_to
from datong.commerce.payment.ledger import PLATFORM, Leg, post
from datong.commerce.payment.outgoing import SEND_LEASE, send_or_find
from datong.commerce.rulebook import Parameter, get_rules
from datong.facts.payment import PayoutPaid
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.paging import Page, clamp_limit, decode_cursor, make_page
from datong.kernel.refusal import Conflict, Invalid
from datong.kernel.request import remember
from datong.kernel.sql import changed, changed_value, command, rows, value
from datong.kernel.sweeping import one_by_one
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case

MIN_PAYOUT = Parameter(
    "payment.least_payout", int, 10_000, "DESIGN: 100 yuan; smaller balances wait", bounds=(1, 10_000_000_000)
)
PAYOUT_HOURS = Parameter("payment.payout_hours", int, 24, "DESIGN: balances are paid out once a day", bounds=(1, 720))


class BalanceShort(Conflict):
    """The shop's balance is lower than what is asked for."""

    code = "payment.balance_short"

    def __init__(self, balance: int) -> None:
        self.balance = balance


class Payout(msgspec.Struct, frozen=True):
    """Money on its way to a shop's bank."""

    bkt: int
    payout_id: int
    shop_id: int
    gateway: str
    currency: str
    amount: int
    state: str
    attempts: int
    reason: str
    requested_at: datetime
    destination: str = ""
    """Where it goes, as it was when it was asked for; empty for payouts of a former release."""


class Account(msgspec.Struct, frozen=True):
    """Where a shop is paid."""

    gateway: str
    destination: str


class CheckedAccount(msgspec.Struct, frozen=True):
    """Where a shop is paid, whether that has to be verified, and where its latest check stands (empty: none)."""

    gateway: str
    destination: str
    is_check_needed: bool
    state: str
    reason: str


class Payable(msgspec.Struct, frozen=True):
    """A shop with a balance worth paying out."""

    bkt: int
    shop_id: int
    currency: str
    amount: int


_COLUMNS = "bkt, payout_id, shop_id, gateway, currency, amount, state, attempts, reason, requested_at, destination"
LOCK = value(
    int,
    """
    select amount from balance
    where bkt = $1 and account = 'shop_balance' and owner_id = $2 and currency = $3 for update
    """,
)
PUT = command(
    """
    insert into payout (bkt, payout_id, shop_id, gateway, currency, amount, state, requested_at, due_at, destination)
    values ($1, $2, $3, $4, $5, $6, 'REQUESTED', $7, $7, $8)
    """
)
ACCOUNT = rows(Account, "select gateway, destination from payout_account where bkt = $1 and shop_id = $2")
PUT_ACCOUNT = command(
    """
    insert into payout_account (bkt, shop_id, gateway, destination, changed_at, due_at)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (bkt, shop_id) do update set gateway = excluded.gateway, destination = excluded.destination,
        changed_at = excluded.changed_at, due_at = excluded.due_at
    """
)
DUE = rows(Payout, f"select {_COLUMNS} from payout where due_at <= $1 order by due_at limit 100")
CLAIM = changed_value(
    int,
    """
    update payout set state = 'SENT', due_at = $5
    where bkt = $1 and payout_id = $2 and state = $3 and due_at <= $4 returning 1
    """,
)
END = changed(
    Payout,
    f"""
    update payout set state = $3, reason = $4, settled_at = $5, due_at = null
    where bkt = $1 and payout_id = $2 and state in ('REQUESTED', 'SENT') and ($3 = 'PAID' or due_at = $6)
    returning {_COLUMNS}
    """,
)
HOLD_BACK = command(
    """
    update payout set due_at = $3, reason = 'the account is not verified'
    where bkt = $1 and payout_id = $2 and state in ('REQUESTED', 'SENT')
    """
)
PUT_OFF = command(
    """
    update payout set attempts = attempts + 1, due_at = $3, reason = $4
    where bkt = $1 and payout_id = $2 and state = 'SENT' and due_at = $5
    """
)
LIST = rows(
    Payout,
    f"""
    select {_COLUMNS} from payout where bkt = $1 and shop_id = $2 and payout_id < $3
    order by payout_id desc limit $4
    """,
)
PAYABLE = rows(
    Payable,
    """
    select b.bkt, b.owner_id as shop_id, b.currency, b.amount
    from balance b join payout_account a on a.bkt = b.bkt and a.shop_id = b.owner_id
    where b.account = 'shop_balance' and b.amount >= $1 and not exists (
        select 1 from payout p where p.bkt = b.bkt and p.shop_id = b.owner_id and p.requested_at > $2)
    order by b.bkt, b.owner_id limit 500
    """,
)


@use_case("shop_id")
async def set_payout_account(tx: Tx, actor: Actor, shop_id: int, gateway: str, destination: str) -> None:
    """Say where a shop is paid; where accounts are checked, this one (or, given again, once more) is handed in next."""
    actor.must("shop:payout:request", shop_id)
    if not 1 <= len(destination) <= 100 or not destination.isprintable():  # noqa: PLR2004 - the limit that the refusal names
        raise Invalid("destination", "1 to 100 characters")
    due = tx.now if await is_check_needed(tx) else None
    await tx.run(PUT_ACCOUNT, bucket_of(shop_id), shop_id, gateway, destination, tx.now, due)


async def find_payout_account(tx: Tx, actor: Actor, shop_id: int) -> CheckedAccount | None:
    """Where a shop is paid and where the check of it stands, or None."""
    actor.must("shop:balance:read", shop_id)
    found = await tx.maybe(ACCOUNT, bucket_of(shop_id), shop_id)
    if found is None:
        return None
    is_needed = await is_check_needed(tx)
    state, reason = await account_state(tx, shop_id, found.gateway, found.destination) if is_needed else ("", "")
    return CheckedAccount(found.gateway, found.destination, is_needed, state, reason)


@use_case("shop_id")
async def request_payout(tx: Tx, actor: Actor, shop_id: int, amount: Money, request_key: str) -> int:
    """Pay out so much of a shop's balance; answers the payout's id, the same for the same key.

    Refuses `BalanceShort`, `AccountNotVerified`, and `Invalid` below the least payout or without an account to pay to.
    """
    actor.must("shop:payout:request", shop_id)
    least = (await get_rules(tx)).value(MIN_PAYOUT, tx.now)
    account = await tx.maybe(ACCOUNT, bucket_of(shop_id), shop_id)
    if account is None:
        raise Invalid("destination", "say first where the shop is paid")
    payout_id = tx.new_id()
    before = await remember(tx, shop_id, request_key, [amount, shop_id], payout_id)
    if before is not None:
        return before
    if not await may_pay_to(tx, shop_id, account.gateway, account.destination):
        raise AccountNotVerified
    balance = await tx.maybe(LOCK, bucket_of(shop_id), shop_id, amount.currency) or 0
    # The last of a shop that does not trade any more is paid, however little.
    is_last = 0 < amount.amount == balance and (await get_shop(tx, shop_id)).state in {"CLOSED", "REJECTED"}
    if amount.amount < least and not is_last:
        raise Invalid("amount", f"at least {least}")
    if balance < amount.amount:
        raise BalanceShort(balance)
    await tx.run(
        PUT, tx.bucket, payout_id, shop_id, account.gateway, amount.currency, amount.amount, tx.now,
        account.destination,
    )  # fmt: skip
    legs = [Leg("shop_balance", shop_id, -amount.amount), Leg("payout_due", payout_id, amount.amount)]
    await post(tx, legs, amount.currency, "payout", payout_id)
    return payout_id


async def schedule_payouts(db: Db) -> int:
    """Request a payout of every balance that is worth it and was not paid out today."""
    async with db.read() as tx:
        rules = await get_rules(tx)
        since = tx.now - timedelta(hours=rules.value(PAYOUT_HOURS, tx.now))
        payable = await tx.all(PAYABLE, rules.value(MIN_PAYOUT, tx.now), since)
        day = tx.now.strftime("%Y%m%d%H")
    made = 0
    for each in payable:
        try:
            async with db.begin(each.bkt) as tx:
                amount = Money(each.amount, each.currency)
                await request_payout(tx, SYSTEM, each.shop_id, amount, f"scheduled-{day}-{each.currency}")
                made += 1
        except Conflict:
            continue  # the shop asked for it by itself in this very moment
    return made


async def send_payouts(db: Db, gateways: Mapping[str, Gateway]) -> int:
    """Send every payout that is due, to where it was asked for; what is not known is asked after, not sent again."""
    async with db.read() as tx:
        due = await tx.all(DUE, tx.now)
        bound = [each if each.destination else await _bind(tx, each) for each in due]
        allowed = [
            each.state != "REQUESTED" or await may_pay_to(tx, each.shop_id, each.gateway, each.destination)
            for each in bound
        ]

    async def send(each: tuple[Payout, bool]) -> None:
        payout, is_allowed = each
        async with db.begin(payout.bkt) as tx:
            if not is_allowed and payout.destination == await _destination_now(tx, payout):
                await tx.run(HOLD_BACK, payout.bkt, payout.payout_id, tx.now + timedelta(hours=1))
                return
            until = tx.now + SEND_LEASE
            if not await tx.maybe(CLAIM, payout.bkt, payout.payout_id, payout.state, tx.now, until):
                return
        if is_allowed:
            await _send(db, gateways, payout, until)
        else:  # nobody will verify an account that is not the shop's any more
            await _end(db, payout, until, TransferAnswer("declined", reason="the account was changed"))

    await one_by_one(zip(bound, allowed, strict=True), send)
    return len(due)


async def _bind(tx: Tx, payout: Payout) -> Payout:
    """A payout of the former release, which goes where the shop is paid now."""
    return msgspec.structs.replace(payout, destination=await _destination_now(tx, payout))


async def _destination_now(tx: Tx, payout: Payout) -> str:
    """Where its shop is paid now, by the gateway of this payout; empty if it is not paid by that any more."""
    account = await tx.maybe(ACCOUNT, payout.bkt, payout.shop_id)
    return account.destination if account and account.gateway == payout.gateway else ""


async def _send(db: Db, gateways: Mapping[str, Gateway], payout: Payout, until: datetime) -> None:
    """Ask the provider under a claim that lasts `until`, and record what it answers."""
    order = PayoutOrder(payout.payout_id, payout.destination, Money(payout.amount, payout.currency))
    try:
        gateway = gateway_of(gateways, payout.gateway)
        answer = await send_or_find(gateway.find_payout, gateway.pay_out, order, was_asked=payout.state == "SENT")
    except GatewayDown as down:
        await _put_off(db, payout, until, timedelta(seconds=min(2**payout.attempts, 3600)), str(down))
        return
    if answer.outcome == "pending":
        await _put_off(db, payout, until, timedelta(hours=1), "")
    else:
        await _end(db, payout, until, answer)


async def _put_off(db: Db, payout: Payout, until: datetime, pause: timedelta, reason: str) -> None:
    async with db.begin(payout.bkt) as tx:
        await tx.run(PUT_OFF, payout.bkt, payout.payout_id, tx.now + pause, reason[:200], until)


async def _end(db: Db, payout: Payout, until: datetime, answer: TransferAnswer) -> None:
    """It is paid, whoever asked; or declined, if nobody has asked again meanwhile: then the balance has it back."""
    is_paid = answer.outcome == "succeeded"
    state = "PAID" if is_paid else "DECLINED"
    async with db.begin(payout.bkt) as tx:
        if not await tx.maybe(END, payout.bkt, payout.payout_id, state, answer.reason[:200], tx.now, until):
            return
        target = Leg("bank", PLATFORM, payout.amount) if is_paid else Leg("shop_balance", payout.shop_id, payout.amount)
        legs = [Leg("payout_due", payout.payout_id, -payout.amount), target]
        await post(tx, legs, payout.currency, "payout_paid" if is_paid else "payout_declined", payout.payout_id)
        if is_paid:
            paid = Money(payout.amount, payout.currency)
            tx.emit(PayoutPaid(payout_id=payout.payout_id, shop_id=payout.shop_id, amount=paid, paid_at=tx.now))


async def list_payouts(tx: Tx, actor: Actor, shop_id: int, cursor: str = "", limit: int = 30) -> Page[Payout]:
    """A shop's payouts, newest first."""
    actor.must("shop:balance:read", shop_id)
    (before,) = decode_cursor(cursor, [2**63 - 1])
    found = await tx.all(LIST, bucket_of(shop_id), shop_id, before, clamp_limit(limit) + 1)
    return make_page(found, limit, lambda payout: [payout.payout_id])
