"""Reviews, credit, DSR (domain.md §15)."""

from datetime import date

from datong.commerce import review
from datong.commerce.review import STEPS
from tests.make import Town
from tests.said import credit, due, finished, rate_buyer, shown


def test_levels_are_the_fields() -> None:
    expected = {3: ("", 0), 4: ("heart", 1), 10: ("heart", 1), 11: ("heart", 2), 250: ("heart", 5), 251: ("diamond", 1),
                10_000: ("diamond", 5), 10_001: ("crown", 1), 500_001: ("gold_crown", 1),
                10**8: ("gold_crown", 5)}  # fmt: skip
    for amount, (tier, count) in expected.items():
        found = review.level_of(amount, STEPS.default)
        assert (found.tier, found.count) == (tier, count)
    assert review.months_before(date(2026, 8, 31), 6) == date(2026, 2, 28)
    assert review.months_before(date(2026, 3, 1), 6) == date(2025, 9, 1)


async def test_silence_is_good_where_the_other_side_was_and_gives_no_scores(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(5_000)
    praised = await finished(town, shopper, shop, goods)
    blamed = await finished(town, shopper, shop, goods)
    silent = await finished(town, shopper, shop, goods)
    await rate_buyer(town, shop, praised, "good")
    await rate_buyer(town, shop, blamed, "bad")
    town.move_clock(days=14, hours=23, minutes=59)
    await due(town)
    assert await shown(town, goods.product_id) == []
    town.move_clock(minutes=2)
    await due(town)
    assert [each.order_id for each in await shown(town, goods.product_id)] == [praised]
    assert (await credit(town, shop)).total == 1
    town.move_clock(days=2)
    await review.average_shops(town.db)
    async with town.db.read() as tx:
        standing = await review.get_standing(tx, shop.id)
        mine = await review.get_member_credit(tx, shopper.actor, shopper.actor.id)
    assert standing.dsr is None or standing.dsr.ratings == 0
    assert (mine.good, mine.bad, mine.total) == (1, 1, 0)
    assert silent
    await town.settle_down()
    await town.check_books()
