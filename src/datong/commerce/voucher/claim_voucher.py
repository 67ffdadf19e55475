"""Claiming: one of so many, one or so many for each, however many come at once.

The template's row is the one lock: a claim is counted and written under it, with the fact that brings the voucher to
its holder's bucket. The claimer does not wait for the fact: the voucher is put there at once, under the same id.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from datong.commerce.merchant import get_recent_shops
from datong.commerce.voucher.templates import COLUMNS, VoucherTemplate, right_of
from datong.facts.voucher import VoucherClaimed
from datong.kernel.actor import Actor
from datong.kernel.batching import BatchQueue
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.sql import Doc, changed, changed_value, rows
from datong.kernel.tx import Db, Tx

MAX_SENT = 100


class SoldOutVoucher(Conflict):
    """All of these vouchers are claimed."""

    code = "voucher.all_claimed"


class ClaimedAlready(Conflict):
    """This member has claimed as many of these as it may."""

    code = "voucher.claimed_already"

    def __init__(self, most: int) -> None:
        self.most = most


class NotClaimable(Conflict):
    """The time to claim these has not come, or is over."""

    code = "voucher.not_claimable"


class _Ask(msgspec.Struct, frozen=True):
    bkt: int
    template_id: int
    member_id: int
    voucher_id: int
    fact_id: int


class _Answer(msgspec.Struct, frozen=True):
    voucher_id: int
    outcome: str


CLAIM = changed(_Answer, "select voucher_id, outcome from voucher_claim_many($1, $2, $3::jsonb)")
GET = rows(VoucherTemplate, f"select {COLUMNS} from voucher_template where bkt = $1 and template_id = $2")
GRANT = changed_value(int, "select voucher_grant($1, $2, $3::jsonb)")


async def claim_voucher(db: Db, actor: Actor, template_id: int) -> int:
    """Claim one; answers the voucher's id. Refuses `NotFound`, `NotClaimable`, `SoldOutVoucher`, `ClaimedAlready`."""
    actor.must("member:voucher:claim", actor.id)
    bucket = bucket_of(template_id)
    async with db.read() as tx:
        template = await tx.maybe(GET, bucket, template_id)
        shops = await get_recent_shops(tx, [template.owner_id]) if template and template.owner_id else {}
    if template is None:
        raise NotFound("voucher_template", template_id)
    if template.owner_id and not (template.owner_id in shops and shops[template.owner_id].is_open):
        raise NotClaimable
    ids = await db.ids()
    ask = _Ask(bucket, template_id, actor.id, ids.new(actor.bucket), ids.new(bucket))

    async def claim_all(asks: Sequence[_Ask]) -> list[bool | Exception]:
        return await _claim_all(db, asks)

    await db.keep("voucher.claim", lambda: BatchQueue(claim_all)).ask(ask)
    await grant_voucher(db, template, actor.id, ask.voucher_id, db.now())
    return ask.voucher_id


async def send_vouchers(
    db: Db, actor: Actor, owner_id: int, template_id: int, member_ids: Sequence[int]
) -> dict[int, str]:
    """Give one each to up to 100 members; that some get none is normal.

    For each the refusal's code, empty if it got one.

    Source: domain.md §6 (TOP): bulk send <= 100 a call, partial failure is normal.
    """
    actor.must(*right_of(owner_id, "edit"))
    if not 1 <= len(member_ids) <= MAX_SENT:
        raise Invalid("member_ids", f"1 to {MAX_SENT}")
    bucket = bucket_of(template_id)
    async with db.read() as tx:
        template = await tx.maybe(GET, bucket, template_id)
    if template is None or template.owner_id != owner_id:
        raise NotFound("voucher_template", template_id)
    ids = await db.ids()
    asks = [
        _Ask(bucket, template_id, member_id, ids.new(bucket_of(member_id)), ids.new(bucket))
        for member_id in dict.fromkeys(member_ids)
    ]
    sent: dict[int, str] = {}
    for ask, answer in zip(asks, await _claim_all(db, asks), strict=True):
        sent[ask.member_id] = answer.code if isinstance(answer, Conflict) else ""
        if answer is True:
            await grant_voucher(db, template, ask.member_id, ask.voucher_id, db.now())
    return sent


async def _claim_all(db: Db, asks: Sequence[_Ask]) -> list[bool | Exception]:
    outcomes: dict[int, str] = {}
    for buckets in db.groups(each.bkt for each in asks):
        mine = [msgspec.structs.asdict(each) for each in asks if each.bkt in buckets]
        for answer in await db.once(buckets[0], CLAIM, buckets[0], db.now(), Doc(mine)):
            outcomes[answer.voucher_id] = answer.outcome
    db.wake()
    return [_read(outcomes[each.voucher_id]) for each in asks]


async def claim_in(tx: Tx, template_id: int, member_id: int, voucher_id: int) -> None:
    """Claim one for a member in a transaction of the template's bucket; its fact brings the voucher to the member.

    Refuses `NotClaimable`, `SoldOutVoucher`, `ClaimedAlready`.
    """
    ask = _Ask(bucket_of(template_id), template_id, member_id, voucher_id, tx.new_id(bucket_of(template_id)))
    (answer,) = await tx.all(CLAIM, ask.bkt, tx.now, Doc([msgspec.structs.asdict(ask)]))
    outcome = _read(answer.outcome)
    if isinstance(outcome, Exception):
        raise outcome


def _read(outcome: str) -> bool | Exception:
    if outcome == "claimed":
        return True
    if outcome == "all_claimed":
        return SoldOutVoucher()
    return NotClaimable() if outcome == "not_claimable" else ClaimedAlready(int(outcome))


async def grant_voucher(
    db: Db, template: VoucherTemplate, member_id: int, voucher_id: int, claimed_at: datetime
) -> None:
    """Put a claimed voucher into its holder's bucket, once for its id."""
    bucket = bucket_of(member_id)
    grant = _row(template, member_id, voucher_id, claimed_at)
    await db.once(bucket, GRANT, bucket, db.now(), Doc([grant]), is_async_commit=True)


async def grant_claimed(tx: Tx, facts: Sequence[VoucherClaimed]) -> None:
    """The same, for those whose claimer's process died in between."""
    grants: list[dict[str, object]] = []
    for fact in facts:
        template = await tx.one(GET, bucket_of(fact.template_id), fact.template_id)
        grants.append(_row(template, fact.member_id, fact.voucher_id, fact.claimed_at))
    await tx.one(GRANT, tx.bucket, tx.now, Doc(grants))


def _row(template: VoucherTemplate, member_id: int, voucher_id: int, claimed_at: datetime) -> dict[str, object]:
    begins = max(template.use_from or claimed_at, claimed_at)
    ends = template.use_until or claimed_at + timedelta(days=template.use_days)
    return {
        "bkt": bucket_of(member_id), "voucher_id": voucher_id, "member_id": member_id,
        "template_id": template.template_id, "owner_id": template.owner_id, "version": template.version,
        "kind": template.kind, "titles": template.titles, "terms": template.terms, "valid_from": begins,
        "valid_until": ends,
    }  # fmt: skip
