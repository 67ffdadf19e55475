"""Credit and DSR: levels, monthly limits, and six months that move on day by day; sums are sums."""

from datetime import timedelta

from datong.commerce import review
from datong.commerce.review import Scores
from tests.make import Town
from tests.said import credit, due, finished, remove, write


async def test_six_of_a_buyer_count_in_a_month_and_three_scores(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(5_000, stock=20)
    found = [await write(shopper, await finished(town, shopper, shop, goods), scores=Scores(5, 4, 3)) for _ in range(8)]
    assert (await credit(town, shop)).total == 6
    town.move_clock(days=2)
    await review.average_shops(town.db)
    async with town.db.read() as tx:
        dsr = (await review.get_standing(tx, shop.id)).dsr
    assert dsr
    assert (dsr.ratings, dsr.mean("description"), dsr.mean("service"), dsr.mean("logistics")) == (3, 500, 400, 300)
    for review_id in found[:4]:
        await remove(town, review_id)
    assert (await credit(town, shop)).total == 4, "removed ones make room for those above the limit"
    await town.settle_down()
    await town.check_books()
    async with town.db.read() as tx:
        again = (await review.get_standing(tx, shop.id)).dsr
    assert again
    assert again.ratings == 3, "the next ones of the pair count instead"
    for review_id in found[4:]:
        await remove(town, review_id)
    assert (await credit(town, shop)).total == 0
    await town.settle_down()
    await town.check_books()


async def test_the_mean_of_six_months_moves_on_day_by_day_and_is_what_adding_anew_gives(town: Town) -> None:
    shop = await town.shop()
    goods = await shop.product(5_000, stock=100)
    given = [(0, 5), (1, 4), (40, 3), (100, 2), (150, 1), (182, 5), (190, 4), (260, 3)]
    start = town.db.now()
    for day, score in given:
        town.move_clock(seconds=(start + timedelta(days=day) - town.db.now()).total_seconds())
        shopper = await town.shopper()
        await write(shopper, await finished(town, shopper, shop, goods), scores=Scores(score, score, score))
        for _ in range(3):
            await due(town)
            await review.average_shops(town.db)
            await town.check_books()
            town.move_clock(days=1)
    await review.average_shops(town.db)
    async with town.db.read() as tx:
        dsr = (await review.get_standing(tx, shop.id)).dsr
    assert dsr
    assert dsr.since == review.months_before(dsr.as_of, 6)
    inside = [score for day, score in given if (start + timedelta(days=day)).date() > dsr.since]
    assert abs(dsr.ratings - len(inside)) <= 1, "a day at the edge may belong to the storefront's next day"
    town.move_clock(days=400)
    await review.average_shops(town.db)
    async with town.db.read() as tx:
        dsr = (await review.get_standing(tx, shop.id)).dsr
    assert dsr
    assert (dsr.ratings, dsr.score) == (0, 0)
    await town.settle_down()
    await town.check_books()
