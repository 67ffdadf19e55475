"""The ledger as operators read it: the platform's own accounts, everything of one owner, and one posting leg by leg."""

from datetime import datetime

import msgspec

from datong.kernel.actor import Actor
from datong.kernel.house import House
from datong.kernel.ids import bucket_of
from datong.kernel.paging import Page, clamp_limit, decode_cursor, make_page
from datong.kernel.refusal import Invalid
from datong.kernel.sql import rows
from datong.kernel.tx import Tx


def owned_accounts(house: House) -> tuple[str, ...]:
    """The accounts that belong to somebody: an order, a charge, a shop and so on."""
    return tuple(name for name, account in house.accounts.items() if account.owner)


class Total(msgspec.Struct, frozen=True):
    """What an account of the platform itself holds."""

    account: str
    currency: str
    amount: int


class Entry(msgspec.Struct, frozen=True):
    """One leg of a posting."""

    entry_id: int
    posting_id: int
    account: str
    owner_id: int
    currency: str
    amount: int
    kind: str
    ref_id: int
    posted_at: datetime


_ENTRY = "entry_id, posting_id, account, owner_id, currency, amount, kind, ref_id, posted_at"
TOTALS = rows(
    Total,
    """
    select account, currency, sum(amount)::bigint as amount from balance where owner_id = 0
    group by account, currency order by account, currency
    """,
)
OF_OWNER = rows(
    Entry,
    f"""
    select {_ENTRY} from ledger_entry
    where bkt = $1 and account = $2 and owner_id = $3 and entry_id < $4 order by entry_id desc limit $5
    """,
)
HELD = rows(
    Total,
    """
    select account, currency, amount from balance where bkt = $1 and owner_id = $2 and account = any($3)
    order by account, currency
    """,
)
POSTING = rows(
    Entry, f"select {_ENTRY} from ledger_entry where bkt = $1 and posting_id = $2 order by entry_id limit 200"
)


async def list_platform_totals(tx: Tx, actor: Actor) -> list[Total]:
    """What the platform's own accounts hold, over all buckets."""
    actor.must("operator:ledger:read")
    return await tx.all(TOTALS)


async def list_held(tx: Tx, actor: Actor, owner_id: int) -> list[Total]:
    """What is held for an owner, account by account."""
    actor.must("operator:ledger:read")
    return await tx.all(HELD, bucket_of(owner_id), owner_id, list(owned_accounts(tx.house)))


async def list_entries(
    tx: Tx, actor: Actor, account: str, owner_id: int, cursor: str = "", limit: int = 50
) -> Page[Entry]:
    """The movements of one account, newest first. Refuses `Invalid` for an account that belongs to nobody."""
    actor.must("operator:ledger:read")
    if account not in owned_accounts(tx.house):
        raise Invalid("account", ", ".join(owned_accounts(tx.house)))
    (before,) = decode_cursor(cursor, [2**63 - 1])
    found = await tx.all(OF_OWNER, bucket_of(owner_id), account, owner_id, before, clamp_limit(limit) + 1)
    return make_page(found, limit, lambda each: [each.entry_id])


async def get_posting(tx: Tx, actor: Actor, posting_id: int) -> list[Entry]:
    """The legs of a posting, which sum to zero; empty for one that is not there."""
    actor.must("operator:ledger:read")
    return await tx.all(POSTING, bucket_of(posting_id), posting_id)
