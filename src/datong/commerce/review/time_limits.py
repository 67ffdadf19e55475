"""The windows and limits of reviews: versioned parameters. Source: domain.md §15 (TOP), [16]."""

from datong.commerce.rulebook import Parameter

WINDOW_DAYS = Parameter(
    "review.window_days",
    int,
    15,
    "domain.md §15: 15 d after success (TOP refuses later)",
    bounds=(1, 180),
    scopes=("storefront",),
)
IS_MUTUAL = Parameter(
    "review.is_mutual", bool, True, "domain.md §15: both sides rate; on the mall buyers only", scopes=("storefront",)
)
REVEAL_HOURS = Parameter(
    "review.reveal_hours",
    int,
    48,
    "domain.md §15 [16]: what is not good is shown 48 h after both rated, or after the window",
    bounds=(0, 720),
    scopes=("storefront",),
)
MAY_CHANGE = Parameter(
    "review.may_change",
    bool,
    True,
    "domain.md §15: neutral or bad to good, or deleted; not on the mall",
    scopes=("storefront",),
)
CHANGE_DAYS = Parameter(
    "review.change_days", int, 30, "domain.md §15: once within 30 d", bounds=(0, 365), scopes=("storefront",)
)
FOLLOW_UP_DAYS = Parameter(
    "review.follow_up_days",
    int,
    180,
    "domain.md §15: one follow-up within 180 d, no score effect",
    bounds=(0, 3_650),
    scopes=("storefront",),
)
REPLY_DAYS = Parameter(
    "review.reply_days", int, 30, "domain.md §15: seller's reply within 30 d", bounds=(0, 365), scopes=("storefront",)
)
MONTH_CREDIT = Parameter(
    "review.month_credit",
    int,
    6,
    "domain.md §15 [16]: one buyer counts at most 6 a seller a month",
    bounds=(1, 1_000),
    scopes=("storefront",),
)
MONTH_DSR = Parameter(
    "review.month_dsr",
    int,
    3,
    "domain.md §15 (GK): at most 3 DSR a pair a month",
    bounds=(1, 1_000),
    scopes=("storefront",),
)
DSR_MONTHS = Parameter(
    "review.dsr_months",
    int,
    6,
    "domain.md §15 [16]: arithmetic mean of 6 months, daily",
    bounds=(1, 24),
    scopes=("storefront",),
)
TAGS = Parameter(
    "review.tags", list[str], ["as_described", "good_quality", "good_value", "fast", "kind_service", "well_packed"],
    "DESIGN: what a reviewer may tick",
    scopes=("storefront",),
)  # fmt: skip
PICTURES = Parameter(
    "review.pictures", int, 9, "DESIGN: pictures of one review or follow-up", bounds=(0, 30), scopes=("storefront",)
)
PICTURE_BYTES = Parameter(
    "review.picture_bytes",
    int,
    5_000_000,
    "DESIGN: the size of one picture as it is sent",
    bounds=(10_000, 20_000_000),
    scopes=("storefront",),
)
WATCHED = Parameter(
    "review.watched", list[str],
    ["http", "www.", "wechat", "whatsapp", "telegram", "vx", "微信", "加我", "刷单", "返现", "兼职"],
    "DESIGN: a text with one of these, or with a long number, is looked at before it is shown",
    scopes=("storefront",),
)  # fmt: skip
LOOK_DAYS = Parameter(
    "review.look_days",
    int,
    7,
    "DESIGN: what asks for a look and is not looked at in so many days stands; it may be reported anew",
    bounds=(1, 365),
)

MAX_TEXT = 500
"""domain.md §15: characters of a review."""
