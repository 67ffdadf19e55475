"""Merchants in a real browser: a shop from its application to its first order, and the day's work."""

import re
from pathlib import Path

import pytest

from datong.commerce import catalog, merchant, payment
from datong.commerce.catalog import CategoryDraft
from datong.commerce.catalog.import_jobs import run_imports
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from tests.commerce.test_workbench import picture
from tests.journeys.browser import DESK, PHONE, Live

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_shop_is_applied_for_and_opens(live: Live, tmp_path: Path) -> None:
    town = live.town
    founder = await town.shopper()
    (tmp_path / "licence.png").write_bytes(picture())
    async with live.person(DESK, actor_id=founder.actor.id) as someone:
        await someone.go("/sell")
        await someone.page.get_by_role("main").get_by_role("link").nth(1).click()
        await someone.fill("Name in English", "Brass & Co")
        await someone.fill("Shop URL", "brass-co")
        await someone.fill("Registered name", "Brass Company Ltd")
        await someone.fill("Registration or identity number", "91310000MA1")
        await someone.keep("sell-desk-en")
        await someone.click("Apply")
        await someone.sees("Under platform review.")
        await someone.page.locator("#paper").set_input_files(tmp_path / "licence.png")
        await someone.click("Upload")
        await someone.sees("1 document uploaded")
        found = re.search(r"/workbench/(\d+)/", someone.page.url)
        assert found
        shop_id = int(found[1])
        async with town.db.begin(bucket_of(shop_id)) as tx:
            await merchant.decide_application(tx, SYSTEM, shop_id, is_approved=True)
        await someone.go(f"/workbench/{shop_id}/entry")
        await someone.sees("Transfer")
        assert await someone.check() == []
        await someone.keep("entry-desk-en")
        async with town.db.begin(bucket_of(shop_id)) as tx:
            view = await merchant.get_shop_view(tx, SYSTEM, shop_id)
            await payment.receive_dues(tx, SYSTEM, shop_id, view.deposit_due, view.fee_due, "dues")
        await someone.go(f"/workbench/{shop_id}/entry")
        await someone.sees("Fees paid")


async def test_a_product_is_published_with_a_matrix_and_edited(live: Live, tmp_path: Path) -> None:
    town = live.town
    shop = await town.shop()
    async with town.db.begin() as tx:
        await catalog.save_categories(
            tx, SYSTEM, [CategoryDraft("test:lamps", "", {"en": "Lamps", "zh": "灯具"}, "electronics")]
        )
        colour = catalog.AttributeDraft("colour", {"en": "Colour", "zh": "颜色"})
        kind = catalog.AttributeDraft(
            "bulb", {"en": "Bulb", "zh": "灯泡"}, "choice", values={"led": {"en": "LED", "zh": "LED"}}
        )
        size = catalog.AttributeDraft("size", {"en": "Size", "zh": "尺寸"})
        kept = await catalog.save_attributes(tx, SYSTEM, [colour, kind, size])
        lamps = (await catalog.get_category_book(tx)).by_ref["test:lamps"].category_id
        bound = [(kept["bulb"], False), (kept["colour"], True), (kept["size"], True)]
        bindings = [
            (lamps, each.attribute_id, not is_sale, False, is_sale, n) for n, (each, is_sale) in enumerate(bound)
        ]
        await catalog.save_bindings(tx, SYSTEM, bindings)
    (tmp_path / "lamp.png").write_bytes(picture("orange", 500))
    async with live.person(DESK, actor_id=shop.owner.id) as someone:
        await someone.go(f"/workbench/{shop.id}/publish")
        await someone.fill("Name of the category", "lamp")
        await someone.page.get_by_role("main").get_by_role("button", name="Search").click()
        await someone.page.get_by_role("link", name="Lamps").click()
        await someone.fill("Product code", "LAMP-1")
        await someone.fill("Title in English", "A brass lamp")
        await someone.fill("Colour", "black\nwhite")
        await someone.fill("Size", "S, M")
        await someone.page.locator("#pictures").set_input_files(tmp_path / "lamp.png")
        await someone.fill("Price: Standard", "99")
        await someone.click("Generate SKU combinations")
        assert await someone.page.locator(".matrix tbody tr").count() == 4
        await someone.page.get_by_label("Price: white · M").fill("109.50")
        await someone.page.get_by_label("Bulb").select_option("led")
        assert await someone.check() == []
        await someone.keep("publish-desk-en")
        await someone.page.get_by_role("button", name="Publish", exact=True).click()
        await someone.sees("A brass lamp")
        await someone.page.get_by_label("Edit: A brass lamp").click()
        assert await someone.page.get_by_label("Price: white · M").input_value() == "109.50"
        await someone.fill("Title in English", "x" * 600)
        await someone.page.locator("#title_en").evaluate("each => each.removeAttribute('maxlength')")
        await someone.fill("Title in English", "A brass lamp, second make")
        await someone.page.get_by_role("button", name="Publish", exact=True).click()
        await someone.sees("second make")
        await someone.page.get_by_role("link", name="A brass lamp, second make", exact=True).click()
        source = await someone.page.locator("img.gallery").get_attribute("src")
        assert source
        assert source.startswith(f"/pictures/{shop.id}/")
        width = "async (each) => { await each.decode(); return each.naturalWidth; }"
        assert await someone.page.locator("img.gallery").evaluate(width) > 100


