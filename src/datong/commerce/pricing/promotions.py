"""Promotions as rows: a shop's own, or (owner 0) the platform's, with budget, limits and time.

Whoever writes them, pricing never asks.
"""

from datetime import datetime

import msgspec

from datong.commerce.pricing.discounts import Discount
from datong.commerce.rulebook import Parameter, get_rules
from datong.commerce.voucher import Terms, check_terms, right_of
from datong.kernel.actor import Actor
from datong.kernel.cache import TtlCache
from datong.kernel.ids import bucket_of
from datong.kernel.intervals import check_interval
from datong.kernel.money import MAX_AMOUNT
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.sql import changed, command, rows, value
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

ITEM_PROMOTIONS = Parameter(
    "pricing.item_promotions",
    int,
    30,
    "domain.md §5 (TOP): a seller owns at most 30 item activities",
    bounds=(1, 1_000),
)
MAX_RUNNING = 200
MAX_NAME = 32
"""Characters of a promotion's name (domain.md §5, TOP)."""


class TooManyPromotions(Conflict):
    """The owner runs as many promotions as it may."""

    code = "pricing.too_many_promotions"

    def __init__(self, most: int) -> None:
        self.most = most


class PromotionDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A promotion as it is typed in. 0 for a budget or a limit means none."""

    titles: dict[str, str]
    terms: Terms
    starts_at: datetime
    ends_at: datetime
    budget: int = 0
    """The most all its cuts may come to, in minor units."""
    limit_uses: int = 0
    """How often it may work; item level: for how many pieces."""
    per_buyer: int = 0
    """The same for one buyer."""


class Promotion(msgspec.Struct, frozen=True):
    """A promotion as it is kept."""

    promotion_id: int
    owner_id: int
    version: int
    state: str
    titles: dict[str, str]
    terms: dict[str, object]
    starts_at: datetime
    ends_at: datetime
    budget: int
    committed: int
    limit_uses: int
    used: int
    per_buyer: int
    spent: int

    def read_terms(self) -> Terms:
        """What it does."""
        return msgspec.convert(self.terms, Terms)

    @property
    def is_limited(self) -> bool:
        """Whether every use must be counted before the purchase is written."""
        return bool(self.budget or self.limit_uses or self.per_buyer)


class Running(msgspec.Struct, frozen=True):
    """A promotion in force, ready for the engine, and its limit for one buyer."""

    tool: Discount
    starts_at: datetime
    ends_at: datetime
    per_buyer: int


class Enrolment(msgspec.Struct, frozen=True):
    """A shop takes part in a promotion of the platform."""

    shop_id: int
    promotion_id: int


_COLUMNS = """promotion_id, owner_id, version, state, titles, terms, starts_at, ends_at, budget, committed, limit_uses,
    used, per_buyer, spent"""
PUT = command(
    """
    insert into promotion (bkt, promotion_id, owner_id, version, state, titles, terms, starts_at, ends_at, budget,
        limit_uses, per_buyer, made_by, made_at)
    values ($1, $2, $3, 1, 'LIVE', $4, $5, $6, $7, $8, $9, $10, $11, $12)
    """
)
CHANGE = changed(
    Promotion,
    f"""
    update promotion set version = version + 1, titles = $5, terms = $6, starts_at = $7, ends_at = $8, budget = $9,
        limit_uses = $10, per_buyer = $11
    where bkt = $1 and promotion_id = $2 and owner_id = $3 and version = $4 and state = 'LIVE'
      and ($9 = 0 or committed <= $9) and ($10 = 0 or used <= $10)
    returning {_COLUMNS}
    """,
)
STOP = command(
    "update promotion set state = 'STOPPED', version = version + 1 where bkt = $1 and promotion_id = $2 "
    "and owner_id = $3 and state = 'LIVE'"
)
GET = rows(Promotion, f"select {_COLUMNS} from promotion where bkt = $1 and promotion_id = $2")
LIST = rows(
    Promotion,
    f"select {_COLUMNS} from promotion where bkt = $1 and owner_id = $2 order by ends_at desc, promotion_id desc "
    "limit 100",
)
COUNT = value(
    int,
    """
    select count(*) from promotion
    where bkt = $1 and owner_id = $2 and state = 'LIVE' and ends_at > $3 and terms ->> 'layer' = 'item'
    """,
)
RUNNING = rows(
    Promotion,
    f"""
    select {_COLUMNS} from unnest($1::integer[], $2::bigint[]) as w (in_bucket, owner)
    cross join lateral (
        select * from promotion
        where bkt = w.in_bucket and owner_id = w.owner and state = 'LIVE' and ends_at > $3
        order by ends_at limit $4) as found
    """,
)
ENROL = command(
    "insert into promotion_enrolment (bkt, shop_id, promotion_id, enrolled_at) values ($1, $2, $3, $4) on conflict "
    "do nothing"
)
LEAVE = command("delete from promotion_enrolment where bkt = $1 and shop_id = $2 and promotion_id = $3")
ENROLLED = rows(
    Enrolment,
    """
    select e.shop_id, e.promotion_id from unnest($1::integer[], $2::bigint[]) as w (bkt, shop_id)
    join promotion_enrolment e on e.bkt = w.bkt and e.shop_id = w.shop_id limit 20000
    """,
)


@use_case("owner_id")
async def make_promotion(tx: Tx, actor: Actor, owner_id: int, draft: PromotionDraft) -> int:
    """Put a promotion in force from its start. Refuses `Invalid`, `TooManyPromotions`, `NotAllowed`."""
    actor.must(*right_of(owner_id, "edit"))
    _check(draft, owner_id)
    most = (await get_rules(tx)).value(ITEM_PROMOTIONS, tx.now)
    if owner_id and draft.terms.layer == "item" and await tx.one(COUNT, bucket_of(owner_id), owner_id, tx.now) >= most:
        raise TooManyPromotions(most)
    promotion_id = tx.new_id(bucket_of(owner_id))
    await tx.run(
        PUT, bucket_of(owner_id), promotion_id, owner_id, draft.titles, draft.terms, draft.starts_at, draft.ends_at,
        draft.budget, draft.limit_uses, draft.per_buyer, actor.id, tx.now,
    )  # fmt: skip
    RUNNING_OF.forget(owner_id)
    return promotion_id


class PromotionMoved(Conflict):
    """The promotion was changed or stopped meanwhile, or has spent more than its new limits."""

    code = "pricing.promotion_moved"


@use_case("owner_id")
async def change_promotion(
    tx: Tx, actor: Actor, owner_id: int, promotion_id: int, version: int, draft: PromotionDraft
) -> None:
    """Change it from now on; what was placed keeps its terms. Refuses `PromotionMoved`, `Invalid`."""
    actor.must(*right_of(owner_id, "edit"))
    _check(draft, owner_id)
    if not await tx.maybe(
        CHANGE, bucket_of(owner_id), promotion_id, owner_id, version, draft.titles, draft.terms, draft.starts_at,
        draft.ends_at, draft.budget, draft.limit_uses, draft.per_buyer,
    ):  # fmt: skip
        raise PromotionMoved
    RUNNING_OF.forget(owner_id)


@use_case("owner_id")
async def stop_promotion(tx: Tx, actor: Actor, owner_id: int, promotion_id: int) -> None:
    """Take it out of force at once. Refuses `NotFound`."""
    actor.must(*right_of(owner_id, "edit"))
    if not await tx.run(STOP, bucket_of(owner_id), promotion_id, owner_id):
        raise NotFound("promotion", promotion_id)
    RUNNING_OF.forget(owner_id)


@use_case("shop_id")
async def enrol_shop(tx: Tx, actor: Actor, shop_id: int, promotion_id: int, *, takes_part: bool = True) -> None:
    """A shop takes part in a promotion of the platform, and so bears its share of it; or leaves."""
    actor.must("shop:promotion:edit", shop_id)
    found = await tx.maybe(GET, bucket_of(0), promotion_id)
    if found is None or found.owner_id or not found.read_terms().is_enrolled:
        raise NotFound("promotion", promotion_id)
    if takes_part:
        await tx.run(ENROL, bucket_of(shop_id), shop_id, promotion_id, tx.now)
    else:
        await tx.run(LEAVE, bucket_of(shop_id), shop_id, promotion_id)
    ENROLLED_OF.forget(shop_id)


async def list_promotions(tx: Tx, actor: Actor, owner_id: int) -> list[Promotion]:
    """An owner's promotions, the last to end first."""
    actor.must(*right_of(owner_id, "read"))
    return await tx.all(LIST, bucket_of(owner_id), owner_id)


