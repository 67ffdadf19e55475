"""How old a member's account is: a measure that gates ask for by name."""

from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec

from datong.commerce.rulebook import Standing, StandingValue
from datong.kernel.ids import bucket_of
from datong.kernel.sql import rows
from datong.kernel.tx import Tx


class _Joined(msgspec.Struct, frozen=True):
    member_id: int
    registered_at: datetime


JOINED = rows(_Joined, "select member_id, registered_at from member where bkt = any($1) and member_id = any($2)")


async def _read_ages(tx: Tx, member_ids: Collection[int]) -> dict[int, StandingValue]:
    """Whole days since each member joined; the day is also the version. It grows by itself, so nothing is told."""
    found: dict[int, StandingValue] = {}
    for each in await tx.all(JOINED, sorted({bucket_of(each) for each in member_ids}), list(member_ids)):
        days = max(0, (tx.now - each.registered_at).days)
        found[each.member_id] = StandingValue(days, days, each.registered_at + timedelta(days=days))
    return found


ACCOUNT_AGE = Standing(
    key="account_age", subject="member", unit="a whole day since the member joined", read_many=_read_ages
)
