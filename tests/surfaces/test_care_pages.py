"""Refunds, disputes and reviews by forms alone: the buyer's pages, the shop's, the platform's.

And nothing for strangers.
"""

import re

import pytest

from datong.commerce import aftersale, member
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from tests.cases import ask, bought, lines, run_clocks, see, tell_delivered
from tests.commerce.test_disputes import PICTURE
from tests.make import Shop, Shopper
from tests.said import finished, write
from tests.surfaces.conftest import Site
from tests.surfaces.test_pages import Browser, operator_of


class Play:
    """A shop, a buyer and an operator at their browsers."""

    def __init__(self, site: Site, shop: Shop, shopper: Shopper, order_id: int) -> None:
        self.site = site
        self.shop = shop
        self.shopper = shopper
        self.order_id = order_id
        self.buyer, self.seller, self.staff = Browser(site), Browser(site), Browser(site)

    async def open_refund(self, kind: str, reason: str, **more: str) -> str:
        """Ask on the line's page; answers the case's path."""
        line = (await lines(self.site.town, self.order_id))[0].line_id
        path = f"/orders/{self.order_id}/lines/{line}/refund"
        page = await self.buyer.get(f"{path}?kind={kind}")
        key = re.search(r'name="request_key" value="([^"]+)"', page)
        assert key
        asked = {"kind": kind, "reason": reason, "request_key": key[1]} | more
        return (await self.buyer.post(path, asked)).headers["location"]

    async def act(self, browser: Browser, path: str, action: str, **form: str) -> None:
        """Press a button of a case's page, at the version it shows."""
        page = await browser.get(path)
        version = re.search(r'name="version" value="(\d+)"', page)
        await browser.post(f"{path}/{action}", ({"version": version[1]} if version else {}) | form)


@pytest.fixture
async def play(site: Site) -> Play:
    """Everyone logged in, and an order that is paid."""
    shop, shopper, order_id = await bought(site.town)
    play = Play(site, shop, shopper, order_id)
    await play.buyer.log_in(shopper.actor.id)
    await play.seller.log_in(shop.owner.id)
    await play.staff.log_in(await operator_of(site.town))
    return play


async def test_a_return_from_the_first_wish_to_the_money(play: Play) -> None:
    town = play.site.town
    await play.shop.ship(play.order_id)
    await tell_delivered(town, play.order_id)
    assert "Refund or exchange" in await play.buyer.get(f"/orders/{play.order_id}")
    path = await play.open_refund("REFUND_AND_RETURN", "quality", note="a seam <b>came</b> loose", is_received="on")
    page = await play.buyer.get(path)
    assert "a seam &lt;b&gt;came&lt;/b&gt; loose" in page
    assert "data-until=" in page, "what happens at zero is counted down"
    assert "Timer paused" in await play.buyer.get(f"/orders/{play.order_id}")
    await town.deliver()
    listed = await play.seller.get(f"/workbench/{play.shop.id}/refunds")
    case_id = path.rpartition("/")[2]
    assert f"/workbench/{play.shop.id}/refunds/{case_id}" in listed
    work = f"/workbench/{play.shop.id}/refunds/{case_id}"
    await play.act(play.seller, work, "agree")
    assert "9 Dock Road" in await play.buyer.get(path)
    await play.act(play.buyer, path, "send-back", courier="sandbox", tracking_no="RT-0001", freight="12.00")
    await play.act(play.seller, work, "take-back", is_resellable="on")
    await town.settle_down()
    page = await play.buyer.get(path, language="zh")
    assert "售后完成" in page
    assert "12.00" in page
    funds = await play.seller.get(f"/workbench/{play.shop.id}/funds")
    assert "Return shipping" in funds
    await town.check_books()


async def test_a_refusal_the_platform_and_an_appeal(play: Play) -> None:
    town = play.site.town
    await play.shop.ship(play.order_id)
    path = await play.open_refund("REFUND", "damaged")
    case_id = path.rpartition("/")[2]
    work, desk = f"/workbench/{play.shop.id}/refunds/{case_id}", f"/console/disputes/{case_id}"
    await play.act(play.seller, work, "refuse", text="it was whole")
    assert "it was whole" in await play.buyer.get(path)
    await play.act(play.buyer, path, "call")
    town.move_clock(days=3, minutes=1)
    await run_clocks(town)
    assert case_id in await play.staff.get("/console/disputes")
    dispute = (await _dispute(play, case_id)).version
    decided = {"version": str(dispute), "outcome": "refund", "amount": "60.00", "reason": "the pictures show it broken"}
    answer = await play.staff.post(f"{desk}/decide", decided | {"amount": "6000.00"}, 409)
    assert "more than can still be refunded" in answer.text
    await play.staff.post(f"{desk}/decide", decided)
    assert (await see(town, int(case_id))).paid_back == 6_000
    await play.act(play.seller, work, "appeal", text="the film shows it whole")
    assert "someone else decides" in await play.staff.get(desk)
    other = Browser(play.site)
    await other.log_in(await _second_operator(play))
    version = (await _dispute(play, case_id)).version
    await other.post(
        f"{desk}/appeal", {"version": str(version), "amount": "10.00", "reason": "the film is clear enough"}
    )
    await town.settle_down()
    assert "Compensation by Datong" in await play.seller.get(f"/workbench/{play.shop.id}/funds")
    await town.check_books()


