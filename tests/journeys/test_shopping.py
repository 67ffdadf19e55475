"""Shoppers in a real browser: from a guest's cart to a review, on a phone and at a desk, in both languages."""

import pytest

from datong.commerce import catalog
from tests.journeys.browser import DESK, Live

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_passkey_opens_the_door(live: Live) -> None:
    shopper = await live.town.shopper()
    async with live.person(actor_id=shopper.actor.id) as someone:
        debugger = await someone.context.new_cdp_session(someone.page)
        await debugger.send("WebAuthn.enable")
        device = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        await debugger.send("WebAuthn.addVirtualAuthenticator", {"options": device})
        await someone.go("/me/security")
        await someone.fill("Name of the device", "My phone")
        await someone.click("Add a passkey")
        await someone.sees("My phone")
        assert await someone.check() == []
        await someone.keep("security-phone-en")
        await someone.go("/me")
        await someone.click("Log out")
        await someone.go("/log-in?next=/me/security")
        await someone.click("Log in with a passkey")
        await someone.sees("last used")
        await someone.page.get_by_label("Remove: My phone").click()
        await someone.click("Remove", nth=-1)
        await someone.sees("No passkey yet.")


async def test_what_is_kept_and_seen_is_found_again(live: Live) -> None:
    shop, shopper = await live.town.shop(), await live.town.shopper()
    goods = await shop.product(20_000)
    async with live.person(DESK, "zh", shopper.actor.id) as someone:
        await someone.go(f"/p/{goods.product_id}")
        await someone.click("收藏: 一部手机")
        await someone.page.locator(f"#heart-{goods.product_id}[aria-pressed=true]").wait_for()
        prices = {"": 15_000}
        await catalog.set_list_prices(live.town.db, shop.owner, shop.id, goods.product_id, prices)
        await someone.go("/favourites")
        await someone.sees("比收藏时降了 ¥50.00")
        assert await someone.check() == []
        await someone.keep("favourites-desk-zh")
        await someone.go("/recently-viewed")
        await someone.sees("一部手机")
        await someone.keep("recently-viewed-desk-zh")
        await someone.page.get_by_text("全部清除").or_(someone.page.locator("summary")).first.click()
        await someone.page.locator("details[open] button").click()
        await someone.sees("浏览过的商品会列在这里")


async def test_the_picker_disables_what_cannot_be_had_together(live: Live) -> None:
    shop = await live.town.shop()
    draft = catalog.ProductDraft(
        outer_id="two-ways", category_id=live.town.category_id, titles={"en": "A shirt"},
        skus=[
            catalog.SkuDraft(1_000, {"colour": "red", "size": "S"}),
            catalog.SkuDraft(2_000, {"colour": "red", "size": "M"}),
            catalog.SkuDraft(3_000, {"colour": "blue", "size": "M"}),
        ],
    )  # fmt: skip
    row = await catalog.publish_product(live.town.db, shop.owner, shop.id, draft)
    await shop.put_stock(row.product_id, list(row.sku_ids.values()))
    async with live.person() as someone:
        await someone.go(f"/p/{row.product_id}")
        choose = someone.page.get_by_role("radio", name="blue", exact=True)
        assert await choose.is_disabled()
        await someone.page.get_by_role("radio", name="M", exact=True).check()
        await choose.check()
        assert await someone.page.locator("[data-price]").inner_text() == "¥30.00"
        assert await someone.page.get_by_role("radio", name="S", exact=True).is_disabled()
        await someone.keep("product-phone-en")
        await someone.click("Add to cart")
        await someone.sees("M · blue")


async def test_without_javascript_everything_is_sold_too(live: Live) -> None:
    shop = await live.town.shop()
    goods = await shop.product(1_000, skus=2)
    async with live.person(has_script=False) as someone:
        await someone.go(f"/p/{goods.product_id}")
        await someone.page.get_by_role("radio", name="colour 1").check()
        await someone.click("Add to cart")
        await someone.sees("colour 1")
