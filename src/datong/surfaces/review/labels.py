"""Words of the room `review`; English here is the key of the translations."""

from typing import Any

from datong.surfaces.labels import worded

RESULTS: dict[str, str] = {"good": "Good", "neutral": "Neutral", "bad": "Bad"}
TAG_WORDS: dict[str, str] = {
    "as_described": "As described",
    "good_quality": "Good quality",
    "good_value": "Good value",
    "fast": "Fast delivery",
    "kind_service": "Friendly service",
    "well_packed": "Well packed",
}
SCORES: dict[str, str] = {"description": "As described", "service": "Service", "logistics": "Delivery"}
TIERS: dict[str, str] = {
    "heart": "hearts",
    "diamond": "diamonds",
    "crown": "crowns",
    "gold_crown": "gold crowns",
}
TIMERS: dict[str, str] = {
    "order_rating": "Reviews to publish",
}
NOTICES: dict[str, str] = {
    "review_replied": "The shop has replied to your review.",
    "shop_reviewed": "A buyer has written a review.",
}
NOTICE_LINKS: dict[str, str] = {
    "review_replied": "/orders/{order_id}/review",
    "shop_reviewed": "/reviews",
}
"""Where each notice leads, with the ids of its body; those of shops below their workbench."""
REFUSALS: dict[str, str] = {
    "review.barred": "This can't be reviewed: it was refunded, or you have reviewed it already.",
    "review.over": "The time for this is over, or it was done already.",
}


def review_words(language: str) -> dict[str, Any]:
    """The words every page with reviews needs."""
    return {
        "results": worded(RESULTS, language),
        "tag_words": worded(TAG_WORDS, language),
        "score_words": worded(SCORES, language),
    }
