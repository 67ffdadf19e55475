"""The log of operators' acts: who did what, when, with which words, and what became of it.

Nothing in it is ever changed back.
"""

from datetime import datetime

import msgspec

from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.paging import LATEST, Page, clamp_limit, decode_cursor, instant_key, make_page
from datong.kernel.sql import command, rows
from datong.kernel.tx import Db, Tx


class OperatorAct(msgspec.Struct, frozen=True):
    """One act.

    The outcome is empty while it is worked on (or was when the process died), `done`, or the refusal's code.
    """

    act_id: int
    operator_id: int
    action: str
    path: str
    details: dict[str, object]
    asked_at: datetime
    outcome: str
    ended_at: datetime | None


_COLUMNS = "act_id, operator_id, deed as action, path, details, asked_at, outcome, ended_at"
BEGIN = command(
    """
    insert into operator_act (bkt, act_id, operator_id, deed, path, details, asked_at)
    values ($1, $2, $3, $4, $5, $6, $7)
    """
)
END = command("update operator_act set outcome = $3, ended_at = $4 where bkt = $1 and act_id = $2 and ended_at is null")
LIST = rows(
    OperatorAct,
    f"""
    select {_COLUMNS} from operator_act
    where (asked_at, act_id) < (timestamptz 'epoch' + $1::bigint * interval '1 microsecond', $2)
    order by asked_at desc, act_id desc limit $3
    """,
)
LIST_OF = rows(
    OperatorAct,
    f"""
    select {_COLUMNS} from operator_act where bkt = $1 and operator_id = $2
      and (asked_at, act_id) < (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4)
    order by asked_at desc, act_id desc limit $5
    """,
)


async def begin_act(db: Db, operator_id: int, action: str, path: str, details: dict[str, object]) -> int:
    """Note that an operator is about to do something; answers the act's id."""
    async with db.begin(bucket_of(operator_id)) as tx:
        act_id = tx.new_id(tx.bucket)
        await tx.run(BEGIN, tx.bucket, act_id, operator_id, action, path, details, tx.now)
    return act_id


async def end_act(db: Db, act_id: int, outcome: str) -> None:
    """Note what became of it; once."""
    async with db.begin(bucket_of(act_id)) as tx:
        await tx.run(END, tx.bucket, act_id, outcome, tx.now)


async def list_acts(tx: Tx, actor: Actor, operator_id: int = 0, cursor: str = "", limit: int = 50) -> Page[OperatorAct]:
    """What operators did, or one of them, the latest first."""
    actor.must("operator:act:read")
    before, before_id = decode_cursor(cursor, LATEST)
    most = clamp_limit(limit) + 1
    if operator_id:
        found = await tx.all(LIST_OF, bucket_of(operator_id), operator_id, before, before_id, most)
    else:
        found = await tx.all(LIST, before, before_id, most)
    return make_page(found, limit, lambda each: instant_key(each.asked_at, each.act_id))
