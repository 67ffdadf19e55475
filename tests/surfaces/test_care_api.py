"""After the sale by programs: the same cases through the API, and nothing for strangers."""

from tests.cases import bought, lines, run_clocks
from tests.commerce.test_disputes import PICTURE
from tests.said import finished
from tests.surfaces.conftest import Site
from tests.surfaces.test_api import token_of
from tests.surfaces.test_pages import operator_of


async def test_a_dispute_from_asking_to_the_appeal(site: Site) -> None:
    town = site.town
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    buyer, seller = await token_of(site, shopper.actor.id), await token_of(site, shop.owner.id)
    staff = await token_of(site, await operator_of(town))
    stranger = await token_of(site, (await town.shopper()).actor.id)
    line = str((await lines(town, order_id))[0].line_id)
    asked = {"line_id": line, "kind": "REFUND", "reason": "quality", "note": "a seam"}
    path = f"/orders/{order_id}/refunds"
    made = (await site.call("POST", path, buyer, asked, "key", 201)).json()["id"]
    assert (await site.call("POST", path, buyer, asked, "key", 201)).json()["id"] == made
    await site.call("POST", path, buyer, asked, "other", 409)
    await site.call("POST", path, stranger, asked, "key", 404)
    case = f"/refunds/{made}"
    changed = {"kind": "REFUND", "reason": "damaged", "amount": 4_000}
    await site.call("PUT", f"{case}?version=1", buyer, changed, status=204)
    stale = await site.call("PUT", f"{case}?version=1", buyer, changed, status=409)
    assert stale.json()["code"] == "aftersale.case_moved"
    await site.call("POST", f"{case}/actions/refuse", seller, {"version": 2, "text": "it was whole"}, status=204)
    await site.call("POST", f"{case}/actions/call", buyer, {"version": 3}, status=204)
    headers = {"authorization": f"Bearer {buyer}"}
    handed = await site.client.post(f"/api/v1{case}/evidence", content=PICTURE.getvalue(), headers=headers)
    assert handed.status_code == 201, handed.text
    evidence = f"{case}/evidence/{handed.json()['id']}"
    assert (await site.call("GET", evidence, staff, status=200)).content == PICTURE.getvalue()
    for hidden in (case, evidence):
        await site.call("GET", hidden, stranger, status=404)
        await site.call("GET", hidden, "", status=404)
    await site.call("POST", f"{case}/actions/withdraw", stranger, {"version": 4}, status=404)
    await site.call("POST", f"{case}/actions/agree", buyer, {"version": 4}, status=404)
    await site.call("POST", f"{case}/actions/ready", buyer, {}, status=204)
    await site.call("POST", f"{case}/actions/ready", seller, {}, status=204)
    (entry,) = (await site.call("GET", "/operator/disputes", staff, status=200)).json()
    assert (entry["case"]["id"], entry["status"]) == (made, 3)
    await site.call("GET", "/operator/disputes", buyer, status=403)
    dispute = (await site.call("GET", case, staff, status=200)).json()["dispute"]
    decision = {"version": dispute["version"], "outcome": "refund", "reason": "the picture shows it", "goodwill": 500}
    await site.call("POST", f"/operator/disputes/{made}/decision", seller, decision, status=403)
    await site.call("POST", f"/operator/disputes/{made}/decision", staff, decision, status=204)
    await site.call("POST", f"{case}/actions/appeal", seller, {"text": "there is a film of it"}, status=204)
    version = (await site.call("GET", case, staff, status=200)).json()["dispute"]["version"]
    appeal = {"version": version, "amount": 100, "reason": "the film is clear enough"}
    await site.call("POST", f"/operator/disputes/{made}/appeal", staff, appeal, status=403)
    await town.settle_down()
    page = (await site.call("GET", case, buyer, status=200)).json()
    assert (page["case"]["state"], page["paid_back"], page["side"]) == ("SUCCESS", 4_000, "buyer")
    assert sorted(each["amount"]["amount"] for each in page["refunds"]) == [500, 4_000]
    await run_clocks(town)
    await town.check_books()


