"""Reading qualifications: a shop's own, the desk's queue, and what a shop holds at this moment."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from datong.commerce.qualification.states import BRAND, QualificationState
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.paging import Page, clamp_limit, decode_cursor, instant_key, make_page
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.sql import rows
from datong.kernel.tx import Tx

DESK_STATES = (QualificationState.SUBMITTED.value, QualificationState.APPROVED.value)


class Qualification(msgspec.Struct, frozen=True):
    """A brand authorisation (`kind` is `brand`) or a permit of a shop, from asking to its end."""

    qualification_id: int
    shop_id: int
    kind: str
    brand_id: int
    level: str
    mark: str
    number: str
    valid_from: datetime
    valid_until: datetime | None
    """The first instant at which it is not valid any more; None: until it is revoked."""
    paper_ids: list[int]
    state: str
    reason: str
    applied_by: int
    applied_at: datetime
    decided_by: int
    decided_at: datetime | None
    ended_at: datetime | None
    is_noticed: bool
    due_at: datetime | None

    def is_valid(self, now: datetime) -> bool:
        """Whether it counts at an instant."""
        is_over = self.valid_until is not None and self.valid_until <= now
        return self.state == QualificationState.APPROVED and self.valid_from <= now and not is_over


class Held(msgspec.Struct, frozen=True):
    """What a shop may sell by its qualifications: brands by id, and kinds of permits."""

    brands: frozenset[int]
    permits: frozenset[str]


class _Holding(msgspec.Struct, frozen=True):
    kind: str
    brand_id: int


COLUMNS = """qualification_id, shop_id, kind, brand_id, level, mark, number, valid_from, valid_until, paper_ids, state,
    reason, applied_by, applied_at, decided_by, decided_at, ended_at, is_noticed, due_at"""
GET = rows(Qualification, f"select {COLUMNS} from qualification where bkt = $1 and qualification_id = $2")
LIST = rows(
    Qualification,
    f"""
    select {COLUMNS} from qualification where bkt = $1 and shop_id = $2 and qualification_id < $3
    order by qualification_id desc limit $4
    """,
)
WAITING = rows(
    Qualification,
    f"""
    select {COLUMNS} from qualification
    where state in ('SUBMITTED')
      and (applied_at, qualification_id) > (timestamptz 'epoch' + $1::bigint * interval '1 microsecond', $2)
    order by applied_at, qualification_id limit $3
    """,
)
IN_FORCE = rows(
    Qualification,
    f"""
    select {COLUMNS} from qualification
    where state in ('APPROVED')
      and (applied_at, qualification_id) > (timestamptz 'epoch' + $1::bigint * interval '1 microsecond', $2)
    order by applied_at, qualification_id limit $3
    """,
)
HELD = rows(
    _Holding,
    """
    select kind, brand_id from qualification
    where bkt = $1 and shop_id = $2 and state = 'APPROVED' and valid_from <= $3
      and (valid_until is null or valid_until > $3)
    order by qualification_id limit 1000
    """,
)
HOLD = rows(_Holding, f"{HELD.text} for share")


async def find_qualification(tx: Tx, qualification_id: int) -> Qualification | None:
    """A qualification by its id, for other use cases; None where there is none."""
    return await tx.maybe(GET, bucket_of(qualification_id), qualification_id)


async def get_qualification(tx: Tx, actor: Actor, qualification_id: int) -> Qualification:
    """One, for those of its shop who read them and for the desk. Raises `NotFound`, to strangers too."""
    found = await find_qualification(tx, qualification_id)
    if found is None or not (
        actor.may("operator:qualification:read") or actor.may("shop:qualification:read", found.shop_id)
    ):
        raise NotFound("qualification", qualification_id)
    return found


async def list_shop_qualifications(
    tx: Tx, actor: Actor, shop_id: int, cursor: str = "", limit: int = 30
) -> Page[Qualification]:
    """A shop's qualifications in any state, the latest first, for its staff and for the desk."""
    if not actor.may("operator:qualification:read"):
        actor.must("shop:qualification:read", shop_id)
    (before,) = decode_cursor(cursor, [2**63 - 1])
    found = await tx.all(LIST, bucket_of(shop_id), shop_id, before, clamp_limit(limit) + 1)
    return make_page(found, limit, lambda each: [each.qualification_id])


async def list_qualification_desk(
    tx: Tx, actor: Actor, state: str = "SUBMITTED", cursor: str = "", limit: int = 30
) -> Page[Qualification]:
    """Everyone's that wait for a decision (or, with APPROVED, that are in force), the oldest first."""
    actor.must("operator:qualification:read")
    if state not in DESK_STATES:
        raise Invalid("state", ", ".join(DESK_STATES))
    after = decode_cursor(cursor, (0, 0))
    query = WAITING if state == QualificationState.SUBMITTED else IN_FORCE
    found = await tx.all(query, *after, clamp_limit(limit) + 1)
    return make_page(found, limit, lambda each: instant_key(each.applied_at, each.qualification_id))


async def hold_qualifications(tx: Tx, shop_id: int, *, is_locking: bool = False) -> Held:
    """What a shop holds now.

    With `is_locking` none of it ends before this transaction does (SELECT … FOR SHARE in the shop's bucket).
    """
    found = await tx.all(HOLD if is_locking else HELD, bucket_of(shop_id), shop_id, tx.now)
    return _held(found)


def _held(found: Collection[_Holding]) -> Held:
    return Held(
        frozenset(each.brand_id for each in found if each.kind == BRAND),
        frozenset(each.kind for each in found if each.kind != BRAND),
    )
