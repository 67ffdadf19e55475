"""A trade from both sides in real browsers: from a guest's first look to a review, a refund, and a dispute decided."""

import re

import pytest

from datong.commerce import aftersale, messaging, order
from datong.commerce.voucher import Tier
from datong.kernel.ids import bucket_of
from tests.cases import CaseActions, ask, bought, give_address, lines
from tests.journeys.browser import DESK, PHONE, Live, Person
from tests.surfaces.test_pages import operator_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def buy(live: Live, someone: Person, words: dict[str, str]) -> None:
    """From the cart to the payment, by what stands on the buttons."""
    await someone.go("/cart")
    await someone.click(words["checkout"], "link")
    await someone.click(words["place"])
    await someone.page.get_by_role("button", name=words["pay"]).click()
    await someone.click(words["settle"])
    await live.call_back()
    await live.town.deliver()
    await someone.page.reload()


EN = {"checkout": "Go to checkout", "place": "Place order", "pay": "Pay with", "settle": "Pay"}
ZH = {"checkout": "去结算", "place": "提交订单", "pay": "付款", "settle": "付款"}


async def test_a_guests_cart_survives_joining_and_is_bought(live: Live) -> None:
    town = live.town
    shop = await town.shop()
    goods = await shop.product(12_900, title="A brass lamp", zh="黄铜台灯")
    await shop.promote("shop", Tier("minus", 2_000, 10_000))
    async with live.person(PHONE) as someone:
        await someone.go(f"/p/{goods.product_id}")
        await someone.sees("Price after discounts: ¥109.00")
        await someone.click("Add to cart")
        await someone.click("Go to checkout", "link")
        await someone.page.get_by_role("link", name="New here? Sign up.").click()
        await someone.fill("Email or username", "guest@example.org")
        await someone.fill("Password", "correct horse")
        await someone.click("Sign up")
        await someone.page.get_by_role("main").get_by_role("link", name="Add an address").click()
        for name, text in (
            ("receiver", "Li Lei"),
            ("phone", "13800000000"),
            ("city", "Shanghai"),
            ("street", "1 Road"),
        ):
            await someone.page.locator(f"#{name}").fill(text)
        await someone.click("Save")
        assert await someone.check() == []
        await someone.keep("checkout-phone-en")
        await buy(live, someone, EN)
        await someone.sees("Paid")
        await someone.go("/orders?tab=ship")
        await someone.sees("A brass lamp")
    await town.check_books()


async def test_an_order_is_confirmed_and_reviewed_in_chinese(live: Live) -> None:
    town = live.town
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    await town.deliver()
    async with live.person(PHONE, "zh", shopper.actor.id) as someone:
        await someone.go("/orders?tab=receive")
        await someone.page.get_by_role("link", name="确认收货").click()
        assert await someone.page.locator("[data-until]").first.is_visible(), "what happens at zero is counted down"
        await someone.page.locator("form[action$=confirm] button").click()
        await town.deliver()
        await someone.go(f"/orders/{order_id}/review")
        await someone.page.locator("input[name^=result][value=good]").check()
        await someone.page.locator("textarea").first.fill("灯光很暖")
        for name in ("description", "service", "logistics"):
            await someone.page.locator(f"input[name={name}][value='5']").check(force=True)
        await someone.keep("review-phone-zh")
        await someone.page.locator("main form button.main").first.click()
        await town.deliver()
        await someone.go(f"/p/{(await lines(town, order_id))[0].product_id}")
        await someone.sees("灯光很暖")
        await someone.go(f"/orders/{order_id}")
        await someone.page.get_by_role("link", name="交易快照").first.click()
        await someone.sees("购买时的商品快照")


async def test_vouchers_are_claimed_and_spent_or_kept(live: Live) -> None:
    town = live.town
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(10_000)
    await shop.coupon(1_500, 5_000)
    await shopper.fill(goods)
    async with live.person(DESK, actor_id=shopper.actor.id) as someone:
        await someone.go(f"/p/{goods.product_id}")
        await someone.page.get_by_role("button", name=re.compile("^Claim")).first.click()
        await someone.page.wait_for_load_state()
        await town.deliver()
        await someone.go("/wallet")
        await someone.sees("¥15 off")
        await someone.keep("wallet-desk-en")
        await someone.go("/checkout")
        await someone.sees("¥85.00")
        await someone.page.get_by_role("checkbox").first.uncheck()
        await someone.sees("¥100.00")
        await someone.page.get_by_role("checkbox").first.check()
        await someone.sees("¥85.00")
        await buy(live, someone, EN)
    await town.check_books()


async def test_the_cart_reckons_at_every_change(live: Live) -> None:
    town = live.town
    shop, shopper = await town.shop(), await town.shopper()
    await shop.promote("shop", Tier("minus", 2_000, 30_000))
    first, second = await shop.product(10_000, 20), await shop.product(5_000, 20)
    for each in (first, second):
        await shopper.fill(each)
    async with live.person(PHONE, actor_id=shopper.actor.id) as someone:
        await someone.go("/cart")
        await someone.sees("Spend ¥150.00 more")
        await someone.page.locator("input[name=quantity]").first.fill("5")
        await someone.page.locator("input[name=quantity]").first.press("Tab")
        await someone.page.get_by_text("−¥20.00").first.wait_for()
        await someone.page.locator("input[name=is_ticked]").first.uncheck()
        await someone.page.get_by_text("−¥20.00").first.wait_for(state="detached")
        await someone.page.get_by_role("button", name=re.compile("^Remove")).first.click()
        await someone.page.get_by_role("button", name=re.compile("^Remove")).first.click()
        await someone.sees("Your cart is empty.")


