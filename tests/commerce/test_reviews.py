"""Reviews: who says what until when, when it is shown, what it counts for, and who may not."""

from datetime import timedelta

import pytest

from datong.commerce import review
from datong.commerce.review import LineReview, ReviewBarred, ReviewOver, Scores
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid, NotAllowed, NotFound, Refusal
from tests.cases import STAFF, CaseActions, ask, give_address, lines
from tests.commerce.test_disputes import PICTURE
from tests.commerce.test_first_sale import mall_shop
from tests.make import Shopper, Town
from tests.said import FIVE, credit, due, finished, rate_buyer, remove, shown, write


async def test_a_good_review_is_shown_at_once_and_counts_one(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(5_000)
    order_id = await finished(town, shopper, shop, goods)
    await write(shopper, order_id, text=" lovely <script>alert(1)</script> \u202e ")
    (found,) = await shown(town, goods.product_id)
    assert found.shown.text == "lovely <script>alert(1)</script>", "kept as it was written; pages escape it"
    assert found.shown.author.startswith("s***")
    assert (await credit(town, shop)).total == 1
    await town.check_books()


@pytest.mark.parametrize("both", [False, True])
async def test_what_is_not_good_waits_for_the_other_side_or_the_window(town: Town, *, both: bool) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(5_000)
    order_id = await finished(town, shopper, shop, goods)
    await write(shopper, order_id, "bad", scores=Scores(1, 2, 3))
    assert await shown(town, goods.product_id) == []
    assert (await credit(town, shop)).total == 0
    if both:
        await rate_buyer(town, shop, order_id, "neutral")
        wait = timedelta(hours=48)
    else:
        wait = timedelta(days=15)
    town.move_clock(seconds=wait.total_seconds() - 60)
    await due(town)
    assert await shown(town, goods.product_id) == []
    town.move_clock(minutes=2)
    await due(town)
    assert [each.result for each in await shown(town, goods.product_id)] == ["bad"]
    assert (await credit(town, shop)).total == -1
    await town.settle_down()
    await town.check_books()


async def test_a_silent_shop_thinks_well_of_who_thought_well_of_it(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(5_000)
    await write(shopper, await finished(town, shopper, shop, goods))
    await write(shopper, await finished(town, shopper, shop, goods), "bad")
    town.move_clock(days=15, minutes=1)
    await due(town)
    async with town.db.read() as tx:
        mine = await review.get_member_credit(tx, shopper.actor, shopper.actor.id)
    assert (mine.good, mine.neutral, mine.bad) == (1, 0, 0)
    await town.settle_down()
    await town.check_books()


async def test_on_the_mall_buyers_alone_rate_and_silence_says_nothing(town: Town) -> None:
    mall, goods = await mall_shop(town)
    shopper = await town.shopper()
    order_id = await finished(town, shopper, mall, goods)
    with pytest.raises(ReviewOver):
        await rate_buyer(town, mall, order_id, "good")
    bad = await write(shopper, order_id, "bad")
    assert [each.result for each in await shown(town, goods.product_id)] == ["bad"]
    with pytest.raises(ReviewOver):
        async with town.db.begin(bucket_of(bad)) as tx:
            await review.make_good(tx, shopper.actor, bad, "")
    await finished(town, shopper, mall, goods)
    town.move_clock(days=16)
    await due(town)
    assert len(await shown(town, goods.product_id)) == 1
    await town.settle_down()
    await town.check_books()


async def test_the_window_the_words_and_the_line(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(5_000, stock=20)
    order_id = await finished(town, shopper, shop, goods)
    for wrong in ({"result": "superb"}, {"result": "bad", "text": " \u200b "}, {"text": "x" * 501},
                  {"scores": Scores(0, 5, 5)}, {"scores": Scores(5, 6, 5)}):  # fmt: skip
        with pytest.raises(Invalid):
            await write(shopper, order_id, **wrong)
    town.move_clock(days=14, hours=23, minutes=59)
    first = await write(shopper, order_id, key="same")
    assert await write(shopper, order_id, key="same") == first
    with pytest.raises(ReviewBarred):
        await write(shopper, order_id)
    late = await finished(town, shopper, shop, goods)
    town.move_clock(days=15)
    with pytest.raises(ReviewOver):
        await write(shopper, late)
    unfinished = await shopper.buy(goods)
    with pytest.raises(ReviewOver):
        await write(shopper, unfinished)
    await town.settle_down()
    await town.check_books()


async def test_a_line_that_was_given_back_is_not_reviewed(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    await give_address(shop)
    order_id = await finished(town, shopper, shop, await shop.product(5_000))
    await CaseActions(town, await ask(shopper, order_id)).agree(shop)
    with pytest.raises(ReviewBarred):
        await write(shopper, order_id)
    await town.settle_down()
    await town.check_books()


async def test_bad_is_made_good_or_taken_back_once_within_thirty_days(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(5_000)
    first = await write(shopper, await finished(town, shopper, shop, goods), "bad")
    second = await write(shopper, await finished(town, shopper, shop, goods), "neutral")
    third = await write(shopper, await finished(town, shopper, shop, goods), "bad")
    town.move_clock(days=15, minutes=1)
    await due(town)
    assert (await credit(town, shop)).total == -2
    async with town.db.begin(shopper.actor.bucket) as tx:
        await review.make_good(tx, shopper.actor, first, "they made up for it")
        await review.take_back(tx, shopper.actor, second)
        with pytest.raises(ReviewOver):
            await review.take_back(tx, shopper.actor, first)
    town.move_clock(days=15)
    async with town.db.begin(shopper.actor.bucket) as tx:
        with pytest.raises(ReviewOver):
            await review.make_good(tx, shopper.actor, third, "")
    await town.deliver()
    found = await credit(town, shop)
    assert (found.total, found.good, found.neutral, found.bad) == (0, 1, 0, 1)
    await town.settle_down()
    await town.check_books()


async def test_one_follow_up_one_reply_and_the_reply_comes_first(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(5_000)
    first = await write(shopper, await finished(town, shopper, shop, goods))
    second = await write(shopper, await finished(town, shopper, shop, goods))
    db, objects = town.db, town.adapters.objects
    async with db.begin(bucket_of(first)) as tx:
        await review.reply(tx, shop.owner, first, "thank you")
        with pytest.raises(ReviewOver):
            await review.reply(tx, shop.owner, first, "once more")
    town.move_clock(days=29)
    await review.follow_up(db, objects, shopper.actor, second, "still good", [PICTURE.getvalue()])
    for late in (review.follow_up(db, objects, shopper.actor, second, "again"),):
        with pytest.raises(ReviewOver):
            await late
    async with db.begin(bucket_of(second)) as tx:
        with pytest.raises(ReviewOver):
            await review.reply(tx, shop.owner, second, "too late")
    await town.deliver()
    newest, oldest = [each.shown for each in await shown(town, goods.product_id)]
    assert (newest.follow_up, newest.follow_up_days, newest.follow_up_pictures) == ("still good", 29, 1)
    assert oldest.reply == "thank you"
    assert await objects.get(review.picture_key(second, "follow", 0))
    town.move_clock(days=152)
    with pytest.raises(ReviewOver):
        await review.follow_up(db, objects, shopper.actor, first, "half a year later")
    assert (await credit(town, shop)).total == 2
    await town.settle_down()
    await town.check_books()


async def test_what_asks_for_a_look_is_held_until_somebody_has_looked(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(5_000)
    review_id = await write(shopper, await finished(town, shopper, shop, goods), text="返现 call 138-0000-0000")
    assert await shown(town, goods.product_id) == []
    async with town.db.read() as tx:
        (waiting,) = await review.list_moderation(tx, STAFF)
        with pytest.raises(NotAllowed):
            await review.list_moderation(tx, shop.owner)
    assert (waiting.review_id, waiting.is_held) == (review_id, True)
    async with town.db.begin(bucket_of(review_id)) as tx:
        await review.moderate(tx, STAFF, review_id, is_removed=False)
        with pytest.raises(ReviewOver):
            await review.moderate(tx, STAFF, review_id, is_removed=False)
    await town.deliver()
    assert len(await shown(town, goods.product_id)) == 1
    async with town.db.begin(bucket_of(review_id)) as tx:
        await review.report_review(tx, shop.owner, review_id, "an advertisement")
    await town.deliver()
    assert len(await shown(town, goods.product_id)) == 1, "shown until somebody has decided"


async def test_what_nobody_looks_at_in_time_stands(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(5_000)
    review_id = await write(shopper, await finished(town, shopper, shop, goods), text="返现 call 138-0000-0000")
    town.move_clock(days=6, hours=23, minutes=59)
    await town.settle_down()
    assert await shown(town, goods.product_id) == []
    town.move_clock(minutes=2)
    await town.settle_down()
    assert len(await shown(town, goods.product_id)) == 1
    async with town.db.read() as tx:
        assert await review.list_moderation(tx, STAFF) == []
    async with town.db.begin(bucket_of(review_id)) as tx:
        await review.report_review(tx, shop.owner, review_id, "an advertisement")
    town.move_clock(days=7, minutes=1)
    await town.settle_down()
    async with town.db.read() as tx:
        assert await review.list_moderation(tx, STAFF) == [], "a report that nobody looks at lapses"
    await town.check_books()
    await remove(town, review_id)
    assert await shown(town, goods.product_id) == []
    assert (await credit(town, shop)).total == 0
    await town.settle_down()
    await town.check_books()


async def test_pictures_are_made_anew_and_files_that_are_none_are_refused(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(5_000)
    order_id = await finished(town, shopper, shop, goods)
    line = (await lines(town, order_id))[0].line_id
    db, objects = town.db, town.adapters.objects
    for pictures in ([b"<svg onload=alert(1)>"], [PICTURE.getvalue()] * 10, [b""]):
        with pytest.raises(Invalid):
            await review.write_reviews(
                db, objects, shopper.actor, order_id, [LineReview(line, "good", pictures=pictures)], FIVE, "k"
            )  # fmt: skip
    (review_id,) = await review.write_reviews(
        db, objects, shopper.actor, order_id, [LineReview(line, "good", tags=["fast"], pictures=[PICTURE.getvalue()])],
        FIVE, "k", is_anonymous=True,
    )  # fmt: skip
    kept = await objects.get(review.picture_key(review_id, "review", 0))
    assert kept
    assert kept[8:12] == b"WEBP"
    await town.deliver()
    (found,) = await shown(town, goods.product_id)
    assert (found.shown.author, found.shown.pictures, found.shown.tags) == ("", 1, ["fast"])
    await town.check_books()


async def test_a_stranger_writes_changes_answers_and_sees_nothing(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(5_000)
    order_id = await finished(town, shopper, shop, goods)
    review_id = await write(shopper, order_id, "bad")
    other_shop, other = await town.shop(), await town.shopper()
    db, objects = town.db, town.adapters.objects
    for actor in (Actor(0), other.actor, other_shop.owner, shop.owner):
        with pytest.raises(Refusal):
            await write(Shopper(town, actor, 0), order_id)
        with pytest.raises(NotFound):
            await review.follow_up(db, objects, actor, review_id, "x")
        async with db.begin(bucket_of(review_id)) as tx:
            for action in (review.make_good(tx, actor, review_id, ""), review.take_back(tx, actor, review_id)):
                with pytest.raises(NotFound):
                    await action
            with pytest.raises(NotAllowed):
                await review.moderate(tx, actor, review_id, is_removed=True, reason="I do not like it")
    for actor in (Actor(0), other.actor, other_shop.owner, shopper.actor):
        async with db.begin(bucket_of(review_id)) as tx:
            with pytest.raises(NotFound):
                await review.reply(tx, actor, review_id, "x")
            with pytest.raises(NotFound):
                await review.rate_buyer(tx, actor, order_id, "good")
    async with db.read() as tx:
        rating, seen = await review.get_order_reviews(tx, shop.owner, order_id)
        assert (seen, rating and rating.description) == ([], 0), "the shop does not see what waits"
        assert len((await review.get_order_reviews(tx, shopper.actor, order_id))[1]) == 1
        with pytest.raises(NotFound):
            await review.get_order_reviews(tx, other.actor, order_id)
        assert await review.find_shown(tx, review_id) is None
    await town.check_books()
