"""Staff decide what a shop has handed in: approve, reject, revoke later; each once, and not about their own shop."""

from datetime import datetime, timedelta

from datong.commerce.merchant import Shop, ShopState, get_shop
from datong.commerce.qualification.flagships import claim_flagship
from datong.commerce.qualification.queries import COLUMNS, Qualification, find_qualification
from datong.commerce.qualification.requirements import MAX_BRANDS, NOTICE_DAYS, SOLE_KINDS, check_deposit
from datong.commerce.qualification.states import (
    BRAND,
    SOLE_LEVELS,
    LevelTooLow,
    OwnShop,
    QualificationOver,
    QualificationState,
    TooManyBrands,
    WrongQualificationState,
)
from datong.commerce.qualification.transitions import end, mirror
from datong.commerce.rulebook import Scope, get_rules
from datong.facts.qualification import QualificationDecided
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.sql import changed, rows
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case

MAX_REASON = 200
APPROVE = changed(
    Qualification,
    f"""
    update qualification set state = 'APPROVED', decided_by = $3, decided_at = $4, due_at = $5,
        sole_storefront_id = $6, rules_version = $7
    where bkt = $1 and qualification_id = $2 and state = 'SUBMITTED' returning {COLUMNS}
    """,
)
REJECT = changed(
    Qualification,
    f"""
    update qualification set state = 'REJECTED', reason = $3, decided_by = $4, decided_at = $5, ended_at = $5
    where bkt = $1 and qualification_id = $2 and state = 'SUBMITTED' returning {COLUMNS}
    """,
)
LOCK_SHOP = rows(
    Qualification,
    f"""
    select {COLUMNS} from qualification
    where bkt = $1 and shop_id = $2 and kind = 'brand' and state in ('SUBMITTED', 'APPROVED')
    order by qualification_id limit 2000 for update
    """,
)


async def approve_qualification(db: Db, actor: Actor, qualification_id: int) -> None:
    """Put one in force; once more by the same actor does nothing. A flagship claims its brand first.

    Refuses `WrongQualificationState` to whoever comes second, `OwnShop`, `FlagshipTaken`, `LevelTooLow`,
    `DepositTooLow`, `TooManyBrands`, `QualificationOver`.
    """
    actor.must("operator:qualification:decide")
    async with db.read() as tx:
        found = await _find(tx, actor, qualification_id)
        if _is_done(found, actor, QualificationState.APPROVED):
            return
        shop = await get_shop(tx, found.shop_id)
        rules = await get_rules(tx)
        scope = Scope(storefront_id=shop.storefront_id)
        sole_kinds = rules.value(SOLE_KINDS, tx.now, scope)
        most = rules.value(MAX_BRANDS, tx.now, scope).get(shop.kind, 0)
        notice = timedelta(days=rules.value(NOTICE_DAYS, tx.now, scope))
        _check(found, shop, sole_kinds, tx.now)
        if found.kind == BRAND:
            check_deposit(rules, tx.now, shop, found.mark)
    is_sole = found.kind == BRAND and shop.kind in sole_kinds
    if is_sole:
        await claim_flagship(db, shop, found.brand_id, sole_kinds)
    async with db.begin(bucket_of(qualification_id)) as tx:
        if found.kind == BRAND:
            await _check_brands(tx, found, most)
        due = None if found.valid_until is None else max(tx.now, found.valid_until - notice)
        approved = await tx.maybe(
            APPROVE, tx.bucket, qualification_id, actor.id, tx.now, due, shop.storefront_id if is_sole else 0,
            rules.version,
        )  # fmt: skip
        if approved is None:
            _must_be_done(await _find(tx, actor, qualification_id), actor, QualificationState.APPROVED)
            return
        await mirror(tx, approved)
        _tell(tx, approved, is_approved=True)


@use_case("qualification_id")
async def reject_qualification(tx: Tx, actor: Actor, qualification_id: int, reason: str) -> None:
    """Turn one down, with a reason for the shop to read; once more by the same actor does nothing.

    Refuses `WrongQualificationState` to whoever comes second, `OwnShop`, `Invalid`.
    """
    actor.must("operator:qualification:decide")
    _check_reason(reason)
    await _find(tx, actor, qualification_id)
    rejected = await tx.maybe(REJECT, tx.bucket, qualification_id, reason.strip(), actor.id, tx.now)
    if rejected is None:
        _must_be_done(await _find(tx, actor, qualification_id), actor, QualificationState.REJECTED)
        return
    _tell(tx, rejected, is_approved=False)


@use_case("qualification_id")
async def revoke_qualification(tx: Tx, actor: Actor, qualification_id: int, reason: str) -> None:
    """End one that is in force, with a reason for the shop to read; its goods are taken down by the fact.

    Refuses `WrongQualificationState` to whoever comes second, `OwnShop`, `Invalid`.
    """
    actor.must("operator:qualification:decide")
    _check_reason(reason)
    await _find(tx, actor, qualification_id)
    if not await end(tx, qualification_id, QualificationState.REVOKED, reason.strip(), actor.id):
        _must_be_done(await _find(tx, actor, qualification_id), actor, QualificationState.REVOKED)


async def _find(tx: Tx, actor: Actor, qualification_id: int) -> Qualification:
    """Nobody decides about a shop in which they work, or for which they asked."""
    found = await find_qualification(tx, qualification_id)
    if found is None:
        raise NotFound("qualification", qualification_id)
    if found.shop_id in actor.shop_rights or (actor.is_member and actor.id == found.applied_by):
        raise OwnShop
    return found


def _check(found: Qualification, shop: Shop, sole_kinds: list[str], now: datetime) -> None:
    if found.state != QualificationState.SUBMITTED:
        raise WrongQualificationState(found.state)
    if shop.state in {ShopState.REJECTED, ShopState.CLOSED}:
        raise WrongQualificationState(shop.state)
    if found.valid_until is not None and found.valid_until <= now:
        raise QualificationOver
    if found.kind == BRAND and shop.kind in sole_kinds and found.level not in SOLE_LEVELS:
        raise LevelTooLow


async def _check_brands(tx: Tx, found: Qualification, most: int) -> None:
    """A kind of shop has so many brands at most, counted under the lock of all of the shop's."""
    locked = await tx.all(LOCK_SHOP, tx.bucket, found.shop_id)
    brands = {each.brand_id for each in locked if each.state == QualificationState.APPROVED}
    if most and len(brands | {found.brand_id}) > most:
        raise TooManyBrands(most)


def _is_done(found: Qualification, actor: Actor, target: QualificationState) -> bool:
    return found.state == target and found.decided_by == actor.id


def _must_be_done(found: Qualification, actor: Actor, target: QualificationState) -> None:
    if not _is_done(found, actor, target):
        raise WrongQualificationState(found.state)


def _check_reason(reason: str) -> None:
    if not 1 <= len(reason.strip()) <= MAX_REASON or not reason.strip().isprintable():
        raise Invalid("reason", f"1 to {MAX_REASON} characters")


def _tell(tx: Tx, decided: Qualification, *, is_approved: bool) -> None:
    tx.emit(
        QualificationDecided(
            qualification_id=decided.qualification_id, shop_id=decided.shop_id, kind=decided.kind,
            brand_id=decided.brand_id, is_approved=is_approved, decided_at=tx.now,
        )
    )  # fmt: skip
