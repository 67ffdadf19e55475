"""Reading refund cases: for the buyer, the shop's staff and the platform's staff.

For everyone else they do not exist.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from datong.commerce.aftersale.states import REASONS, HelpStatus, Reason
from datong.commerce.fulfilment import Parcel, TrackingEvent, list_parcels, list_tracking
from datong.commerce.order import ShopOrder
from datong.commerce.payment import Refund, list_refunds
from datong.commerce.rulebook import Scope
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.paging import Page, clamp_limit, decode_cursor, make_page
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.sql import rows
from datong.kernel.tx import Tx


class CaseScope(msgspec.Struct, frozen=True):
    """Where the rules of a case are looked up."""

    vertical_id: int = 0
    category_ids: list[int] = []


class RefundCase(msgspec.Struct, frozen=True):
    """A refund case.

    `amount` is what is asked of the line, in minor units; `paid_back` what went back, freight included.
    """

    case_id: int
    order_id: int
    purchase_id: int
    line_id: int
    member_id: int
    shop_id: int
    storefront_id: int
    scope: dict[str, object]
    version: int
    state: str
    kind: str
    phase: str
    is_sent: bool
    is_received: bool
    is_returned: bool
    reason: str
    note: str
    currency: str
    amount: int
    pieces: int
    paid_back: int
    return_freight: int
    return_address: dict[str, str] | None
    what: dict[str, object]
    opened_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    end_reason: str

    @property
    def is_open(self) -> bool:
        """Whether something may still come of it."""
        return self.ended_at is None

    @property
    def why(self) -> Reason:
        """What its reason means."""
        return REASONS[self.reason]

    @property
    def asked(self) -> int:
        """What the buyer may get at most, in minor units: what is asked for, or what the pieces to be replaced cost."""
        cost = int(str(self.what["paid"])) * self.pieces // int(str(self.what["quantity"]))
        return self.amount or cost

    @property
    def rules_scope(self) -> Scope:
        """Where its parameters are looked up."""
        kept = msgspec.convert(self.scope, CaseScope)
        return Scope(self.storefront_id, kept.vertical_id, tuple(kept.category_ids))


class CaseEvent(msgspec.Struct, frozen=True):
    """One step of a case: who did what, when, in which words; `details` has the rule it was done under."""

    event_id: int
    side: str
    actor_id: int
    action: str
    text: str
    details: dict[str, object]
    happened_at: datetime


class Evidence(msgspec.Struct, frozen=True):
    """A file that one side handed in."""

    evidence_id: int
    case_id: int
    side: str
    file_key: str
    media_type: str
    size: int
    text: str
    added_at: datetime


class Dispute(msgspec.Struct, frozen=True):
    """The platform's help in a case. `due_at` is when evidence, decision, or the right to appeal ends."""

    dispute_id: int
    case_id: int
    version: int
    cs_status: int
    opened_by: str
    is_buyer_ready: bool
    is_seller_ready: bool
    outcome: str
    amount: int
    goodwill: int
    reason: str
    decided_by: int
    decided_at: datetime | None
    appealed_by: str
    appeal_text: str
    appeal_outcome: str
    compensated: int
    opened_at: datetime
    due_at: datetime | None
    escalated_at: datetime | None
    """When both sides were told that the decision is late; it is made on file at `due_at`."""

    def was_lost_by(self, side: str, asked: int) -> bool:
        """Whether a side lost the decision that works now, at least in part; `asked`: what the buyer could have got."""
        if side == "seller":
            return self.cs_status == HelpStatus.BUYER_WINS
        is_part = self.cs_status == HelpStatus.BUYER_WINS and self.outcome == "refund" and self.amount < asked
        return side == "buyer" and (self.cs_status == HelpStatus.SELLER_WINS or is_part)

    @property
    def is_before_decision(self) -> bool:
        """Whether both sides wait for the platform's first word."""
        return self.cs_status in {HelpStatus.EVIDENCE, HelpStatus.IN}


class CaseView(msgspec.Struct, frozen=True):
    """A case with everything about it."""

    case: RefundCase
    events: list[CaseEvent]
    evidence: list[Evidence]
    disputes: list[Dispute]
    parcels: list[Parcel]
    tracking: list[TrackingEvent]
    refunds: list[Refund]
    side: str
    """As whom the actor sees it: buyer, seller or staff."""

    @property
    def dispute(self) -> Dispute | None:
        """The latest one."""
        return self.disputes[-1] if self.disputes else None


class DisputeQueueEntry(msgspec.Struct, frozen=True):
    """A dispute on the platform's desk."""

    dispute_id: int
    case_id: int
    cs_status: int
    due_at: datetime
    opened_at: datetime
    escalated_at: datetime | None


CASE_COLUMNS = """case_id, order_id, purchase_id, line_id, member_id, shop_id, storefront_id, scope, version, state,
    kind, phase, is_sent, is_received, is_returned, reason, note, currency, amount, pieces, paid_back, return_freight,
    return_address, what, opened_at, due_at, ended_at, end_reason"""
DISPUTE_COLUMNS = """dispute_id, case_id, version, cs_status, opened_by, is_buyer_ready, is_seller_ready, outcome,
    amount, goodwill, reason, decided_by, decided_at, appealed_by, appeal_text, appeal_outcome, compensated, opened_at,
    due_at, escalated_at"""
