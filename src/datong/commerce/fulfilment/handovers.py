"""What is handed over otherwise than in a parcel: ready to be collected by a code, performed, or delivered as text.

A record is in the buyer's bucket. The code of a collection is for the buyer's eyes; whoever hands the goods out types
it in, and only so many wrong ones are taken.
"""

import hmac
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from datong.commerce.catalog import HandOver
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid
from datong.kernel.sql import command, rows
from datong.kernel.tx import Tx

CODE_DIGITS = 8
MAX_TRIES = 10
MAX_TEXT = 2_000
SHOWN = 4


class Handover(msgspec.Struct, frozen=True):
    """Lines that were handed over together, and what the buyer needs to know of it."""

    handover_id: int
    order_id: int
    method: str
    words: dict[str, Any]
    """What the seller said: `place` of a collection, `text` of a service, `contents` of digital goods."""
    code: str
    tries: int
    made_at: datetime
    received_at: datetime | None

    @property
    def is_locked(self) -> bool:
        """Whether too many wrong codes were typed in; the buyer asks for a new one."""
        return self.tries >= MAX_TRIES and self.received_at is None

    def for_staff(self) -> "Handover":
        """Without what is the buyer's alone: the code, and all but the last signs of digital contents."""
        contents = self.words.get("contents")
        hidden = {"contents": [_end_of(str(each)) for each in contents]} if isinstance(contents, list) else {}
        return msgspec.structs.replace(self, code="", words=self.words | hidden)


def _end_of(text: str) -> str:
    """The last signs of a text by which a shop knows it again; none of one that is hardly longer."""
    return "…" + (text[-SHOWN:] if len(text) > SHOWN + 1 else "")


class CodeOutcome(StrEnum):
    """What came of a code that was typed in."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"


_COLUMNS = "handover_id, order_id, method, words, code, tries, made_at, received_at"
PUT = command(
    """
    insert into handover (bkt, handover_id, order_id, shop_id, member_id, method, words, code, made_at, received_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    """
)
LIST = rows(
    Handover, f"select {_COLUMNS} from handover where bkt = $1 and order_id = $2 order by handover_id limit 200"
)
LOCK_OPEN = rows(
    Handover,
    f"""
    select {_COLUMNS} from handover where bkt = $1 and order_id = $2 and code <> '' and received_at is null
    order by handover_id limit 200 for update
    """,
)
RECEIVE = command("update handover set received_at = $3 where bkt = $1 and handover_id = $2")
COUNT_TRY = command("update handover set tries = tries + 1 where bkt = $1 and handover_id = any($2)")
RENEW = command("update handover set code = $3, tries = 0 where bkt = $1 and handover_id = $2")


async def put_handover(
    tx: Tx,
    method: str,
    what: HandOver,
    words: Mapping[str, object],
    *,
    has_code: bool = False,
    is_received: bool = False,
) -> None:
    """Record lines as handed over, with a code to be collected by, or as received with it."""
    await tx.run(
        PUT, tx.bucket, what.handover_id, what.order_id, what.shop_id, what.member_id, method, dict(words),
        new_code() if has_code else "", tx.now, tx.now if is_received else None,
    )  # fmt: skip


def new_code() -> str:
    """A code that cannot be guessed in ten tries."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def read_text(what: HandOver, name: str, most: int = MAX_TEXT) -> str:
    """A text that the seller must say with a hand-over; refuses `Invalid`."""
    text = what.details.get(name, "").strip()
    if not 1 <= len(text) <= most or "\x00" in text:
        raise Invalid(name, f"1 to {most} characters")
    return text


async def list_handovers(tx: Tx, order_id: int) -> list[Handover]:
    """How an order was handed over, parcels aside; whoever may see it may see them."""
    return await tx.all(LIST, bucket_of(order_id), order_id)


async def redeem_code(tx: Tx, order_id: int, ready: Collection[int], code: str) -> tuple[CodeOutcome, list[int]]:
    """Take a code for those hand-overs of an order that are ready; answers what was collected with it.

    A wrong code is counted, so the caller keeps the transaction; nothing is refused.
    """
    waiting = await tx.all(LOCK_OPEN, tx.bucket, order_id)
    open_ones = [each for each in waiting if each.handover_id in ready and not each.is_locked]
    given = "".join(code.split()).encode()  # shown in two groups, typed in as it is read
    right = [each.handover_id for each in open_ones if hmac.compare_digest(each.code.encode(), given)]
    for each in right:
        await tx.run(RECEIVE, tx.bucket, each, tx.now)
    if right:
        return CodeOutcome.RIGHT, right
    if not open_ones:
        return CodeOutcome.LOCKED, []
    await tx.run(COUNT_TRY, tx.bucket, [each.handover_id for each in open_ones])
    return CodeOutcome.WRONG, []


async def renew_codes(tx: Tx, order_id: int, ready: Collection[int]) -> None:
    """New codes for those hand-overs of an order that are ready."""
    for each in await tx.all(LOCK_OPEN, tx.bucket, order_id):
        if each.handover_id in ready:
            await tx.run(RENEW, tx.bucket, each.handover_id, new_code())
