"""Tags: what a member is to the programmes, for as long as it is (a paid member, a member of a club).

A programme gives a tag, and configures promotions for those who have it; `pricing` reads tags with every quote.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid
from datong.kernel.sql import command, rows
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case

MAX_TAG = 60


class Tag(msgspec.Struct, frozen=True):
    """A tag of a member."""

    member_id: int
    tag: str


PUT = command(
    """
    insert into member_tag as t (bkt, member_id, tag, until, given_by) values ($1, $2, $3, $4, $5)
    on conflict (bkt, member_id, tag) do update set until = excluded.until, given_by = excluded.given_by
    where t.until < excluded.until or (t.until is not null and excluded.until is null)
    """
)
REPLACE = command(
    """
    insert into member_tag (bkt, member_id, tag, until, given_by) values ($1, $2, $3, $4, $5)
    on conflict (bkt, member_id, tag) do update set until = excluded.until, given_by = excluded.given_by
    """
)
DROP = command("delete from member_tag where bkt = $1 and member_id = $2 and tag = $3")
MANY = rows(
    Tag,
    """
    select t.member_id, t.tag from unnest($1::integer[], $2::bigint[]) as w (bkt, member_id)
    join member_tag t on t.bkt = w.bkt and t.member_id = w.member_id
    where t.until is null or t.until > $3
    """,
)
PRUNE = command("delete from member_tag where until <= $1")


@use_case("member_id")
async def put_tag(
    tx: Tx, member_id: int, tag: str, until: datetime | None, given_by: str, *, replaces: bool = False
) -> None:
    """Give a member a tag until an instant (None: for good). `given_by` names the programme.

    Safe to repeat. Of two ends the later one counts, unless this one `replaces` what was there. Refuses `Invalid` for
    an empty or too long name.
    """
    if not 0 < len(tag) <= MAX_TAG:
        raise Invalid("tag", f"1 to {MAX_TAG} characters")
    await tx.run(REPLACE if replaces else PUT, bucket_of(member_id), member_id, tag, until, given_by)


@use_case("member_id")
async def drop_tag(tx: Tx, member_id: int, tag: str) -> bool:
    """Take a tag from a member now; False if it had none."""
    return await tx.run(DROP, bucket_of(member_id), member_id, tag) > 0


async def tags_of(tx: Tx, member_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """The tags that members have at this instant, in one query; whoever has none is missing."""
    wanted = sorted(set(member_ids))
    if not wanted:
        return {}
    found: dict[int, set[str]] = {}
    for each in await tx.all(MANY, [bucket_of(member_id) for member_id in wanted], wanted, tx.now):
        found.setdefault(each.member_id, set()).add(each.tag)
    return {member_id: frozenset(tags) for member_id, tags in found.items()}


async def forget_ended_tags(db: Db) -> int:
    """Delete tags that have ended; nobody reads them any more."""
    async with db.begin() as tx:
        return await tx.run(PRUNE, tx.now)
