"""Goods that do not travel, in a real browser: contents with the payment, and a pick-up against its code."""

import pytest

from datong.commerce.merchant import set_staff
from tests.journeys.browser import DESK, PHONE, Live

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_contents_are_laid_ready_and_come_with_the_payment(live: Live) -> None:
    town = live.town
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(1_900, method="digital", title="A pattern to print", zh="可打印图样")
    async with live.person(DESK, actor_id=shop.owner.id) as someone:
        await someone.go(f"/workbench/{shop.id}/publish?product={goods.product_id}")
        assert await someone.page.get_by_label("Delivery").input_value() == "digital"
        await someone.go(f"/workbench/{shop.id}/products")
        await someone.click("Digital contents: A pattern to print", "link")
        await someone.fill("Add contents, one per line", "PATTERN-1\nPATTERN-2")
        assert await someone.check() == []
        await someone.keep("digital-desk-en")
        await someone.click("Add")
        await someone.sees("Remove unused contents")
    await shopper.fill(goods)
    async with live.person(PHONE, actor_id=shopper.actor.id, language="zh") as someone:
        await someone.go(f"/p/{goods.product_id}")
        await someone.sees("数字发货")
        await someone.go("/checkout")
        await someone.sees("不用填写地址")
        assert await someone.check() == []
        await someone.keep("checkout-digital-phone-zh")
        await someone.page.locator("#place button").click()
        await someone.page.wait_for_url("**/purchases/*")
        purchase_id = int(someone.page.url.rpartition("/")[2])
        await shopper.pay(purchase_id)
        await town.deliver()
        order_id = (await shopper.orders(purchase_id))[0].order_id
        await someone.go(f"/orders/{order_id}")
        await someone.sees("PATTERN-1")
        assert "PATTERN-2" not in await someone.page.content()
        assert await someone.check() == []
        await someone.keep("order-digital-phone-zh")
    await town.check_books()


async def test_a_pickup_is_handed_out_against_the_buyers_code(live: Live) -> None:
    town = live.town
    shop, shopper, packer = await town.shop(), await town.shopper(), await town.shopper()
    await set_staff(town.db, shop.owner, shop.id, packer.actor.id, "shipper")
    order_id = await shopper.buy(await shop.product(4_500, method="pickup", title="A potted fern", zh="盆栽蕨"))
    desk = f"/workbench/{shop.id}/orders/{order_id}"
    async with live.person(DESK, actor_id=packer.actor.id) as someone:
        await someone.go(desk)
        await someone.fill("Where and when to collect", "Counter 3, 9 to 18 h")
        await someone.click("Ready to collect")
        await someone.sees("Hand out")
        assert await someone.check() == []
        await someone.keep("order-pickup-desk-en")
        async with live.person(PHONE, actor_id=shopper.actor.id) as buyer:
            await buyer.go(f"/orders/{order_id}")
            await buyer.sees("Counter 3, 9 to 18 h")
            await buyer.sees("Refunded unless collected in")
            assert await buyer.check() == []
            await buyer.keep("order-pickup-phone-en")
            old = await buyer.page.locator(".passcode").inner_text()
            await buyer.click("New code")
            code = await buyer.page.locator(".passcode").inner_text()
            assert code != old
        assert code.replace(" ", "") not in await someone.page.content()
        await someone.fill("The buyer's code", "1")
        await someone.click("Collected")
        await someone.sees("This is not the buyer's code. Please check it.")
        assert len(someone.complaints) == 1, "the browser says that the answer was a conflict"
        someone.complaints.clear()
        await someone.fill("The buyer's code", code)
        await someone.click("Collected")
        await someone.page.get_by_text("Hand out").wait_for(state="detached")
    await town.check_books()
