"""Former addresses and former names of fields still work, for one release."""

import pytest

from datong.surfaces.forms import with_present_names
from tests.surfaces.conftest import Site
from tests.surfaces.routes import MOVED
from tests.surfaces.test_api import token_of
from tests.surfaces.test_pages import Browser, operator_of


async def test_former_addresses_lead_to_the_present_ones(site: Site) -> None:
    browser = Browser(site)
    await browser.get("/log-in")
    csrf = browser.cookies["datong_csrf"]
    for call, (former, present) in MOVED.items():
        method = call.split(" ")[0]
        sent = {"_csrf_token": csrf} if method == "POST" and not former.startswith("/api/") else None
        answer = await site.client.request(
            method, former, data=sent, headers={"cookie": f"datong_csrf={csrf}"}, follow_redirects=False
        )
        assert (answer.status_code, answer.headers.get("location")) == (301 if method == "GET" else 308, present), call


async def test_a_call_at_its_former_address_is_done_at_the_present_one(site: Site) -> None:
    token = await token_of(site, await operator_of(site.town))
    answer = await site.client.get(
        "/api/v1/operator/dead-letters", headers={"authorization": f"Bearer {token}"}, follow_redirects=True
    )
    assert (answer.request.url.path, answer.status_code) == ("/api/v1/operator/failed-events", 200)
    sent = await site.client.post(
        "/api/v1/operator/dead-letters/7/retry",
        headers={"authorization": f"Bearer {token}"}, follow_redirects=True,
    )  # fmt: skip
    assert (sent.request.method, sent.status_code, sent.json()["code"]) == ("POST", 404, "kernel.not_found")


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"deed": "try", "name": "x"}, {"intent": "try", "name": "x"}),
        ({"deed": "try", "intent": "make"}, {"intent": "make"}),
        ({"intent": "make"}, {"intent": "make"}),
    ],
)
def test_a_field_under_its_former_name_is_read(sent: dict[str, str], read: dict[str, str]) -> None:
    assert with_present_names(sent) == read
