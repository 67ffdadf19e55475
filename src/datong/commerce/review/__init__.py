"""Reviews: what buyers say of what they bought, what shops say of buyers, and what credit and DSR make of it.

Owns order ratings, reviews, the products' and shops' copies of them, credit, and the daily scores (DSR) with their
six-month means. Calls `messaging`, `order`, `member`, `storefront`, `rulebook`. Tells `ReviewChanged`, `ShopScored`.
What was said lives with the order; the shop's side follows by version, so removing or changing something leaves the
sums as counting anew would. Source: domain.md §15.
"""

from datong.commerce.review.credit_levels import STEPS, level_of, months_before
from datong.commerce.review.dsr_daily import average_shops
from datong.commerce.review.edit_review import follow_up, make_good, take_back
from datong.commerce.review.moderation import moderate
from datong.commerce.review.projections import copy_review_now
from datong.commerce.review.publish_reviews import run_due_ratings
from datong.commerce.review.queries import (
    Credit,
    ProductReview,
    count_unanswered,
    find_order_rating,
    find_shown,
    get_member_credit,
    get_order_reviews,
    get_own_review,
    get_product_rating,
    get_standing,
    get_summary,
    list_moderation,
    list_product_reviews,
    list_shop_reviews,
    list_to_review,
)
from datong.commerce.review.replies import rate_buyer, reply, report_review
from datong.commerce.review.time_limits import IS_MUTUAL, MAY_CHANGE, TAGS
from datong.commerce.review.write_review import (
    LineReview,
    ReviewBarred,
    ReviewOver,
    Scores,
    picture_key,
    write_reviews,
)

__all__ = [
    "IS_MUTUAL",
    "MAY_CHANGE",
    "STEPS",
    "TAGS",
    "Credit",
    "LineReview",
    "ProductReview",
    "ReviewBarred",
    "ReviewOver",
    "Scores",
    "average_shops",
    "copy_review_now",
    "count_unanswered",
    "find_order_rating",
    "find_shown",
    "follow_up",
    "get_member_credit",
    "get_order_reviews",
    "get_own_review",
    "get_product_rating",
    "get_standing",
    "get_summary",
    "level_of",
    "list_moderation",
    "list_product_reviews",
    "list_shop_reviews",
    "list_to_review",
    "make_good",
    "moderate",
    "months_before",
    "picture_key",
    "rate_buyer",
    "reply",
    "report_review",
    "run_due_ratings",
    "take_back",
    "write_reviews",
]