GET = rows(RefundCase, f"select {CASE_COLUMNS} from refund_case where bkt = $1 and case_id = $2")
LOCK = rows(RefundCase, f"select {CASE_COLUMNS} from refund_case where bkt = $1 and case_id = $2 for update")
MANY = rows(
    RefundCase,
    f"""
    select {CASE_COLUMNS} from unnest($1::integer[], $2::bigint[]) as wanted (in_bucket, wanted_id)
    join refund_case on bkt = in_bucket and case_id = wanted_id order by case_id limit 2000
    """,
)
OF_ORDER = rows(
    RefundCase,
    f"select {CASE_COLUMNS} from refund_case where bkt = $1 and order_id = $2 order by case_id desc limit 200",
)
OPEN_OF_ORDER = rows(
    RefundCase,
    f"""
    select {CASE_COLUMNS} from refund_case where bkt = $1 and order_id = $2 and ended_at is null order by case_id
        limit 200
    for update
    """,
)
MINE = rows(
    RefundCase,
    f"""
    select {CASE_COLUMNS} from refund_case
    where bkt = $1 and member_id = $2 and case_id < $3 and (not $4 or ended_at is null) order by case_id desc limit $5
    """,
)
EVENTS = rows(
    CaseEvent,
    """
    select event_id, side, actor_id, deed as action, text, details, happened_at from case_event
    where bkt = $1 and case_id = $2 order by event_id desc limit 200
    """,
)
EVIDENCE = rows(
    Evidence,
    """
    select evidence_id, case_id, side, file_key, media_type, size, text, added_at from evidence
    where bkt = $1 and case_id = $2 order by evidence_id limit 100
    """,
)
DISPUTES = rows(
    Dispute, f"select {DISPUTE_COLUMNS} from dispute where bkt = $1 and case_id = $2 order by dispute_id limit 20"
)
DESK = rows(
    DisputeQueueEntry,
    """
    select dispute_id, case_id, cs_status, due_at, opened_at, escalated_at from dispute
    where cs_status = any($1) and due_at is not null and cs_status in (3, 10, 11)
    order by escalated_at is null, due_at limit $2
    """,
)


RIGHTS: dict[str, tuple[tuple[str, str], ...]] = {
    "read": (("buyer", "member:refund:read"), ("seller", "shop:refund:read"), ("staff", "operator:refund:read")),
    "ask": (("buyer", "member:refund:ask"),),
    "answer": (("seller", "shop:refund:answer"),),
    "plead": (("buyer", "member:refund:ask"), ("seller", "shop:refund:answer")),
    "decide": (("staff", "operator:dispute:decide"),),
}
"""Who may do what with a case, and as whom."""


async def own_case(tx: Tx, actor: Actor, case_id: int, action: str = "read") -> tuple[RefundCase, str]:
    """The case and as whom the actor deals with it; refuses `NotFound` to whoever has no right to this deed there."""
    case = await tx.maybe(GET, bucket_of(case_id), case_id)
    if case is not None:
        owners = {"buyer": case.member_id, "seller": case.shop_id, "staff": 0}
        for side, right in RIGHTS[action]:
            if actor.may(right, owners[side]):
                return case, side
    raise NotFound("refund_case", case_id)


async def get_case(tx: Tx, actor: Actor, case_id: int) -> CaseView:
    """A case with its timeline, files, parcels and money, for those it concerns."""
    case, side = await own_case(tx, actor, case_id)
    bucket = bucket_of(case_id)
    parcels = await list_parcels(tx, case.order_id, case_id)
    refunds = [each for each in await list_refunds(tx, case.order_id) if each.case_id == case_id]
    return CaseView(
        case, await tx.all(EVENTS, bucket, case_id), await tx.all(EVIDENCE, bucket, case_id),
        await tx.all(DISPUTES, bucket, case_id), parcels,
        await list_tracking(tx, [each.parcel_id for each in parcels]), refunds, side,
    )  # fmt: skip


async def list_cases_of(tx: Tx, order: ShopOrder) -> list[RefundCase]:
    """The cases of an order, newest first; whoever may see the order may see that they are there."""
    return await tx.all(OF_ORDER, bucket_of(order.order_id), order.order_id)


async def list_own_cases(
    tx: Tx, actor: Actor, cursor: str = "", limit: int = 20, *, is_open: bool = False
) -> Page[RefundCase]:
    """The buyer's cases, newest first, all or only open ones."""
    actor.must("member:refund:read", actor.id)
    (before,) = decode_cursor(cursor, [2**63 - 1])
    found = await tx.all(MINE, actor.bucket, actor.id, before, is_open, clamp_limit(limit) + 1)
    return make_page(found, limit, lambda case: [case.case_id])


async def list_desk(
    tx: Tx, actor: Actor, statuses: Sequence[int] = (), limit: int = 50
) -> list[tuple[DisputeQueueEntry, RefundCase]]:
    """The disputes that wait for evidence, a decision or an appeal's decision: late ones first, then by time left."""
    actor.must("operator:dispute:decide")
    wanted = list(statuses) or [HelpStatus.IN.value, HelpStatus.APPEAL.value, HelpStatus.EVIDENCE.value]
    if not set(wanted) <= {HelpStatus.IN.value, HelpStatus.APPEAL.value, HelpStatus.EVIDENCE.value}:
        raise Invalid("status", "3, 10 or 11")
    entries = await tx.all(DESK, wanted, clamp_limit(limit))
    ids = [each.case_id for each in entries]
    cases = {each.case_id: each for each in await tx.all(MANY, [bucket_of(each) for each in ids], ids)} if ids else {}
    return [(each, cases[each.case_id]) for each in entries if each.case_id in cases]
