"""Guards of the windows: a forged guest is nobody, and an operator's secrets are written down nowhere."""

from typing import Any

import httpx
import pytest

from datong.adapters.courier import BadSignature
from datong.adapters.courier.easypost import EasyPostCourier
from datong.adapters.signatures import is_signed, sign
from datong.commerce import member
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from datong.platform import governance
from datong.surfaces.request_context import make_guest, read_guest
from tests.make import Town
from tests.surfaces.conftest import Site
from tests.surfaces.test_pages import Browser, operator_of


async def test_a_guests_token_is_believed_by_its_signature_alone(site: Site) -> None:
    goods = await (await site.town.shop()).product()
    token: str = (await site.call("POST", "/guests", status=201)).json()["token"]
    body = {"product_id": str(goods.product_id), "sku_id": str(goods.sku_id), "quantity": 1}
    await site.call("POST", "/cart/lines", token, body, status=204)
    assert len((await site.call("GET", "/cart", token, status=200)).json()["lines"]) == 1
    head, number, signature = token.split(".")
    other = make_guest(int(number) + 4096, site.town.settings.secret).split(".")[2]
    forged = (
        f"{head}.{number}.", f"{head}.{number}.{'0' * 32}", f"{head}.{number}.{other}",
        f"{head}.{number}.{signature[:-1]}",
        f"{head}.{number}", make_guest(int(number), "another secret"), f"{head}.0{number}.{signature}x",
    )  # fmt: skip
    for each in forged:
        assert read_guest(each, site.town.settings.secret) == 0, each
        assert (await site.call("GET", "/cart", each)).status_code == 401, each
        login = {"login": "thief@example.org", "password": "correct horse"}
        await site.call("POST", "/members", body=login)
        await site.call("POST", "/sessions", body=login | {"guest_token": each})
    assert len((await site.call("GET", "/cart", token, status=200)).json()["lines"]) == 1, "nobody took it along"


@pytest.mark.parametrize("signature", ["é" * 32, "\u0661" * 32, "\x00"])
def test_a_signature_that_is_no_ascii_is_a_wrong_one(signature: str) -> None:
    assert read_guest(f"g.4097.{signature}", "secret") == 0


@pytest.mark.parametrize(
    "signature", ["v1=\u00e9", "t=1,v1=\u00e9", f"t={'9' * 5_000},v1=0", "t=\u0661,v1=0", "t=1", "v1=0", ""]
)
async def test_a_malformed_signature_of_a_callback_is_refused_and_is_no_bug(signature: str) -> None:
    assert not is_signed("secret", b"body", signature)
    stamp = sign("secret", b"body").partition(",")[0]
    assert not is_signed("secret", b"body", f"{stamp},v1=\u00e9")
    async with httpx.AsyncClient() as client:
        with pytest.raises(BadSignature):
            EasyPostCourier("key", "secret", client).read_news({"x-hmac-signature": f"{signature}\u00e9"}, b"{}")


async def operator(town: Town) -> str:
    """A session of someone of the platform's centre."""
    member_id = await member.register(town.db, "operator@example.org", "correct horse")
    async with town.db.begin(bucket_of(member_id)) as tx:
        await member.appoint_operator(tx, SYSTEM, member_id, ["platform"])
    return await member.open_session(town.db, member_id)


SECRET = "hunter2-never-to-be-kept"  # noqa: S105 - what must not be found
BODIES: tuple[Any, ...] = (
    {"password": SECRET, "name": "kept"},
    {"name": "kept", "gateway": {"secret": SECRET, "keys": [{"Api_Token": SECRET}]}},
    {"name": "kept", "new_password": SECRET, "clientSecret": SECRET},
    {"name": "kept", "deep": [[[{"answer": SECRET}]]]},
    [{"name": "kept", "token": SECRET}],
)


@pytest.mark.parametrize("body", BODIES, ids=["flat", "nested", "by part of a name", "in lists", "a list"])
async def test_what_an_operator_keeps_secret_is_not_in_the_log_of_acts(site: Site, body: Any) -> None:  # noqa: ANN401 - any JSON
    await site.call("PUT", "/operator/parameters/none", await operator(site.town), body)
    async with site.town.db.read() as tx:
        (act,) = (await governance.list_acts(tx, SYSTEM)).items
    assert SECRET not in str(act.details)
    assert "kept" in str(act.details)


async def test_secrets_of_forms_are_not_in_the_log_of_acts(site: Site) -> None:
    browser = Browser(site)
    await browser.log_in(await operator_of(site.town))
    await browser.get("/console")
    form = {"password": SECRET, "Old_Password": SECRET, "reason": "kept", "_csrf_token": browser.cookies["datong_csrf"]}
    await browser._ask("POST", "/console/promotions", form, "en")
    async with site.town.db.read() as tx:
        (act,) = (await governance.list_acts(tx, SYSTEM)).items
    assert act.details == {"reason": "kept"}


@pytest.mark.parametrize("header", ["Bearer made-up", "bearer g.1.x", "Bearer ", "Basic eDp5", "Bearer {other}"])
async def test_a_header_beside_the_cookie_keeps_no_act_out_of_the_log(site: Site, header: str) -> None:
    browser = Browser(site)
    operator_id = await operator_of(site.town)
    await browser.log_in(operator_id)
    await browser.get("/console")
    other = await member.open_session(site.town.db, (await site.town.shopper()).actor.id)
    form = {"reason": "kept", "_csrf_token": browser.cookies["datong_csrf"]}
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    headers = {"authorization": header.format(other=other), "cookie": cookies}
    await site.client.post("/console/promotions", data=form, headers=headers)
    async with site.town.db.read() as tx:
        (act,) = (await governance.list_acts(tx, SYSTEM)).items
    assert act.operator_id == operator_id


async def test_a_cookie_beside_the_header_makes_nobody_an_operator(site: Site) -> None:
    token = await operator(site.town)
    shopper = await member.open_session(site.town.db, (await site.town.shopper()).actor.id)
    headers = {"authorization": f"Bearer {shopper}", "cookie": f"datong_session={token}"}
    answer = await site.client.get("/api/v1/operator/parameters", headers=headers)
    assert answer.status_code == 403
    answer = await site.client.get("/api/v1/operator/parameters", headers={"cookie": headers["cookie"]})
    assert answer.status_code in {401, 403}