async def _dispute(play: Play, case_id: str) -> aftersale.Dispute:
    async with play.site.town.db.read() as tx:
        found = (await aftersale.get_case(tx, play.shopper.actor, int(case_id))).dispute
    assert found
    return found


async def _second_operator(play: Play) -> int:
    member_id = await member.register(play.site.town.db, "op2@example.org", "correct horse")
    async with play.site.town.db.begin(bucket_of(member_id)) as tx:
        await member.appoint_operator(tx, SYSTEM, member_id, ["platform"])
    return member_id


async def test_files_are_handed_in_and_seen_by_those_it_concerns(play: Play) -> None:
    await play.shop.ship(play.order_id)
    path = await play.open_refund("REFUND", "damaged")
    answer = await play.buyer.upload(f"{path}/evidence", {"text": "the corner"}, PICTURE.getvalue())
    assert answer.status_code == 303
    page = await play.buyer.get(path)
    found = re.search(rf'src="({path}/files/\d+)"', page)
    assert found
    shown = await play.buyer.fetch(found[1])
    assert (shown.status_code, shown.content) == (200, PICTURE.getvalue())
    assert shown.headers["content-security-policy"].endswith("sandbox")
    refused = await play.buyer.upload(f"{path}/evidence", {}, b"<html><script>alert(1)</script>")
    assert refused.status_code == 422
    case_id = path.rpartition("/")[2]
    stranger, guest = Browser(play.site), Browser(play.site)
    await stranger.log_in((await play.site.town.shopper()).actor.id)
    other = Browser(play.site)
    other_shop = await play.site.town.shop()
    await other.log_in(other_shop.owner.id)
    for browser in (stranger, other):
        for hidden in (path, found[1], f"/workbench/{other_shop.id}/refunds/{case_id}"):
            assert (await browser.fetch(hidden)).status_code in {403, 404}, hidden
        assert (await browser.fetch("/console/disputes")).status_code == 403
        assert (await browser.fetch(f"/console/disputes/{case_id}")).status_code == 403
        await browser.post(f"{path}/withdraw", {"version": "1"}, 404)
    assert (await guest.fetch(path)).status_code == 303
    assert (await guest.fetch(found[1])).status_code == 404
    await play.buyer.post(f"/workbench/{play.shop.id}/refunds/{case_id}/agree", {"version": "1"}, 404)
    assert (await see(play.site.town, int(case_id))).state == "WAIT_SELLER_AGREE"


async def test_several_are_agreed_to_with_one_press(play: Play) -> None:
    town = play.site.town
    case_id = await ask(play.shopper, play.order_id, reason="not_wanted")
    await town.deliver()
    await play.seller.get(f"/workbench/{play.shop.id}/refunds")
    stale = await play.seller.post(f"/workbench/{play.shop.id}/refunds", {f"case-{case_id}": "9"}, 409)
    assert "This request has changed" in stale.text
    await play.seller.post(f"/workbench/{play.shop.id}/refunds", {f"case-{case_id}": "1"})
    assert (await see(town, case_id)).state == "SUCCESS"
    address = {"receiver": "R", "phone": "1", "region": "nowhere", "city": "C", "street": "S"}
    await play.seller.post(f"/workbench/{play.shop.id}/return-address", address, 422)
    await play.seller.post(f"/workbench/{play.shop.id}/return-address", address | {"region": "31"})
    await town.settle_down()
    await town.check_books()