async def test_a_table_is_sent_in_and_its_report_read(live: Live, tmp_path: Path) -> None:
    town = live.town
    shop = await town.shop()
    rows = f"A-1,One,一,{town.category_id},9.90,5\nA-2,,,{town.category_id},1,1\n"
    table = f"number,title_en,title_zh,category,price,stock\n{rows}"
    (tmp_path / "goods.csv").write_text(table)
    (tmp_path / "wrong.csv").write_text("a,b\n1,2\n")
    async with live.person(PHONE, "zh", shop.owner.id) as someone:
        await someone.go(f"/workbench/{shop.id}/imports")
        await someone.page.locator("#table").set_input_files(tmp_path / "wrong.csv")
        await someone.click("导入")
        await someone.sees("missing columns")
        someone.complaints.clear()
        await someone.page.locator("#table").set_input_files(tmp_path / "goods.csv")
        await someone.click("导入")
        await run_imports(town.db)
        await someone.page.reload()
        await someone.sees("1 行失败")
        assert await someone.check() == []
        await someone.keep("import-phone-zh")
        await someone.click("重试失败的行")
        await run_imports(town.db)
        await someone.page.reload()
        await someone.sees("1 行失败")


async def test_orders_are_flagged_repriced_and_sent_together(live: Live) -> None:
    town = live.town
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(10_000)
    paid = [await shopper.buy(goods), await shopper.buy(goods)]
    await shopper.fill(goods)
    waiting = (await shopper.orders(await shopper.place()))[0].order_id
    await town.deliver()
    async with live.person(DESK, actor_id=shop.owner.id) as someone:
        await someone.go(f"/workbench/{shop.id}/orders?tab=pay")
        await someone.page.get_by_label(f"Details: {waiting}").click()
        await someone.fill("Discount on goods", "20")
        await someone.click("Update price")
        await someone.sees("¥80.00")
        await someone.page.locator("#flag").select_option("1")
        await someone.fill("Note", "A regular")
        await someone.click("Save")
        await someone.go(f"/workbench/{shop.id}/orders?flag=1")
        await someone.sees("A regular")
        await someone.go(f"/workbench/{shop.id}/orders")
        for each in paid:
            await someone.page.get_by_label(f"Tracking number: {each}").fill(f"SB{each}")
        assert await someone.check() == []
        await someone.keep("orders-desk-en")
        await someone.click("Ship selected")
        await someone.sees("2 orders shipped")
    await town.check_books()


async def test_staff_come_and_go_and_the_page_is_decorated(live: Live, tmp_path: Path) -> None:
    town = live.town
    shop, packer = await town.shop(), await town.shopper()
    await shop.product(title="The best of all")
    (tmp_path / "top.png").write_bytes(picture("green", 900))
    async with live.person(DESK, actor_id=shop.owner.id) as someone, live.person(actor_id=packer.actor.id) as other:
        await someone.go(f"/workbench/{shop.id}/staff")
        await someone.fill("Username", "nobody@example.org")
        await someone.click("Add")
        await someone.sees("We couldn't find what you are looking for.")
        someone.complaints.clear()
        await someone.fill("Username", "shopper2@example.org")
        await someone.click("Add")
        await someone.sees("shopper2")
        assert await someone.check() == []
        await someone.keep("staff-desk-en")
        await other.go(f"/workbench/{shop.id}/orders")
        await other.go(f"/workbench/{shop.id}/funds", 403)
        other.complaints.clear()
        await someone.page.get_by_label("Remove: shopper2").click()
        await someone.page.locator("details[open] button").click()
        await someone.page.wait_for_load_state()
        await other.go(f"/workbench/{shop.id}/orders", 403)
        other.complaints.clear()
        await someone.go(f"/workbench/{shop.id}/page")
        await someone.fill("Notice in English", "Closed on Monday")
        await someone.page.get_by_label("The best of all").check()
        await someone.page.locator("#top").set_input_files(tmp_path / "top.png")
        await someone.click("Publish")
        await someone.sees("shown now")
        await someone.keep("page-desk-en")
        await someone.click("View", "link")
        await someone.sees("Closed on Monday")
        await someone.sees("The shop recommends")
        await someone.keep("shop-desk-en")
