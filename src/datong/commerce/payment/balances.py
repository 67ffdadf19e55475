"""A shop's balance and statement: what it earned, line by line, and what was paid out."""

from datetime import datetime

import msgspec

from datong.commerce.payment.ledger import Leg, post
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.paging import Page, clamp_limit, decode_cursor, make_page
from datong.kernel.sql import rows
from datong.kernel.tx import Tx


class Balance(msgspec.Struct, frozen=True):
    """What an account holds, by currency."""

    account: str
    currency: str
    amount: int


class StatementLine(msgspec.Struct, frozen=True):
    """One movement of a shop's balance: what for (an order, a payout) and how much."""

    entry_id: int
    kind: str
    ref_id: int
    currency: str
    amount: int
    posted_at: datetime


BALANCES = rows(
    Balance,
    """
    select account, currency, amount from balance
    where bkt = $1 and owner_id = $2 and account in ('shop_balance', 'deposit') order by account, currency
    """,
)
STATEMENT = rows(
    StatementLine,
    """
    select entry_id, kind, ref_id, currency, amount, posted_at from ledger_entry
    where bkt = $1 and account = 'shop_balance' and owner_id = $2 and entry_id < $3
    order by entry_id desc limit $4
    """,
)


async def credit_shop(tx: Tx, shop_id: int, ref_id: int, earned: Money, kind: str = "order_earned") -> None:
    """What a shop earned arrives in its bucket, exactly once (the fact's delivery sees to that)."""
    legs = [Leg("shop_transit", shop_id, -earned.amount), Leg("shop_balance", shop_id, earned.amount)]
    await post(tx, legs, earned.currency, kind, ref_id)


async def get_shop_balance(tx: Tx, actor: Actor, shop_id: int) -> list[Balance]:
    """What a shop may be paid and what deposit it has in, by currency."""
    actor.must("shop:balance:read", shop_id)
    return await tx.all(BALANCES, bucket_of(shop_id), shop_id)


async def list_statement(tx: Tx, actor: Actor, shop_id: int, cursor: str = "", limit: int = 50) -> Page[StatementLine]:
    """A shop's movements, newest first."""
    actor.must("shop:balance:read", shop_id)
    (before,) = decode_cursor(cursor, [2**63 - 1])
    found = await tx.all(STATEMENT, bucket_of(shop_id), shop_id, before, clamp_limit(limit) + 1)
    return make_page(found, limit, lambda line: [line.entry_id])
