"""Buyer and shop talk in two browsers over two web processes that share nothing but the database."""

import socket
from pathlib import Path

import msgspec
import pytest

from datong.app import make_app
from datong.commerce import member
from datong.kernel.connect import open_db
from datong.wiring import make_adapters
from tests.commerce.test_workbench import picture
from tests.journeys.browser import DESK, PHONE, Live, person, serving

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_they_talk_in_real_time_through_two_processes(live: Live, dsn: str, tmp_path: Path) -> None:
    town = live.town
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(title="A brass lamp")
    (tmp_path / "broken.png").write_bytes(picture("red", 300))
    other = await open_db(dsn, house=town.db.house)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        base = f"http://localhost:{listening.getsockname()[1]}"
        adapters = make_adapters(other, town.settings, None)  # type: ignore[arg-type]  # the sandboxes call nobody
        app = make_app(town.settings, msgspec.structs.replace(adapters, objects=town.adapters.objects))
        async with (
            serving(app, listening),
            live.person(PHONE, "zh", shopper.actor.id) as buyer,
            person(live.browser, base, DESK) as seller,
        ):
            await seller.be(await member.open_session(town.db, shop.owner.id))
            await buyer.go(f"/p/{goods.product_id}")
            await buyer.click("联系店铺")
            await buyer.sees("A brass lamp")
            await buyer.page.locator("#say-text").fill("在吗？")
            await buyer.click("发送")
            await buyer.sees("在吗？")
            await town.deliver()
            await seller.go(f"/workbench/{shop.id}/messages")
            await seller.sees("在吗？")
            await seller.keep("messages-desk-en")
            await seller.page.get_by_role("link").filter(has_text="在吗？").first.click()
            await seller.sees("在吗？")
            await buyer.page.locator("[data-mark]", has_text="已读").last.wait_for()
            await seller.page.locator("#say-text").fill("Yes, it leaves today.")
            await seller.page.locator("#say-text").press("Enter")
            await buyer.sees("Yes, it leaves today.")
            await buyer.page.locator("#say-picture").set_input_files(tmp_path / "broken.png")
            await buyer.click("发送")
            await seller.page.locator(".bubble img[src*=pictures]").wait_for()
            await seller.click("Take this conversation")
            await seller.sees("Handled by you")
            assert await buyer.check() == []
            assert await seller.check() == []
            await buyer.keep("chat-phone-zh")
            await seller.keep("chat-desk-en")
    await other.close()


async def test_a_stranger_hears_nothing_and_without_javascript_the_form_works(live: Live) -> None:
    town = live.town
    await town.shop()
    shopper, stranger = await town.shopper(), await town.shopper()
    async with live.person(actor_id=shopper.actor.id, has_script=False) as someone:
        await someone.go("/shops/shop-1")
        await someone.click("Contact shop")
        await someone.page.locator("#say-text").fill("Hello")
        await someone.click("Send")
        await someone.sees("Hello")
        path = someone.page.url.removeprefix(live.base)
    async with live.person(actor_id=stranger.actor.id) as someone:
        await someone.go(path, 404)
        someone.complaints.clear()
        closed = await someone.page.evaluate(
            "async (id) => new Promise((done) => { const s = new WebSocket(location.origin.replace('http', 'ws') + "
            "'/talk/' + id + '/live');"
            " s.onclose = (e) => done(e.code); s.onmessage = (e) => done(e.data); })",
            path.rpartition("/")[2],
        )
        assert isinstance(closed, int)
        someone.complaints.clear()


async def test_notices_arrive_and_can_be_switched_off(live: Live) -> None:
    town = live.town
    shop, shopper = await town.shop(), await town.shopper()
    await shopper.buy(await shop.product())
    await town.deliver()
    async with live.person(PHONE, "zh", shopper.actor.id) as someone:
        await someone.go("/messages")
        await someone.page.get_by_role("link", name="通知").first.click()
        await someone.sees("付款成功")
        assert await someone.check() == []
        await someone.keep("notices-phone-zh")
        await someone.click("通知设置", "link")
        await someone.page.get_by_label("付款成功，店铺正在备货。").uncheck()
        await someone.click("保存")
        assert not await someone.page.get_by_label("付款成功，店铺正在备货。").is_checked()
    async with live.person(DESK, actor_id=shop.owner.id) as someone:
        await someone.go(f"/workbench/{shop.id}/notices")
        await someone.sees("There is a new order to ship.")
        assert await someone.check() == []