async def list_open_campaigns(tx: Tx, actor: Actor, shop_id: int) -> list[tuple[Promotion, bool]]:
    """The platform's promotions that shops may take part in, and whether this one does."""
    actor.must("shop:promotion:read", shop_id)
    found = await tx.all(RUNNING, [0], [0], tx.now, MAX_RUNNING)
    mine = {each.promotion_id for each in await tx.all(ENROLLED, [bucket_of(shop_id)], [shop_id])}
    return [(each, each.promotion_id in mine) for each in found if each.read_terms().is_enrolled]


def tool_of(promotion: Promotion) -> Discount:
    """A promotion as the engine takes it."""
    terms = promotion.read_terms()
    return Discount(
        promotion.promotion_id, promotion.version, promotion.owner_id, promotion.titles, terms, terms.reach.sets(),
        budget_left=promotion.budget - promotion.committed if promotion.budget else MAX_AMOUNT,
        uses_left=promotion.limit_uses - promotion.used if promotion.limit_uses else MAX_AMOUNT,
        ends_at=promotion.ends_at, is_limited=promotion.is_limited,
    )  # fmt: skip


async def _read_running(tx: Tx, owner_ids: list[int]) -> dict[int, list[Running]]:
    found: dict[int, list[Running]] = {owner_id: [] for owner_id in owner_ids}
    buckets = [bucket_of(each) for each in owner_ids]
    for each in await tx.all(RUNNING, buckets, owner_ids, tx.now, MAX_RUNNING):
        running = Running(tool_of(each), each.starts_at, each.ends_at, each.per_buyer)
        found[each.owner_id].append(running)
    return found


async def _read_enrolled(tx: Tx, shop_ids: list[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {shop_id: set() for shop_id in shop_ids}
    for each in await tx.all(ENROLLED, [bucket_of(each) for each in shop_ids], shop_ids):
        found[each.shop_id].add(each.promotion_id)
    return {shop_id: frozenset(each) for shop_id, each in found.items()}


RUNNING_OF = TtlCache(_read_running)
"""An owner's promotions in force or yet to start; at most two seconds old."""
ENROLLED_OF = TtlCache(_read_enrolled)


def _check(draft: PromotionDraft, owner_id: int) -> None:
    check_terms(draft.terms, owner_id=owner_id)
    if not any(draft.titles.values()) or any(len(title) > MAX_NAME for title in draft.titles.values()):
        raise Invalid("titles", f"1 to {MAX_NAME} characters")
    check_interval("starts_at", draft.starts_at, "ends_at", draft.ends_at)
    if min(draft.budget, draft.limit_uses, draft.per_buyer) < 0 or draft.budget > MAX_AMOUNT:
        raise Invalid("budget", "not below zero")
