"""Refunds and disputes (domain.md §4)."""

from datetime import timedelta

import pytest

from datong.commerce import aftersale
from datong.commerce.aftersale import CaseMoved, WindowOver
from datong.commerce.order import RefundTooHigh
from datong.commerce.voucher import Tier
from datong.kernel.ids import bucket_of
from tests.cases import CaseActions, ask, bought, lines, run_clocks, see, set_clock, tell_delivered
from tests.make import Town


async def test_an_open_refund_stops_the_confirm_clock(town: Town) -> None:
    """Shipped at t0, refund asked for at t0 + 9 d, withdrawn at t0 + 12 d: confirmed at t0 + 13 d, not before (§3)."""
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    start = town.db.now()
    set_clock(town, start + timedelta(days=9))
    case = CaseActions(town, await ask(shopper, order_id, "REFUND_AND_RETURN", "quality"))
    set_clock(town, start + timedelta(days=10, hours=23))
    await case.refuse(shop)
    set_clock(town, start + timedelta(days=12))
    await case.withdraw(shopper)
    set_clock(town, start + timedelta(days=13) - timedelta(minutes=1))
    await run_clocks(town)
    assert (await shopper.order(order_id)).state == "WAIT_BUYER_CONFIRM_GOODS"
    set_clock(town, start + timedelta(days=13, minutes=1))
    await run_clocks(town)
    assert (await shopper.order(order_id)).state == "TRADE_FINISHED"
    await town.check_books()


async def test_one_of_two_lines_gives_back_its_share_at_most(town: Town) -> None:
    """A 100, B 110, 200 - 20: of the 190 paid A cost 90.48 and B 99.52, with or without the other (§5)."""
    shop, shopper = await town.shop(), await town.shopper()
    await shop.promote("shop", Tier("minus", 2_000, 20_000))
    await shopper.fill(await shop.product(10_000))
    await shopper.fill(await shop.product(11_000))
    purchase_id = await shopper.place()
    await shopper.pay(purchase_id)
    (placed,) = await shopper.orders(purchase_id)
    await shop.ship(placed.order_id)
    first = next(place for place, line in enumerate(await lines(town, placed.order_id)) if line.unit_price == 10_000)
    with pytest.raises(RefundTooHigh):
        await ask(shopper, placed.order_id, "REFUND", "quality", first, amount=9_049, is_received=True)
    case = CaseActions(town, await ask(shopper, placed.order_id, "REFUND", "quality", first, is_received=True))
    ended = await case.agree(shop)
    assert (ended.state, ended.paid_back) == ("SUCCESS", 9_048)
    assert sorted(line.left for line in await lines(town, placed.order_id)) == [0, 9_952]
    await town.check_books()


async def test_a_stale_version_is_a_conflict(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    case_id = await ask(shopper, order_id, "REFUND_AND_RETURN", "quality")
    stale = (await see(town, case_id)).version
    await CaseActions(town, case_id).refuse(shop)
    async with town.db.begin(bucket_of(case_id)) as tx:
        with pytest.raises(CaseMoved):
            await aftersale.agree_to_refund(tx, shop.owner, case_id, stale)


async def test_a_return_without_a_reason_is_asked_for_in_168_hours_from_the_next_midnight(town: Town) -> None:
    """Day 7, 23:59 is taken, day 8 is refused; days are those of the storefront (Asia/Shanghai)."""
    shop, shopper, order_id = await bought(town, 40_000)
    await shop.ship(order_id)
    signed = (town.db.now() + timedelta(days=1)).replace(hour=3, minute=0, second=0, microsecond=0)
    set_clock(town, signed)
    await tell_delivered(town, order_id)
    midnight = signed.replace(hour=16) + timedelta(days=7)
    set_clock(town, midnight + timedelta(seconds=1))
    with pytest.raises(WindowOver):
        await ask(shopper, order_id, "REFUND_AND_RETURN", "no_reason")
    set_clock(town, midnight - timedelta(minutes=1))
    assert await ask(shopper, order_id, "REFUND_AND_RETURN", "no_reason")


@pytest.mark.parametrize(("is_sent", "hours", "ends"), [(False, 24, "SUCCESS"), (True, 48, "SUCCESS")])
async def test_silence_of_the_shop_is_agreement(town: Town, *, is_sent: bool, hours: int, ends: str) -> None:
    shop, shopper, order_id = await bought(town, 100_000)
    if is_sent:
        await shop.ship(order_id)
    case_id = await ask(shopper, order_id, "REFUND", "quality" if is_sent else "not_wanted")
    opened = (await see(town, case_id)).opened_at
    set_clock(town, opened + timedelta(hours=hours, minutes=-1))
    await run_clocks(town)
    assert (await see(town, case_id)).state == "WAIT_SELLER_AGREE"
    set_clock(town, opened + timedelta(hours=hours, minutes=1))
    await run_clocks(town)
    assert (await see(town, case_id)).state == ends
    await town.check_books()