async def test_a_review_from_the_form_to_the_products_page_and_its_reply(play: Play) -> None:
    town = play.site.town
    goods = await play.shop.product(5_000)
    order_id = await finished(town, play.shopper, play.shop, goods)
    assert f"/orders/{order_id}/review" in await play.buyer.get("/reviews")
    line = (await lines(town, order_id))[0].line_id
    page = await play.buyer.get(f"/orders/{order_id}/review", language="zh")
    key = re.search(r'name="request_key" value="([^"]+)"', page)
    assert key
    form = {
        f"result-{line}": "good", f"text-{line}": "<img src=x onerror=alert(1)> fine", f"tag-{line}": "fast",
        "description": "5", "service": "4", "logistics": "5", "request_key": key[1],
    }  # fmt: skip
    wrong = await play.buyer.upload(f"/orders/{order_id}/review", form | {"service": "9"}, b"")
    assert wrong.status_code == 422
    answer = await play.buyer.upload(f"/orders/{order_id}/review", form, PICTURE.getvalue(), f"picture-{line}")
    assert answer.status_code == 303
    await town.deliver()
    page = await play.buyer.get(f"/p/{goods.product_id}")
    assert "&lt;img src=x onerror=alert(1)&gt; fine" in page
    picture = re.search(r'src="(/review-pictures/[^"]+)"', page)
    assert picture
    assert (await Browser(play.site).fetch(picture[1])).headers["content-type"] == "image/webp"
    review_id = picture[1].split("/")[2]
    assert "Fast delivery" in await play.buyer.get(f"/p/{goods.product_id}/reviews?result=good")
    assert "暂无评价" in await play.buyer.get(f"/p/{goods.product_id}/reviews?result=bad", language="zh")
    await play.seller.get(f"/workbench/{play.shop.id}/reviews")
    await play.seller.post(f"/workbench/{play.shop.id}/reviews/{review_id}/reply", {"text": "thank you"})
    assert "thank you" in await play.buyer.get(f"/p/{goods.product_id}")
    await play.seller.post(f"/workbench/{play.shop.id}/orders/{order_id}/rate-buyer", {"result": "good"})
    await play.buyer.post(f"/reviews/{review_id}/follow-up", {"text": "too late: the shop has replied, still fine"})
    await play.seller.post(f"/workbench/{play.shop.id}/reviews/{review_id}/report", {"text": "an advertisement"})
    assert "an advertisement" in await play.staff.get("/console/reviews")
    await play.staff.post(f"/console/reviews/{review_id}/remove", {"reason": "an advertisement"})
    await town.deliver()
    assert "onerror" not in await play.buyer.get(f"/p/{goods.product_id}")
    assert (await Browser(play.site).fetch(picture[1])).status_code == 404
    await town.settle_down()
    await town.check_books()


async def test_a_bad_review_is_made_good_from_its_page(play: Play) -> None:
    town = play.site.town
    order_id = await finished(town, play.shopper, play.shop, await play.shop.product(5_000))
    review_id = await write(play.shopper, order_id, "bad")
    page = await play.buyer.get(f"/orders/{order_id}/review")
    assert "Published when both sides have reviewed" in page
    await play.buyer.post(f"/reviews/{review_id}/make-good", {"text": "they made up for it"})
    assert "they made up for it" in await play.buyer.get(f"/orders/{order_id}/review")
    stranger = Browser(play.site)
    await stranger.log_in((await town.shopper()).actor.id)
    assert (await stranger.fetch(f"/orders/{order_id}/review")).status_code == 404
    await stranger.post(f"/reviews/{review_id}/take-back", {}, 404)


async def test_goods_that_were_refused_go_back_and_a_late_decision_is_seen(play: Play) -> None:
    """The shop keeps the money, so the buttons send the goods back; what staff leave says so on all three desks."""
    town = play.site.town
    assert "To be shipped within" in await play.buyer.get(f"/orders/{play.order_id}")
    town.move_clock(days=3)
    assert "未发货将自动退款" in await play.buyer.get(f"/orders/{play.order_id}", language="zh")
    assert "Refunded unless shipped within" in await play.seller.get(
        f"/workbench/{play.shop.id}/orders/{play.order_id}"
    )
    await play.shop.ship(play.order_id)
    path = await play.open_refund("REFUND_AND_RETURN", "quality")
    case_id = path.rpartition("/")[2]
    work, desk = f"/workbench/{play.shop.id}/refunds/{case_id}", f"/console/disputes/{case_id}"
    await play.act(play.seller, work, "agree")
    await play.act(play.buyer, path, "send-back", courier="sandbox", tracking_no="RT-0002")
    await play.act(play.seller, work, "refuse", text="another thing was in it")
    town.move_clock(days=7, minutes=1)
    await run_clocks(town)
    assert "Refunded unless sent back within" in await play.buyer.get(path)
    assert "卖家不予退款" in await play.buyer.get(path, language="zh")
    assert f'action="{work}/replace"' in await play.seller.get(work)
    await play.act(play.seller, work, "replace", courier="sandbox", tracking_no="GB-0001")
    page = await play.buyer.get(path)
    assert f'action="{path}/confirm"' in page
    assert f'action="{path}/call"' in page
    await play.act(play.buyer, path, "call")
    town.move_clock(days=3, minutes=1)
    await run_clocks(town)
    town.move_clock(hours=48, minutes=1)
    await run_clocks(town)
    assert "Decision is late; made on file in" in await play.buyer.get(path)
    assert "Decision is late; made on file in" in await play.staff.get(desk)
    assert "overdue" in await play.staff.get("/console/disputes")
    town.move_clock(hours=72, minutes=1)
    await run_clocks(town)
    assert "nothing shows that the buyer signed for the goods" in await play.seller.get(work)
    assert "依据现有材料裁决" in await play.buyer.get(path, language="zh")
    await town.settle_down()
    await town.check_books()
