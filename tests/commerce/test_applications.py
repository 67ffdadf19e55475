"""An application ends by the clock: dues that come too late open no shop, and what nobody decides is closed."""

import msgspec
import pytest

from datong.commerce import merchant, messaging, payment
from datong.commerce.merchant.apply_for_shop import OneShopEach
from datong.commerce.merchant.expiry import run_due_applications
from datong.commerce.merchant.review_application import DuesOver
from datong.commerce.merchant.states import WrongShopState
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Invalid, NotAllowed
from datong.surfaces.merchant.labels import END_REASONS
from datong.wiring import find_house
from tests.make import MALL, Town


def application(town: Town) -> merchant.ShopApplication:
    return merchant.ShopApplication(
        storefront=MALL, kind="flagship", names={"en": "Late", "zh": "迟"}, slug="late-shop", legal_name="Late",
        identity="L-1", ships_from="31", category_id=town.category_id, mark="R",
    )  # fmt: skip


async def apply(town: Town, *, is_approved: bool) -> tuple[Actor, int]:
    """A founder and its application, with five thousand paid of what is due if it is approved."""
    member_id = (await town.shopper()).actor.id
    shop_id = await merchant.apply_for_shop(town.db, Actor(member_id, "member"), application(town))
    if is_approved:
        async with town.db.begin(bucket_of(shop_id)) as tx:
            await merchant.decide_application(tx, SYSTEM, shop_id, is_approved=True)
            await payment.receive_dues(tx, SYSTEM, shop_id, 4_000, 1_000, "a part")
    return Actor(member_id, "member", {shop_id: find_house().rights_of("owner")}), shop_id


async def state(town: Town, shop_id: int) -> tuple[str, str]:
    async with town.db.read() as tx:
        seen = await merchant.get_shop_view(tx, SYSTEM, shop_id)
    return seen.state, seen.reason


async def pay_the_rest(town: Town, shop_id: int) -> None:
    async with town.db.begin(bucket_of(shop_id)) as tx:
        due = await merchant.get_shop_view(tx, SYSTEM, shop_id)
        await payment.receive_dues(tx, SYSTEM, shop_id, due.deposit_due - 4_000, due.fee_due - 1_000, "the rest")


async def test_dues_after_their_date_are_refused_and_what_was_paid_goes_back(town: Town) -> None:
    founder, shop_id = await apply(town, is_approved=True)
    town.move_clock(days=14, hours=23, minutes=59)
    assert await run_due_applications(town.db) == 0
    town.move_clock(minutes=2)
    with pytest.raises(DuesOver):
        await pay_the_rest(town, shop_id)
    assert await run_due_applications(town.db) == 1
    assert await run_due_applications(town.db) == 0
    assert await state(town, shop_id) == ("CLOSED", "timeout.dues")
    with pytest.raises(WrongShopState):
        await pay_the_rest(town, shop_id)
    await town.check_books()
    async with town.db.read() as tx:
        found = {each.account: each.amount for each in await payment.get_shop_balance(tx, founder, shop_id)}
        told = {each.kind for each in (await messaging.list_notices(tx, founder, shop_id)).items}
    assert (found["shop_balance"], found["deposit"]) == (5_000, 0)
    assert "shop_application_ended" in told


async def test_the_last_of_a_closed_shop_is_paid_out_however_little(town: Town) -> None:
    founder, shop_id = await apply(town, is_approved=True)
    town.move_clock(days=15, minutes=1)
    await run_due_applications(town.db)
    await town.deliver()
    async with town.db.begin(bucket_of(shop_id)) as tx:
        await payment.set_payout_account(tx, founder, shop_id, "sandbox", "acct_late")
        with pytest.raises(Invalid):
            await payment.request_payout(tx, founder, shop_id, Money(4_999, "CNY"), "too little")
        with pytest.raises(NotAllowed):
            await payment.request_payout(tx, Actor(99, "member"), shop_id, Money(5_000, "CNY"), "a stranger")
        await payment.request_payout(tx, founder, shop_id, Money(5_000, "CNY"), "the last")
    await town.settle_down()
    await town.check_books()
    async with town.db.read() as tx:
        assert [each.state for each in (await payment.list_payouts(tx, founder, shop_id)).items] == ["PAID"]


async def test_what_was_closed_is_applied_for_anew_at_the_same_address(town: Town) -> None:
    founder, first = await apply(town, is_approved=True)
    with pytest.raises(OneShopEach):
        await merchant.apply_for_shop(town.db, founder, msgspec.structs.replace(application(town), slug="other"))
    town.move_clock(days=15, minutes=1)
    await run_due_applications(town.db)
    again = await merchant.apply_for_shop(town.db, founder, application(town))
    assert again != first
    async with town.db.read() as tx:
        found = await merchant.find_shop_by_slug(tx, "late-shop")
    assert found is not None
    assert found.shop_id == again
    await town.check_books()


async def test_an_application_that_nobody_decides_is_closed(town: Town) -> None:
    _, shop_id = await apply(town, is_approved=False)
    town.move_clock(days=29, hours=23, minutes=59)
    assert await run_due_applications(town.db) == 0
    town.move_clock(minutes=2)
    await town.settle_down()
    assert await state(town, shop_id) == ("REJECTED", "timeout.review")
    assert {"timeout.review", "timeout.dues"} == set(END_REASONS)
    await town.check_books()