async def test_a_shops_list_and_its_batch(site: Site) -> None:
    town = site.town
    shop, shopper, order_id = await bought(town)
    buyer, seller = await token_of(site, shopper.actor.id), await token_of(site, shop.owner.id)
    line = str((await lines(town, order_id))[0].line_id)
    asked = {"line_id": line, "kind": "REFUND", "reason": "not_wanted"}
    made = (await site.call("POST", f"/orders/{order_id}/refunds", buyer, asked, "key", 201)).json()["id"]
    await town.deliver()
    path = f"/shops/{shop.id}/refunds"
    (due,) = (await site.call("GET", f"{path}?is_due=true", seller, status=200)).json()["items"]
    assert (due["id"], due["version"]) == (made, 1)
    await site.call("GET", path, buyer, status=403)
    await site.call("POST", f"{path}/agree", buyer, [{"id": made, "version": 1}], status=403)
    answers = (await site.call("POST", f"{path}/agree", seller, [{"id": made, "version": 1}], status=200)).json()
    assert answers == [{"id": made, "state": "SUCCESS", "refused": ""}]
    assert (await site.call("GET", "/refunds?is_open=true", buyer, status=200)).json()["items"] == []
    address = {"receiver": "R", "phone": "1", "region": "31", "city": "C", "street": "S"}
    await site.call("PUT", f"/shops/{shop.id}/return-address", seller, address, status=204)
    await site.call("PUT", f"/shops/{shop.id}/return-address", buyer, address, status=403)
    await town.settle_down()
    await town.check_books()


async def test_reviews_through_the_api(site: Site) -> None:
    town = site.town
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(5_000)
    order_id = await finished(town, shopper, shop, goods)
    buyer, seller = await token_of(site, shopper.actor.id), await token_of(site, shop.owner.id)
    (waiting,) = (await site.call("GET", "/reviews/waiting", buyer, status=200)).json()["items"]
    assert waiting["order_id"] == str(order_id)
    line = str((await lines(town, order_id))[0].line_id)
    said = {
        "lines": [{"line_id": line, "result": "good", "text": "fine"}],
        "description": 5,
        "service": 4,
        "logistics": 3,
    }
    path = f"/orders/{order_id}/reviews"
    await site.call("POST", path, seller, said, "key", 403)
    (review_id,) = (await site.call("POST", path, buyer, said, "key", 201)).json()["ids"]
    await town.deliver()
    (shown,) = (await site.call("GET", f"/products/{goods.product_id}/reviews", status=200)).json()["items"]
    assert (shown["id"], shown["body"]["text"]) == (review_id, "fine")
    assert (await site.call("GET", f"/products/{goods.product_id}/rating", status=200)).json()["good"] == 1
    assert (await site.call("GET", f"/shops/{shop.id}/standing", status=200)).json()["credit"] == 1
    await site.call("POST", f"/reviews/{review_id}/actions/reply", seller, {"text": "thanks"}, status=204)
    await site.call("POST", f"/reviews/{review_id}/actions/reply", buyer, {"text": "thanks"}, status=404)
    await site.call("POST", f"/orders/{order_id}/buyer-rating", seller, {"result": "good"}, status=204)
    await site.call("POST", f"/reviews/{review_id}/actions/follow-up", buyer, {"text": "still fine"}, status=204)
    staff = await token_of(site, await operator_of(town))
    removed = {"is_removed": True, "reason": "an advertisement"}
    await site.call("POST", f"/operator/reviews/{review_id}/decision", seller, removed, status=403)
    await site.call("POST", f"/operator/reviews/{review_id}/decision", staff, removed, status=204)
    await town.deliver()
    assert (await site.call("GET", f"/products/{goods.product_id}/reviews", status=200)).json()["items"] == []
    await town.check_books()
