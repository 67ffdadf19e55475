"""A shop hands in a brand authorisation or a permit with its papers, and takes it back."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from datong.adapters.object_store import Objects
from datong.commerce.merchant import Shop, add_paper, get_shop, list_papers
from datong.commerce.qualification.queries import find_qualification
from datong.commerce.qualification.requirements import SOLE_KINDS, check_deposit
from datong.commerce.qualification.states import (
    BRAND,
    LEVELS,
    MARKS,
    PERMIT_KINDS,
    SOLE_LEVELS,
    AlreadyWaiting,
    LevelTooLow,
    QualificationState,
    WrongQualificationState,
)
from datong.commerce.qualification.transitions import end
from datong.commerce.rulebook import Scope, get_rules
from datong.commerce.storefront import get_storefronts
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.intervals import check_interval
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.request import check_key, find_asked, remember
from datong.kernel.sql import changed_value, command, value
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case

MAX_NUMBER = 60
MAX_PAPERS = 10
MAX_WAITING = 50
MAX_YEARS = 100
PAPER_KINDS = {BRAND: "authorisation"}
"""What kind of paper is added for a kind of qualification; `other` for permits."""


class QualificationDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a shop hands in. `kind` is `brand` (with brand, level and mark) or a kind of permit.

    The days are the first and the last on which it is valid, in the storefront's time zone. `paper_ids` are papers of
    the shop that are there already.
    """

    kind: str
    number: str
    valid_from: date
    valid_until: date
    brand_id: int = 0
    level: str = ""
    mark: str = ""
    paper_ids: list[int] = []


COUNT_WAITING = value(int, "select count(*) from qualification where bkt = $1 and shop_id = $2 and state = 'SUBMITTED'")
IS_WAITING = value(
    int,
    """
    select 1 from qualification
    where bkt = $1 and shop_id = $2 and kind = $3 and brand_id = $4 and state = 'SUBMITTED' limit 1
    """,
)
PUT = changed_value(
    int,
    """
    insert into qualification (bkt, qualification_id, shop_id, kind, brand_id, level, mark, number, valid_from,
        valid_until, paper_ids, state, applied_by, applied_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'SUBMITTED', $12, $13)
    on conflict do nothing returning qualification_id
    """,
)
WITHDRAW = command(
    """
    update qualification set state = 'WITHDRAWN', ended_at = $3
    where bkt = $1 and qualification_id = $2 and state = 'SUBMITTED'
    """
)


async def request_qualification(
    db: Db, objects: Objects, actor: Actor, shop_id: int, draft: QualificationDraft, files: Sequence[bytes], key: str
) -> int:
    """Hand one in with at least one paper (`files` are added to the shop's), once for each key; answers its id.

    To renew what is in force, hand it in again. Refuses `Invalid`, `LevelTooLow`, `DepositTooLow`,
    `AlreadyWaiting`, `KeyReused`.
    """
    actor.must("shop:qualification:edit", shop_id)
    check_key(key)
    async with db.read() as tx:
        valid_from, valid_until = await _check(tx, actor, shop_id, draft, len(files))
        # In this order: what waits under this very key was noted by it before.
        is_waiting = bool(await tx.all(IS_WAITING, bucket_of(shop_id), shop_id, draft.kind, draft.brand_id))
        is_asked = bool(await find_asked(tx, [(shop_id, key)]))
        if is_waiting and not is_asked:
            raise AlreadyWaiting
    paper_kind = PAPER_KINDS.get(draft.kind, "other")
    added = [] if is_asked else [await add_paper(db, objects, actor, shop_id, paper_kind, body) for body in files]
    body = [msgspec.to_builtins(draft), [hashlib.sha256(each).hexdigest() for each in files]]
    async with db.begin(bucket_of(shop_id)) as tx:
        qualification_id = tx.new_id()
        known = await remember(tx, shop_id, key, body, qualification_id)
        if known is not None:
            return known
        if await tx.one(COUNT_WAITING, tx.bucket, shop_id) >= MAX_WAITING:
            raise Invalid("kind", f"at most {MAX_WAITING} wait at once")
        made = await tx.maybe(
            PUT, tx.bucket, qualification_id, shop_id, draft.kind, draft.brand_id, draft.level, draft.mark,
            draft.number.strip(), valid_from, valid_until, [*draft.paper_ids, *added], actor.id, tx.now,
        )  # fmt: skip
        if made is None:
            raise AlreadyWaiting
    return qualification_id


