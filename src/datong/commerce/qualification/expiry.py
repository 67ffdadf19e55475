"""Qualifications whose clock has run out: first the shop is told, then they end. A timer is a column."""

import logging
from datetime import timedelta

import msgspec

from datong.commerce.qualification.queries import COLUMNS, Qualification
from datong.commerce.qualification.states import QualificationState
from datong.commerce.qualification.transitions import end
from datong.facts.qualification import QualificationExpiryNeared
from datong.kernel.sql import command, rows, value
from datong.kernel.tx import Db, Tx, is_lost

log = logging.getLogger("datong.qualification")
PAUSE = timedelta(hours=1)


class Due(msgspec.Struct, frozen=True):
    """A qualification whose clock has run out."""

    bkt: int
    qualification_id: int


DUE = rows(Due, "select bkt, qualification_id from qualification where due_at <= $1 order by due_at limit 500")
LOCK = rows(Qualification, f"select {COLUMNS} from qualification where bkt = $1 and qualification_id = $2 for update")
SET_CLOCK = command("update qualification set is_noticed = true, due_at = $3 where bkt = $1 and qualification_id = $2")
LATER = command("update qualification set due_at = $4 where bkt = $1 and qualification_id = $2 and due_at <= $3")
FOLLOWS = value(
    int,
    """
    select 1 from qualification
    where bkt = $1 and shop_id = $2 and kind = $3 and brand_id = $4 and state = 'APPROVED' and valid_from <= $5
      and (valid_until is null or valid_until > $5) limit 1
    """,
)


async def run_due_qualifications(db: Db) -> int:
    """Do what is due, each in its own transaction; answers how many were found.

    One that fails is looked at again an hour later and stops no other.
    """
    async with db.read() as tx:
        due = await tx.all(DUE, tx.now)
    for each in due:
        try:
            async with db.begin(each.bkt) as tx:
                await _run_due(tx, each.qualification_id)
        except Exception as error:
            if is_lost(error):
                raise
            log.exception(
                "the clock of a qualification could not be followed", extra={"qualification": each.qualification_id}
            )
            async with db.begin(each.bkt) as tx:
                await tx.run(LATER, each.bkt, each.qualification_id, tx.now, tx.now + PAUSE)
    return len(due)


async def _run_due(tx: Tx, qualification_id: int) -> None:
    found = await tx.one(LOCK, tx.bucket, qualification_id)
    if found.due_at is None or found.due_at > tx.now or found.valid_until is None:
        return
    if found.valid_until <= tx.now:
        await end(tx, qualification_id, QualificationState.EXPIRED, "")
        return
    await tx.run(SET_CLOCK, tx.bucket, qualification_id, found.valid_until)
    follows = await tx.maybe(FOLLOWS, tx.bucket, found.shop_id, found.kind, found.brand_id, found.valid_until)
    if follows is None:
        tx.emit(
            QualificationExpiryNeared(
                qualification_id=qualification_id, shop_id=found.shop_id, kind=found.kind, brand_id=found.brand_id,
                valid_until=found.valid_until,
            )
        )  # fmt: skip
