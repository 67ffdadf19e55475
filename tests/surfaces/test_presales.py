"""Presales through pages and API: offered, put down, paid, the balance, and nothing for strangers."""

from datetime import timedelta

from tests.surfaces.conftest import Site
from tests.surfaces.test_api import token_of
from tests.surfaces.test_pages import Browser


async def test_a_presale_by_forms_alone(site: Site) -> None:
    town = site.town
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(100_000, stock=3)
    merchant, buyer = Browser(site), Browser(site)
    await merchant.log_in(shop.owner.id)
    await buyer.log_in(shopper.actor.id)
    form = {
        "product_id": str(goods.product_id), "title_en": "Ahead", "title_zh": "预售", "deposit": "100",
        "counts_as": "150", "deposit_days": "3", "balance_days": "2",
    }  # fmt: skip
    await merchant.post(f"/workbench/{shop.id}/presales", form)
    assert "Ahead" in await merchant.get(f"/workbench/{shop.id}/promotions")
    answer = await merchant.post(f"/workbench/{shop.id}/presales", form, status=409)
    assert "in a presale already" in answer.text
    page = await buyer.get(f"/p/{goods.product_id}")
    path = page.partition('action="/presales/')[2].partition('"')[0]
    sent = await buyer.post(f"/presales/{path}", {"sku_id": str(goods.sku_id), "quantity": "1", "request_key": "k1"})
    ref = sent.headers["location"].rpartition("/")[2]
    assert "Deposit to pay" in await buyer.get("/deposits")
    await buyer.post(f"/sandbox/pay/{ref}", {"manner": "paid"})
    await site.call_back()
    assert "Deposit paid" in await buyer.get("/deposits")
    assert "定金已付" in await buyer.get("/deposits", language="zh")
    town.move_clock(days=3)
    page = await buyer.get("/deposits")
    assert "¥850.00" in page
    action = page.partition('action="/deposits/')[2].partition('"')[0]
    values = {name: page.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("request_key", "agreed")}
    balance = values | {"address_id": str(shopper.address_id), "currency": "CNY"}
    placed = await buyer.post(f"/deposits/{action}", balance)
    purchase = await buyer.get(placed.headers["location"])
    assert "¥<b>850</b>.00" in purchase
    await town.check_books()
    (bought,) = await shopper.orders(int(placed.headers["location"].rpartition("/")[2]))
    path = f"/workbench/{shop.id}/orders/{bought.order_id}"
    assert "A deposit of ¥100.00 was paid for it. If you cancel," in " ".join((await merchant.get(path)).split())
    assert "定金¥100.00" in await merchant.get(path, language="zh")
    assert (await buyer.post(f"/deposits/{action}", balance | {"request_key": "other"}, status=409)).text.count(
        "alert"
    ) == 1
    await town.check_books()


async def test_presales_through_the_api_and_nothing_for_strangers(site: Site) -> None:
    town = site.town
    shop, shopper, stranger = await town.shop(), await town.shopper(), await town.shopper()
    goods = await shop.product(100_000, stock=3)
    owner, buyer, other = [await token_of(site, each) for each in (shop.owner.id, shopper.actor.id, stranger.actor.id)]
    now = town.db.now()
    times = {
        name: (now + timedelta(days=days)).isoformat()
        for name, days in (("deposit_from", 0), ("deposit_until", 1), ("balance_from", 1), ("balance_until", 2))
    }
    body = times | {"product_id": str(goods.product_id), "titles": {"en": "Ahead"}, "deposit": 10_000, "minus": 20_000}
    path = f"/shops/{shop.id}/presales"
    await site.call("POST", path, buyer, body, status=403)
    await site.call("POST", path, owner, body | {"deposit": 9_000}, status=422)
    for wrong in (
        {"deposit_from": now.replace(tzinfo=None).isoformat()}, {"deposit_from": times["deposit_until"]},
        {"balance_until": times["balance_from"]}, {"balance_from": times["deposit_from"]},
        {"deposit_from": (now - timedelta(days=2)).isoformat(), "deposit_until": now.isoformat()},
    ):  # fmt: skip
        refused = await site.call("POST", path, owner, body | wrong)
        assert refused.status_code in {400, 422}, (wrong, refused.text)
    made = (await site.call("POST", path, owner, body, status=201)).json()["id"]
    (seen,) = (await site.call("GET", f"/products/{goods.product_id}/presale", status=200)).json()
    assert (seen["id"], seen["minus"]) == (made, 20_000)
    ask = {"sku_id": str(goods.sku_id)}
    await site.call("POST", f"/presales/{made}/deposits", "", ask, "k", status=401)
    held = (await site.call("POST", f"/presales/{made}/deposits", buyer, ask, "k", status=201)).json()["id"]
    assert (await site.call("POST", f"/presales/{made}/deposits", buyer, ask, "k", status=201)).json()["id"] == held
    await site.call("POST", f"/deposits/{held}/payments", other, {}, status=404)
    assert (await site.call("GET", "/deposits", other, status=200)).json() == []
    await shopper.pay_deposit(int(held))
    (mine,) = (await site.call("GET", "/deposits", buyer, status=200)).json()
    assert (mine["state"], mine["amount"]["amount"]) == ("DEPOSIT_PAID", 10_000)
    place = {
        "address_id": str(stranger.address_id),
        "agreed": {"amount": 80_000, "currency": "CNY"},
        "deposits": [held],
    }
    town.move_clock(days=1)
    await site.call("POST", "/purchases", other, place, "p1", status=409)
    mine = place | {"address_id": str(shopper.address_id)}
    await site.call(
        "POST", "/purchases", buyer, mine | {"agreed": {"amount": 70_000, "currency": "CNY"}}, "p2", status=409
    )
    await site.call("POST", "/purchases", buyer, mine, "p3", status=201)
    await site.call("POST", f"/deposits/{held}/default", other, status=404)
    await site.call("POST", f"/deposits/{held}/default", owner, status=409)
    await site.call("POST", f"{path}/{made}/stop", owner, status=204)
    await town.check_books()
