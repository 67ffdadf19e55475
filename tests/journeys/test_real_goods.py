"""A journey over HTTP on real goods: two shoppers, three shops, both brands, one checkout, one payment, two parcels."""

from pathlib import Path

import pytest

from datong.commerce import merchant
from datong.importers.catalog_file import import_goods
from datong.importers.category_tree import import_taxonomy
from datong.kernel.actor import SYSTEM
from tests.make import Town
from tests.surfaces.conftest import Site

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
GOODS = DATA / "icecat_search" / "products.jsonl.gz"
TAXONOMY = DATA / "product_taxonomy"


async def give_owner(town: Town, slug: str, token: str, site: Site) -> int:
    """Make a member an owner of an imported shop; answers the shop's id."""
    me = (await site.call("GET", "/me", token, status=200)).json()
    async with town.db.read() as tx:
        shop = await merchant.find_shop_by_slug(tx, slug)
    assert shop
    await merchant.set_staff(town.db, SYSTEM, shop.shop_id, int(me["id"]), "owner")
    return shop.shop_id


async def put_in_cart(site: Site, token: str, shop_id: int, place: int = 0) -> None:
    """Something of a shop into the cart."""
    listed = (await site.call("GET", f"/shops/{shop_id}/products", status=200)).json()["items"]
    product = (await site.call("GET", f"/products/{listed[place]['id']}", status=200)).json()
    line = {"product_id": product["id"], "sku_id": product["skus"][0]["id"], "quantity": 2}
    await site.call("POST", "/cart/lines", token, line, status=204)


async def pay(site: Site, token: str, purchase_id: str) -> None:
    """Pay at the sandbox page, and let its call-back come."""
    pay_url = (await site.call("POST", f"/purchases/{purchase_id}/payments", token, {}, status=201)).json()["pay_url"]
    settled = await site.town.gateway.settle(pay_url.rpartition("/")[2], "twice")
    assert settled
    assert await site.call_back() == 2


@pytest.mark.skipif(not GOODS.exists(), reason="the real catalogue is not on this machine")
async def test_first_sale_on_real_goods(site: Site) -> None:
    town = site.town
    assert await import_goods(town.db, GOODS, None, None, 1200) == 0
    buyer, other = await site.join("buyer@example.org"), await site.join("other@example.org")
    sellers = {slug: await site.join(f"{slug}@example.org") for slug in ("hp-flagship", "cable-yard", "bright-desk")}
    shops = {slug: await give_owner(town, slug, token, site) for slug, token in sellers.items()}
    await town.check_books()

    for token in (buyer, other):
        for shop_id in shops.values():
            await put_in_cart(site, token, shop_id)
    cart = (await site.call("GET", "/cart", buyer, status=200)).json()
    address = (await site.call("GET", "/addresses", buyer, status=200)).json()[0]["id"]
    body = {"address_id": address, "agreed": cart["quote"]["total"]}
    placed = (await site.call("POST", "/purchases", buyer, body, key="one", status=201)).json()["id"]
    assert (await site.call("POST", "/purchases", buyer, body, key="one", status=201)).json()["id"] == placed
    await town.check_books()
    purchase = (await site.call("GET", f"/purchases/{placed}", buyer, status=200)).json()
    assert len(purchase["orders"]) == 3
    assert purchase["due"] == cart["quote"]["total"]
    await pay(site, buyer, placed)
    await town.check_books()

    orders = {int(each["shop_id"]): each["id"] for each in purchase["orders"]}
    first, second, third = (orders[shops[slug]] for slug in ("hp-flagship", "cable-yard", "bright-desk"))
    waiting = await site.call(
        "GET", f"/shops/{shops['hp-flagship']}/orders?state=WAIT_SELLER_SEND_GOODS", sellers["hp-flagship"], status=200
    )
    assert [each["id"] for each in waiting.json()["items"]] == [first]
    for order_id, slug in ((first, "hp-flagship"), (second, "cable-yard")):
        parcel = {"courier": "sandbox", "tracking_no": f"SB{order_id}"}
        await site.call("POST", f"/orders/{order_id}/parcels", sellers[slug], parcel, key="p", status=201)
        await town.check_books()
    await site.call("POST", f"/orders/{third}/cancel", buyer, {"reason": "not_wanted"}, status=204)
    await town.check_books()
    await town.settle_down()
    await town.check_books()
    refunds = (await site.call("GET", f"/orders/{third}", buyer, status=200)).json()["refunds"]
    assert [each["state"] for each in refunds] == ["SUCCEEDED"]

    await site.call("POST", f"/orders/{first}/confirm", buyer, status=204)
    await town.check_books()
    town.move_clock(days=10, seconds=1)
    await town.settle_down()
    await town.check_books()
    ended = (await site.call("GET", f"/orders/{second}", buyer, status=200)).json()["order"]
    assert (ended["state"], ended["end_reason"]) == ("TRADE_FINISHED", "auto_confirmed")
    for slug, order_id, rate in (("hp-flagship", first, 5), ("cable-yard", second, 0)):
        statement = await site.call("GET", f"/shops/{shops[slug]}/statement", sellers[slug], status=200)
        earned = [each for each in statement.json()["items"] if each["ref_id"] == order_id]
        order = (await site.call("GET", f"/orders/{order_id}", buyer, status=200)).json()["order"]
        commission = (order["goods"] * rate * 2 + 100) // 200
        assert [each["amount"]["amount"] for each in earned] == [order["total"]["amount"] - commission]
    assert (await site.call("GET", f"/orders/{first}", other)).status_code == 404


@pytest.mark.skipif(not GOODS.exists(), reason="the real catalogue is not on this machine")
async def test_importing_again_doubles_nothing(site: Site) -> None:
    for _ in range(2):
        assert await import_goods(site.town.db, GOODS, None, None, 300) == 0
    seen = 0
    cursor = ""
    while True:
        page = (await site.call("GET", f"/products?limit=100&cursor={cursor}", status=200)).json()
        seen += len(page["items"])
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == 300
    await site.town.check_books()


@pytest.mark.skipif(not TAXONOMY.exists(), reason="the taxonomy is not on this machine")
async def test_the_taxonomy_becomes_the_category_tree_in_both_languages(site: Site) -> None:
    assert await import_taxonomy(site.town.db, TAXONOMY) == 0
    assert await import_taxonomy(site.town.db, TAXONOMY) == 0
    roots = (await site.call("GET", "/categories", status=200)).json()
    clothes = next(each for each in roots if each["names"]["en"] == "Apparel & Accessories")
    assert clothes["names"]["zh"]
    assert clothes["vertical"] == "apparel"
    below = (await site.call("GET", f"/categories?parent_id={clothes['id']}", status=200)).json()
    assert len(below) == 8
    attributes = (await site.call("GET", f"/categories/{clothes['id']}/attributes", status=200)).json()
    colour = next(each for each in attributes if each["ref"] == "color")
    assert {"en", "zh"} <= colour["values"][0]["names"].keys()