async def test_a_refund_goes_back_and_forth_by_buttons(live: Live) -> None:
    town = live.town
    shop, shopper, order_id = await bought(town)
    async with live.person(PHONE, "zh", shopper.actor.id) as buyer, live.person(DESK, actor_id=shop.owner.id) as seller:
        await buyer.go(f"/orders/{order_id}")
        await buyer.page.get_by_role("link", name="退换/售后").click()
        await buyer.page.locator("#reason").select_option("not_wanted")
        await buyer.page.locator("main form button.main").first.click()
        await buyer.sees("待商家处理")
        await buyer.keep("refund-phone-zh")
        await town.deliver()
        await seller.go(f"/workbench/{shop.id}")
        await seller.page.get_by_role("link", name="Refunds to answer").click()
        await seller.page.get_by_role("link", name=re.compile("Respond")).first.click()
        assert await seller.check() == []
        await seller.keep("refund-desk-en")
        await seller.page.get_by_role("button", name=re.compile("^Agree")).click()
        await seller.page.wait_for_load_state()
        await town.settle_down()
        await buyer.page.reload()
        await buyer.sees("售后完成")
    await town.check_books()


async def test_a_dispute_is_decided_with_both_files_and_what_was_said(live: Live) -> None:
    town = live.town
    shop, shopper, order_id = await bought(town)
    async with town.db.begin(shopper.actor.bucket) as tx:
        chat = await messaging.open_chat(tx, shopper.actor, shop.id)
        await messaging.post_message(
            tx, shopper.actor, chat.chat_id, messaging.MessageBody("text", {"text": "It hums."}), "one"
        )
    await shop.ship(order_id)
    case_id = await ask(shopper, order_id, "REFUND", "quality", is_received=True)
    actions = CaseActions(town, case_id)
    await actions.refuse(shop)
    await actions.call(shopper.actor)
    for actor in (shopper.actor, shop.owner):
        async with town.db.begin(bucket_of(case_id)) as tx:
            await aftersale.complete_evidence(tx, actor, case_id)
    async with live.person(DESK, actor_id=await operator_of(town)) as someone:
        await someone.go("/console")
        await someone.page.get_by_role("link", name=re.compile("^Disputes")).first.click()
        await someone.page.get_by_role("main").locator(f"a[href$='{case_id}']").first.click()
        await someone.sees("It hums.")
        assert await someone.check() == []
        await someone.keep("dispute-desk-en")
        await someone.page.locator("input[name=outcome]").first.check()
        await someone.page.locator("#reason").fill("The film shows that it hums.")
        await someone.click("Decide now")
        await someone.sees("The film shows that it hums.")
    await town.settle_down()
    await town.check_books()


async def test_the_to_dos_of_the_day_are_their_lists(live: Live) -> None:
    town = live.town
    shop, shopper = await town.shop(), await town.shopper()
    await give_address(shop)
    goods = await shop.product(10_000, 50)
    for _ in range(3):
        await shopper.buy(goods)
    await ask(shopper, await shopper.buy(goods), "REFUND", "not_wanted")
    await town.deliver()
    async with live.person(PHONE, "zh", shop.owner.id) as someone:
        await someone.go(f"/workbench/{shop.id}")
        await someone.keep("today-phone-zh")
        tiles = someone.page.locator("a.tile")
        for place in range(await tiles.count()):
            count = int(await tiles.nth(place).locator("b").inner_text())
            await tiles.nth(place).click()
            rows = someone.page.locator("main tbody tr, main .stack > section.card .rowlink, main .review")
            listed = await rows.count()
            assert listed == count, await someone.page.title()
            await someone.page.go_back()


async def test_what_is_typed_suggests_and_the_keyboard_finds(live: Live) -> None:
    town = live.town
    shop = await town.shop()
    await shop.product(title="Brass desk lamp", zh="黄铜台灯")
    await town.feed()
    async with live.person(DESK) as someone:
        await someone.go("/search?q=lamp")
        await someone.sees("Brass desk lamp")
        assert await someone.check() == []
        await someone.keep("search-desk-en")
        await someone.page.locator("#q").fill("nothing like this at all")
        await someone.page.locator("#q").press("Enter")
        await someone.sees("Nothing found")


async def test_a_press_that_comes_too_late_is_told_so(live: Live) -> None:
    """Two windows: what one has closed, the other cannot pay; the page says so and loses nothing."""
    town = live.town
    shop, shopper = await town.shop(), await town.shopper()
    await shopper.fill(await shop.product(10_000))
    purchase_id = await shopper.place()
    order_id = (await shopper.orders(purchase_id))[0].order_id
    town.move_clock(minutes=1)
    async with live.person(PHONE, actor_id=shopper.actor.id) as someone:
        await someone.go(f"/purchases/{purchase_id}")
        async with town.db.begin(bucket_of(order_id)) as tx:
            await order.close_order(tx, shopper.actor, order_id, "not_wanted")
        await someone.page.get_by_role("button", name="Pay with").click()
        await someone.sees("Nothing in this purchase is awaiting payment.")
        someone.complaints.clear()
