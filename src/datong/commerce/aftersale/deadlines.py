"""The clocks and limits of refunds and disputes: versioned parameters, and the days they make.

Source: domain.md §4 [18].
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from datong.commerce.rulebook import ALL_SCOPES, Parameter

UNSHIPPED_ANSWER_HOURS = Parameter(
    "aftersale.unshipped_answer_hours",
    int,
    24,
    "domain.md §4 [18]: not shipped, seller 48 h, later 24 h, then refunded",
    bounds=(1, 720),
    scopes=ALL_SCOPES,
)
ANSWER_HOURS = Parameter(
    "aftersale.answer_hours",
    int,
    48,
    "domain.md §4 [18]: shipped, 5 d, then 3 d, 2 d since 10 Aug 2022",
    bounds=(1, 720),
    scopes=ALL_SCOPES,
)
REFUSED_DAYS = Parameter(
    "aftersale.refused_days",
    int,
    7,
    "DESIGN: a refused buyer edits, calls the platform, or the case closes",
    bounds=(1, 90),
    scopes=ALL_SCOPES,
)
RETURN_DAYS = Parameter(
    "aftersale.return_days",
    int,
    7,
    "domain.md §4 [18]: the return's number within 7 d",
    bounds=(1, 90),
    scopes=ALL_SCOPES,
)
RECEIPT_DAYS = Parameter(
    "aftersale.receipt_days", int, 10, "domain.md §4 [18]: express 10 d (post 14)", bounds=(1, 90), scopes=ALL_SCOPES
)
SIGNED_RECEIPT_DAYS = Parameter(
    "aftersale.signed_receipt_days",
    int,
    3,
    "domain.md §4 [18]: 3 d once the waybill shows signed (4 Jul 2022)",
    bounds=(1, 90),
    scopes=ALL_SCOPES,
)
REPLACEMENT_HOURS = Parameter(
    "aftersale.replacement_hours",
    int,
    48,
    "DESIGN: as the ship promise; then the price is given back instead",
    bounds=(1, 720),
    scopes=ALL_SCOPES,
)
REPLACED_DAYS = Parameter(
    "aftersale.replaced_days",
    int,
    10,
    "DESIGN: as auto-confirm of an express parcel",
    bounds=(1, 90),
    scopes=ALL_SCOPES,
)
WINDOW_DAYS = Parameter(
    "aftersale.window_days",
    int,
    15,
    "domain.md §4: 15 d after success (warranty categories 30-180 d)",
    bounds=(1, 180),
    scopes=ALL_SCOPES,
)
NO_REASON_DAYS = Parameter(
    "aftersale.no_reason_days",
    int,
    7,
    "domain.md §4 [18]: from 00:00 of the day after signing, 168 h; 0: excluded",
    bounds=(0, 180),
    scopes=ALL_SCOPES,
)
MAX_RETURN_FREIGHT = Parameter(
    "aftersale.return_freight_most",
    int,
    2_500,
    "DESIGN: minor units the shop pays for a return that is its fault",
    bounds=(0, 10_000_000),
    scopes=ALL_SCOPES,
)
EVIDENCE_DAYS = Parameter(
    "aftersale.evidence_days", int, 3, "domain.md §4 (GK): evidence clock 3 d each", bounds=(1, 30), scopes=ALL_SCOPES
)
DECISION_HOURS = Parameter(
    "aftersale.decision_hours",
    int,
    48,
    "domain.md §4 [18]: staff within 48 h after evidence",
    bounds=(1, 720),
    scopes=ALL_SCOPES,
)
OVERDUE_HOURS = Parameter(
    "aftersale.overdue_hours",
    int,
    72,
    "DESIGN: after a decision's time is over both sides are told; so much later it is made on file",
    bounds=(1, 720),
    scopes=ALL_SCOPES,
)
SEND_BACK_DAYS = Parameter(
    "aftersale.send_back_days",
    int,
    7,
    "DESIGN: as the buyer's; a shop that refuses goods it has sends them back, or the money goes back",
    bounds=(1, 90),
    scopes=ALL_SCOPES,
)
APPEAL_HOURS = Parameter(
    "aftersale.appeal_hours", int, 72, "domain.md §4 [15]: appeal window 72 h", bounds=(1, 720), scopes=ALL_SCOPES
)
BATCH_CASES = Parameter(
    "aftersale.batch_cases", int, 20, "domain.md §4 (TOP): 20; the mall 30", bounds=(1, 100), scopes=("storefront",)
)
BATCH_AMOUNT = Parameter(
    "aftersale.batch_amount",
    int,
    600_000,
    "domain.md §4 (TOP): 6,000 yuan; the mall 10,000; minor units",
    bounds=(1, 1_000_000_000),
    scopes=("storefront",),
)
FAST_STANDING = Parameter(
    "aftersale.fast_standing",
    int,
    3,
    "DESIGN: successful orders less three for each dispute lost, from which on refunds are fast",
    bounds=(-1_000, 1_000_000),
    scopes=ALL_SCOPES,
)
FAST_AMOUNT = Parameter(
    "aftersale.fast_amount",
    int,
    30_000,
    "DESIGN: minor units up to which a refund is fast",
    bounds=(0, 100_000_000),
    scopes=ALL_SCOPES,
)
TRUSTED_SCORE = Parameter(
    "aftersale.trusted_score",
    int,
    480,
    "domain.md §4 [32]: shops scoring 4.8 or more are not overridden; hundredths",
    bounds=(100, 501),
    scopes=ALL_SCOPES,
)
MAX_GOODWILL = Parameter(
    "aftersale.goodwill_most", int, 20_000, "DESIGN: minor units of goodwill in one dispute", bounds=(0, 100_000_000)
)
GOODWILL_MONTH = Parameter(
    "aftersale.goodwill_month",
    int,
    10_000_000,
    "DESIGN: the platform's own budget of a month, minor units",
    bounds=(0, 1_000_000_000_000),
)

NOTE_BYTES = 400
"""domain.md §4 (TOP): a message is at most 400 bytes, UTF-8."""
REFUSAL_TEXT = (2, 200)
"""domain.md §4 (TOP): why a seller refuses, in characters."""


def no_reason_until(signed_at: datetime, zone: ZoneInfo, days: int) -> datetime:
    """The instant at which the right to return without a reason is over.

    It starts at 00:00 of the day after signing, where the storefront's days begin, and lasts so many times 24 hours.
    """
    start = datetime.combine(signed_at.astimezone(zone).date() + timedelta(days=1), time(), zone)
    return start.astimezone(UTC) + timedelta(hours=24 * days)
