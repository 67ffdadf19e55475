"""Makers for tests of reviews: an order that came to its end, and what is said of it."""

from datong.commerce import review
from datong.commerce.review import LineReview, Scores
from datong.kernel.ids import bucket_of
from tests.cases import STAFF, lines
from tests.make import Goods, Shop, Shopper, Town

FIVE = Scores(5, 5, 5)


async def finished(town: Town, shopper: Shopper, shop: Shop, goods: Goods) -> int:
    """An order that came to its end."""
    order_id = await shopper.buy(goods)
    await shop.ship(order_id)
    await shopper.confirm(order_id)
    await town.deliver()
    return order_id


async def write(
    shopper: Shopper, order_id: int, result: str = "good", text: str = "", scores: Scores = FIVE, key: str = "",
    **more: bool,
) -> int:  # fmt: skip
    """Review the first line of an order."""
    town = shopper.town
    line = (await lines(town, order_id))[0].line_id
    words = text or ("" if result == "good" else "not what I hoped for")
    (review_id,) = await review.write_reviews(
        town.db, town.adapters.objects, shopper.actor, order_id, [LineReview(line, result, words)], scores,
        key or f"r{town.next()}", **more,
    )  # fmt: skip
    await town.deliver()
    return review_id


async def shown(town: Town, product_id: int) -> list[review.ProductReview]:
    async with town.db.read() as tx:
        return (await review.list_product_reviews(tx, product_id)).items


async def credit(town: Town, shop: Shop) -> review.Credit:
    async with town.db.read() as tx:
        return (await review.get_standing(tx, shop.id)).credit


async def rate_buyer(town: Town, shop: Shop, order_id: int, result: str) -> None:
    async with town.db.begin(bucket_of(order_id)) as tx:
        await review.rate_buyer(tx, shop.owner, order_id, result, "" if result == "good" else "never answered")
    await town.deliver()


async def due(town: Town) -> None:
    await review.run_due_ratings(town.db)
    await town.deliver()


async def remove(town: Town, review_id: int) -> None:
    async with town.db.begin(bucket_of(review_id)) as tx:
        await review.moderate(tx, STAFF, review_id, is_removed=True, reason="bought reviews")
    await town.deliver()
