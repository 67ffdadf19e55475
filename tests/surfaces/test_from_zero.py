"""Each party's path from an empty installation, over HTTP alone: a market seller, buyers, the staff of each centre.

The mall's path is `test_brand_entry`. Only the operators are appointed as the command line does.
"""

from typing import Any

from tests.make import MARKET
from tests.surfaces.conftest import Site
from tests.surfaces.test_brand_entry import operator
from tests.surfaces.test_pages import Browser

Answer = Any
APPLICATION = {
    "storefront": MARKET, "kind": "personal", "names": {"en": "Lantern house", "zh": "灯笼屋"}, "slug": "lanterns",
    "legal_name": "Li Hua", "identity": "310101199001011234", "ships_from": "31", "subject_kind": "person",
}  # fmt: skip
RETURNS = {"receiver": "Li Hua", "phone": "139", "region": "31", "city": "Shanghai", "street": "9 Dock Road"}


class Party:
    """Somebody with a session, who asks the API and must be answered."""

    def __init__(self, site: Site, token: str) -> None:
        self.site = site
        self.token = token

    async def ask(self, method: str, path: str, body: object = None, status: int = 0) -> Answer:
        answer = await self.site.call(method, path, self.token, body, f"z{self.site.town.next()}", status or None)
        assert status or answer.status_code < 300, (method, path, answer.text)
        return answer.json() if answer.content else None


async def open_stall(site: Site, seller: Party, industry: Party, platform: Party) -> str:
    """A market seller applies, is admitted, pays its deposit and says where returns and money go."""
    shop: str = (await seller.ask("POST", "/shops", APPLICATION | {"category_id": site.town.category_id}))["id"]
    (waiting,) = await industry.ask("GET", "/operator/applications")
    assert (waiting["id"], waiting["state"]) == (shop, "SUBMITTED")
    await industry.ask("POST", f"/operator/shops/{shop}/decision", {"is_approved": True})
    due = await seller.ask("GET", f"/shops/{shop}/entry")
    assert (due["state"], due["deposit_due"], due["fee_due"]) == ("AWAIT_PAYMENT", 100_000, 0)
    await platform.ask("POST", f"/operator/shops/{shop}/dues", {"deposit": 100_000, "fee": 0})
    assert (await seller.ask("GET", f"/shops/{shop}/entry"))["state"] == "OPEN"
    await seller.ask("PUT", f"/shops/{shop}/return-address", RETURNS)
    browser = Browser(site)
    browser.cookies["datong_session"] = seller.token
    account = {"gateway": "sandbox", "destination": "acct_lantern"}
    await browser.post(f"/workbench/{shop}/payout-account", account)
    return shop


async def buy(site: Site, buyer: Party, product: Answer, quantity: int = 1) -> str:
    """Find it, put it into the cart, place and pay; answers the order's id."""
    await site.town.feed()
    results = (await buyer.ask("GET", "/search?q=lantern"))["items"]
    (found,) = [each["product"] for each in results if each["product"]["id"] == product["id"]]
    page = await buyer.ask("GET", f"/products/{found['id']}")
    line = {"product_id": found["id"], "sku_id": page["skus"][0]["id"], "quantity": quantity}
    await buyer.ask("POST", "/cart/lines", line)
    cart = await buyer.ask("GET", "/cart")
    (address,) = await buyer.ask("GET", "/addresses")
    place = {"address_id": address["id"], "agreed": cart["quote"]["total"]}
    purchase = (await buyer.ask("POST", "/purchases", place))["id"]
    url = (await buyer.ask("POST", f"/purchases/{purchase}/payments", {}))["pay_url"]
    await site.town.gateway.settle(url.rpartition("/")[2], "twice")
    await site.call_back()
    await site.town.deliver()
    (placed,) = (await buyer.ask("GET", f"/purchases/{purchase}"))["orders"]
    assert placed["state"] == "WAIT_SELLER_SEND_GOODS"
    order_id: str = placed["id"]
    return order_id


async def test_a_market_seller_goes_from_nothing_to_its_money(site: Site) -> None:
    town = site.town
    industry, platform = [Party(site, await operator(site, each, each)) for each in ("industry", "platform")]
    consumer = Party(site, await operator(site, "consumer", "consumer"))
    seller, buyer = Party(site, await site.join("seller@example.org")), Party(site, await site.join("b@example.org"))
    shop = await open_stall(site, seller, industry, platform)
    draft = {
        "outer_id": "L-1", "category_id": str(town.category_id), "titles": {"en": "A paper lantern", "zh": "纸灯笼"},
        "skus": [{"price": 12_900, "stock": 5}], "description": {"en": "Red, for a small lamp."},
    }  # fmt: skip
    product = await seller.ask("POST", f"/shops/{shop}/products", draft)

    first, second = await buy(site, buyer, product), await buy(site, buyer, product)
    for number, order_id in enumerate((first, second)):
        parcel = {"courier": "sandbox", "tracking_no": f"LH{number}0001"}
        await seller.ask("POST", f"/orders/{order_id}/parcels", parcel)
    await buyer.ask("POST", f"/orders/{first}/confirm", None)
    await town.deliver()
    seen = await buyer.ask("GET", f"/orders/{first}")
    review = {"lines": [{"line_id": seen["lines"][0]["id"], "result": "good"}], "description": 5, "service": 5,
              "logistics": 4}  # fmt: skip
    await buyer.ask("POST", f"/orders/{first}/reviews", review)

    seen = await buyer.ask("GET", f"/orders/{second}")
    options = await buyer.ask("GET", f"/orders/{second}/lines/{seen['lines'][0]['id']}/refund-options")
    assert {"kind": "REFUND_AND_RETURN", "reasons": options[1]["reasons"]} in options
    asked = {"line_id": seen["lines"][0]["id"], "kind": "REFUND_AND_RETURN", "reason": "damaged"}
    case = (await buyer.ask("POST", f"/orders/{second}/refunds", asked))["id"]

    async def act(who: Party, action: str, **more: object) -> Answer:
        version = (await who.ask("GET", f"/refunds/{case}"))["case"]["version"]
        return await who.ask("POST", f"/refunds/{case}/actions/{action}", {"version": version, **more})

    await act(seller, "refuse", text="It was whole when it left.")
    await act(buyer, "call")
    await act(buyer, "ready")
    await act(seller, "ready")
    (entry,) = await platform.ask("GET", "/operator/disputes")
    dispute = (await platform.ask("GET", f"/refunds/{case}"))["dispute"]
    assert (entry["case"]["id"], dispute["status"]) == (case, 3)
    decision = {"version": dispute["version"], "outcome": "return_first", "reason": "The picture shows a tear."}
    await consumer.ask("POST", f"/operator/disputes/{case}/decision", decision, 403)
    await platform.ask("POST", f"/operator/disputes/{case}/decision", decision)
    await act(buyer, "send-back", courier="sandbox", tracking_no="BACK0001")
    await act(seller, "take-back")
    assert (await buyer.ask("GET", f"/refunds/{case}"))["case"]["state"] == "SUCCESS"
    await town.settle_down()
    await town.check_books()

    # What is worth a payout is paid out by itself, to the account that the seller named.
    (paid,) = (await seller.ask("GET", f"/shops/{shop}/payouts"))["items"]
    assert (paid["state"], paid["amount"]["amount"]) == ("PAID", 12_900)
    balances = {
        each["account"]: each["amount"]["amount"] for each in await seller.ask("GET", f"/shops/{shop}/balances")
    }
    assert balances["shop_balance"] == 0