@use_case("qualification_id")
async def withdraw_qualification(tx: Tx, actor: Actor, shop_id: int, qualification_id: int) -> None:
    """Take back what waits, or give up what is in force; what was taken back before is left so.

    Nothing but the right is checked. Refuses `NotFound`, `WrongQualificationState`.
    """
    actor.must("shop:qualification:edit", shop_id)
    found = await find_qualification(tx, qualification_id)
    if found is None or found.shop_id != shop_id:
        raise NotFound("qualification", qualification_id)
    if found.state == QualificationState.WITHDRAWN or await tx.run(WITHDRAW, tx.bucket, qualification_id, tx.now):
        return
    if not await end(tx, qualification_id, QualificationState.WITHDRAWN, ""):
        raise WrongQualificationState(found.state)


async def _check(
    tx: Tx, actor: Actor, shop_id: int, draft: QualificationDraft, file_count: int
) -> tuple[datetime, datetime]:
    """The term as instants, if all is as it should be."""
    shop = await get_shop(tx, shop_id)
    if not 1 <= len(draft.number.strip()) <= MAX_NUMBER or not draft.number.isprintable():
        raise Invalid("number", f"1 to {MAX_NUMBER} characters")
    if draft.kind == BRAND:
        await _check_brand(tx, shop, draft)
    elif draft.kind not in PERMIT_KINDS or draft.brand_id or draft.level or draft.mark:
        raise Invalid("kind", ", ".join((BRAND, *PERMIT_KINDS)))
    papers = {each.document_id for each in await list_papers(tx, actor, shop_id)} if draft.paper_ids else set()
    if not papers.issuperset(draft.paper_ids) or len(set(draft.paper_ids)) != len(draft.paper_ids):
        raise Invalid("paper_ids", "papers of this shop")
    if not 1 <= len(draft.paper_ids) + file_count <= MAX_PAPERS:
        raise Invalid("file", f"1 to {MAX_PAPERS} papers")
    zone = (await get_storefronts(tx)).get(shop.storefront_id).zone
    valid_from, valid_until = term_of(draft, tx.now, zone)
    check_interval("valid_from", valid_from, "valid_until", valid_until)
    if valid_until <= tx.now:
        raise Invalid("valid_until", "not over yet")
    return valid_from, valid_until


async def _check_brand(tx: Tx, shop: Shop, draft: QualificationDraft) -> None:
    if draft.brand_id <= 0:
        raise Invalid("brand_id", "a brand")
    if draft.level not in LEVELS:
        raise Invalid("level", ", ".join(LEVELS))
    if draft.mark not in MARKS:
        raise Invalid("mark", " or ".join(MARKS))
    rules = await get_rules(tx)
    kinds = rules.value(SOLE_KINDS, tx.now, Scope(storefront_id=shop.storefront_id))
    if shop.kind in kinds and draft.level not in SOLE_LEVELS:
        raise LevelTooLow
    check_deposit(rules, tx.now, shop, draft.mark)


def term_of(draft: QualificationDraft, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last one, in UTC. Raises `Invalid` for distant years."""
    for field, day in (("valid_from", draft.valid_from), ("valid_until", draft.valid_until)):
        if abs(day.year - now.year) > MAX_YEARS:
            raise Invalid(field, f"within {MAX_YEARS} years")
    first = datetime.combine(draft.valid_from, time.min, zone)
    after = datetime.combine(draft.valid_until + timedelta(days=1), time.min, zone)
    return first.astimezone(UTC), after.astimezone(UTC)
