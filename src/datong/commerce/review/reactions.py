"""What reviews do on facts and by the clock."""

from datong.adapters import Adapters
from datong.commerce.review.dsr_daily import average_shops
from datong.commerce.review.moderation import run_due_looks
from datong.commerce.review.projections import follow_review
from datong.commerce.review.publish_reviews import open_rating, run_due_ratings
from datong.facts.order import OrderFinished
from datong.facts.review import ReviewChanged
from datong.kernel.fact import every, on
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Tx


@on(OrderFinished, writes=lambda fact: [bucket_of(fact.order_id)])
async def begin(tx: Tx, fact: OrderFinished) -> None:
    """Both sides may say how it was."""
    await open_rating(tx, fact.order_id, fact.finished_at)


@on(ReviewChanged, writes=lambda fact: [bucket_of(fact.shop_id)])
async def follow(tx: Tx, fact: ReviewChanged) -> None:
    """The shop's side follows."""
    await follow_review(tx, fact.shop_id, fact.order_id, fact.review_id)


@every(5)
async def due_ratings(adapters: Adapters) -> int:
    """What waited to be shown is shown; silence speaks."""
    return await run_due_ratings(adapters.db)


@every(60)
async def due_looks(adapters: Adapters) -> int:
    """What nobody has looked at in time stands."""
    return await run_due_looks(adapters.db)


@every(60)
async def daily_means(adapters: Adapters) -> int:
    """Every shop's mean moves on to yesterday."""
    return await average_shops(adapters.db)
