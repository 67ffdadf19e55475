"""Storefronts through the API: drafted, changed on a condition, led on, with the rules in force in each."""

from typing import Any

from datong.commerce.storefront import Storefront
from datong.kernel.actor import SYSTEM
from datong.platform import governance
from datong.surfaces.page_rendering import currency_of
from tests.surfaces.conftest import Site
from tests.surfaces.test_brand_entry import operator

DRAFT: dict[str, Any] = {
    "code": "nordlicht", "names": {"en": "Nordlicht", "zh": "北光"}, "taglines": {"en": "North", "zh": "北方"},
    "currency": "EUR", "time_zone": "Europe/Berlin", "languages": ["en"], "look": {"accent": "#0f766e"},
}  # fmt: skip
PATH = "/operator/storefronts"


async def test_a_storefront_is_opened_through_the_api(site: Site) -> None:
    root = await operator(site, "root", "platform")
    await site.call("POST", PATH, root, DRAFT, status=422)
    made = (await site.call("POST", PATH, root, DRAFT, key="open", status=201)).json()
    again = (await site.call("POST", PATH, root, DRAFT, key="open", status=201)).json()
    assert made == again == {"id": "3", "version": 1}
    reused = await site.call("POST", PATH, root, DRAFT | {"code": "other"}, key="open", status=409)
    assert reused.json()["code"] == "kernel.request_key_reused"

    changed = DRAFT | {"names": {"en": "Aurora", "zh": "极光"}, "version": 1}
    answer = (await site.call("PUT", f"{PATH}/3", root, changed, key="change", status=200)).json()
    assert answer == {"id": "3", "version": 2}
    late = await site.call("PUT", f"{PATH}/3", root, changed, key="late", status=409)
    assert late.json()["code"] == "storefront.changed_meanwhile"
    moved = await site.call("POST", f"{PATH}/3/state", root, {"state": "LIVE", "version": 2}, key="live", status=200)
    assert moved.json()["version"] == 3

    one = (await site.call("GET", f"{PATH}/3", root, status=200)).json()
    assert (one["state"], one["names"]["en"], one["look"]["accent"]) == ("LIVE", "Aurora", "#0f766e")
    assert one["look"]["dark_text"].startswith("#")
    assert [each["code"] for each in (await site.call("GET", PATH, root)).json()] == ["market", "mall", "nordlicht"]
    await site.call("GET", f"{PATH}/9", root, status=404)
    public = (await site.call("GET", "/storefronts", status=200)).json()
    assert [(each["code"], each["currency"]) for each in public][-1] == ("nordlicht", "EUR")


async def test_the_rules_in_force_say_where_they_come_from(site: Site) -> None:
    root = await operator(site, "root", "platform")
    await site.call("POST", PATH, root, DRAFT, key="open", status=201)
    own = {"value": 250, "scope_kind": "storefront", "scope_id": "3", "reason": "the north"}
    await site.call("PUT", "/operator/parameters/merchant.commission_bps", root, own, status=200)
    everywhere = {"value": 72, "reason": "slower"}
    await site.call("PUT", "/operator/parameters/order.ship_promise_hours", root, everywhere, status=200)
    found = (await site.call("GET", f"{PATH}/3/parameters", root, status=200)).json()
    rules = {each["name"]: (each["value"], each["scope_kind"], each["version"] > 0) for each in found}
    assert rules["merchant.commission_bps"] == (250, "storefront", True)
    assert rules["order.ship_promise_hours"] == (72, "platform", True)
    assert rules["merchant.one_shop_each"] == (True, "platform", False)
    assert "pricing.layers" not in rules


async def test_every_act_is_written_down(site: Site) -> None:
    root = await operator(site, "root", "platform")
    await site.call("POST", PATH, root, DRAFT, key="open", status=201)
    async with site.town.db.read() as tx:
        (act,) = (await governance.list_acts(tx, SYSTEM)).items
    assert (act.action, act.outcome) == ("POST open_one", "done")


def test_amounts_of_several_storefronts_are_of_a_currency_they_share() -> None:
    brands = [
        Storefront(n, f"s{n}", {}, {}, currency, "UTC", ["en"], "")
        for n, currency in enumerate(("CNY", "EUR", "EUR"), 1)
    ]
    assert [currency_of(brands, *ids) for ids in ((), (1,), (2,), (2, 3), (1, 2), (9,))] == [
        "CNY", "CNY", "EUR", "EUR", "CNY", "CNY",
    ]  # fmt: skip
