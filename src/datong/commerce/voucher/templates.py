"""Issuing: a shop or the platform offers vouchers to claim, so many and no more."""

from datetime import datetime

import msgspec

from datong.commerce.merchant import get_recent_shops
from datong.commerce.rulebook import Parameter, get_rules
from datong.commerce.voucher.terms import SHOP_FUNDER, Terms, check_terms
from datong.kernel.actor import Actor
from datong.kernel.cache import TtlCache
from datong.kernel.ids import bucket_of
from datong.kernel.intervals import check_interval
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.sql import command, rows, value
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

SHOP_TEMPLATES = Parameter(
    "voucher.shop_templates", int, 50, "domain.md §6 (TOP): at most 50 live shop coupons", bounds=(1, 10_000)
)
ENVELOPE_DAYS = Parameter(
    "voucher.envelope_days", int, 60, "domain.md §9 [11]: a shop's envelope is valid 60 days at most", bounds=(1, 3_650)
)
ENVELOPE_START_DAYS = Parameter(
    "voucher.envelope_start_days", int, 15, "domain.md §9 [11]: starts 15 days after issue at most", bounds=(0, 3_650)
)
ENVELOPES_EACH = Parameter(
    "voucher.envelopes_each", int, 2, "domain.md §9 [11]: at most 2 of one shop a person", bounds=(1, 1_000)
)
DENOMINATIONS: Parameter[list[int]] = Parameter(
    "voucher.denominations",
    list[int],
    [],
    "domain.md §6 (TOP, of old): 3, 5, 10, 20, 50, 100 yuan only; empty: any amount",
    bounds=(1, 1_000_000_000),
)
MAX_TOTAL = 10**9
MAX_TITLE = 60
MAX_EACH = 100
MAX_DAYS = 366
VOUCHER_LAYERS = {"coupon": ("shop_voucher", "voucher"), "envelope": ("envelope",)}


class TooManyTemplates(Conflict):
    """A shop has as many live templates as it may."""

    code = "voucher.too_many_templates"

    def __init__(self, most: int) -> None:
        self.most = most


class TemplateDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is offered: terms, how many, when it may be claimed, and when used (a window, or days from the claim)."""

    kind: str
    titles: dict[str, str]
    terms: Terms
    total: int
    per_member: int
    claim_from: datetime
    claim_until: datetime
    use_from: datetime | None = None
    use_until: datetime | None = None
    use_days: int = 0


class VoucherTemplate(msgspec.Struct, frozen=True):
    """A template and how many were claimed."""

    template_id: int
    owner_id: int
    version: int
    kind: str
    titles: dict[str, str]
    terms: dict[str, object]
    total: int
    claimed: int
    per_member: int
    claim_from: datetime
    claim_until: datetime
    use_from: datetime | None
    use_until: datetime | None
    use_days: int
    is_stopped: bool


COLUMNS = """template_id, owner_id, version, kind, titles, terms, total, claimed, per_member, claim_from, claim_until,
    use_from, use_until, use_days, is_stopped"""
PUT = command(
    """
    insert into voucher_template (bkt, template_id, owner_id, version, kind, titles, terms, total, per_member,
        claim_from, claim_until, use_from, use_until, use_days, made_by, made_at)
    values ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    """
)
STOP = command(
    "update voucher_template set is_stopped = true where bkt = $1 and template_id = $2 and owner_id = $3 "
    "and not is_stopped"
)
LIVE = value(
    int,
    """
    select count(*) from voucher_template
    where bkt = $1 and owner_id = $2 and claim_until > $3 and not is_stopped
    """,
)
LIST = rows(
    VoucherTemplate,
    f"""
    select {COLUMNS} from voucher_template where bkt = $1 and owner_id = $2
    order by claim_until desc, template_id desc limit 100
    """,
)
CLAIMABLE = rows(
    VoucherTemplate,
    f"""
    select {COLUMNS} from voucher_template
    where bkt = any($1) and owner_id = any($2) and claim_until > $3 and claim_from <= $3 and not is_stopped
      and claimed < total
    order by owner_id desc, template_id desc limit 60
    """,
)


def right_of(owner_id: int, action: str) -> tuple[str, int]:
    """Which right is asked for on a promotion or template of a shop, or of the platform (owner 0)."""
    return (f"shop:promotion:{action}", owner_id) if owner_id else (f"operator:promotion:{action}", 0)


@use_case("owner_id")
async def issue_template(tx: Tx, actor: Actor, owner_id: int, draft: TemplateDraft) -> int:
    """Offer vouchers of a shop, or (owner 0) of the platform; answers the template's id.

    Refuses `Invalid`, `TooManyTemplates`, `NotAllowed`.
    """
    actor.must(*right_of(owner_id, "edit"))
    rules = await get_rules(tx)
    _check(draft, owner_id)
    if owner_id:
        most = rules.value(SHOP_TEMPLATES, tx.now)
        if await tx.one(LIVE, bucket_of(owner_id), owner_id, tx.now) >= most:
            raise TooManyTemplates(most)
        allowed, tier = rules.value(DENOMINATIONS, tx.now), draft.terms.tiers[0]
        if draft.kind == "coupon" and allowed and tier.kind == "minus" and tier.value not in allowed:
            raise Invalid("value", ", ".join(f"{each / 100:g}" for each in allowed))
        if draft.kind == "envelope":
            days, starts = rules.value(ENVELOPE_DAYS, tx.now), rules.value(ENVELOPE_START_DAYS, tx.now)
            each = rules.value(ENVELOPES_EACH, tx.now)
            begins, ends = draft.use_from or tx.now, draft.use_until
            if draft.per_member > each:
                raise Invalid("per_member", f"at most {each}")
            if (begins - tx.now).days > starts or (ends and (ends - begins).days > days) or draft.use_days > days:
                raise Invalid("use_until", f"starts within {starts} days and is valid for {days} at most")
    RECENT.forget(owner_id)
    template_id = tx.new_id(bucket_of(owner_id))
    await tx.run(
        PUT, bucket_of(owner_id), template_id, owner_id, draft.kind, draft.titles, draft.terms, draft.total,
        draft.per_member, draft.claim_from, draft.claim_until, draft.use_from, draft.use_until, draft.use_days,
        actor.id, tx.now,
    )  # fmt: skip
    return template_id


def _check(draft: TemplateDraft, owner_id: int) -> None:
    terms = check_terms(draft.terms, owner_id=owner_id)
    if terms.layer not in VOUCHER_LAYERS.get(draft.kind, ()):
        raise Invalid("layer", "a coupon's is shop_voucher or voucher, an envelope's is envelope")
    if draft.kind == "coupon" and (terms.layer == "shop_voucher") != bool(owner_id):
        raise Invalid("layer", "a shop's coupon is shop_voucher, the platform's is voucher")
    if len(terms.tiers) != 1 or terms.tiers[0].kind not in {"minus", "percent"}:
        raise Invalid("tiers", "a voucher takes an amount or a share off, once")
    if not owner_id and not terms.is_enrolled and {share.funder for share in terms.funders} == {SHOP_FUNDER}:
        raise Invalid("funders", "shops pay only for what they take part in")
    if not any(draft.titles.values()) or any(len(title) > MAX_TITLE for title in draft.titles.values()):
        raise Invalid("titles", f"1 to {MAX_TITLE} characters")
    if not 1 <= draft.total <= MAX_TOTAL or not 1 <= draft.per_member <= MAX_EACH:
        raise Invalid("total", f"1 to {MAX_TOTAL}, and 1 to {MAX_EACH} for each")
    _check_times(draft)


def _check_times(draft: TemplateDraft) -> None:
    check_interval("claim_from", draft.claim_from, "claim_until", draft.claim_until)
    if (draft.use_until is None) == (draft.use_days == 0) or not 0 <= draft.use_days <= MAX_DAYS:
        raise Invalid("use_days", f"either a window of use or 1 to {MAX_DAYS} days from the claim")
    if draft.use_until:
        check_interval("use_from", draft.use_from or draft.claim_from, "use_until", draft.use_until)


@use_case("owner_id")
async def stop_template(tx: Tx, actor: Actor, owner_id: int, template_id: int) -> None:
    """No more is claimed; what was claimed stays good. Refuses `NotFound`."""
    actor.must(*right_of(owner_id, "edit"))
    RECENT.forget(owner_id)
    if not await tx.run(STOP, bucket_of(owner_id), template_id, owner_id):
        raise NotFound("voucher_template", template_id)


async def list_templates(tx: Tx, actor: Actor, owner_id: int) -> list[VoucherTemplate]:
    """An owner's templates, the latest first."""
    actor.must(*right_of(owner_id, "read"))
    return await tx.all(LIST, bucket_of(owner_id), owner_id)


async def _read_claimable(tx: Tx, owner_ids: list[int]) -> dict[int, list[VoucherTemplate]]:
    found: dict[int, list[VoucherTemplate]] = {each: [] for each in owner_ids}
    for template in await tx.all(CLAIMABLE, sorted({bucket_of(each) for each in owner_ids}), owner_ids, tx.now):
        found[template.owner_id].append(template)
    return found


RECENT = TtlCache(_read_claimable)


async def list_claimable(tx: Tx, owner_ids: list[int]) -> list[VoucherTemplate]:
    """What can be claimed now of these shops (0: of the platform), shops' first; at most two seconds old.

    A shop that is not open gives none.
    """
    shops = await get_recent_shops(tx, [each for each in owner_ids if each])
    found = await RECENT.get_many(
        tx, [each for each in owner_ids if not each or (each in shops and shops[each].is_open)]
    )
    return [each for owner_id in sorted(found, reverse=True) for each in found[owner_id]]
