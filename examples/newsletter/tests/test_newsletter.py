"""The newsletter from subscribing to the end of its period, as an installed package beside an installed Datong."""

import re
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from datong_newsletter import KIND, find_subscription, subscribe
from datong_newsletter.subscriptions import SubscriptionPaidUp, end_due

from datong.app import make_app
from datong.commerce import member, payment
from datong.commerce.messaging import list_notices
from datong.commerce.voucher import Tier
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.invariants import audit
from datong.kernel.refusal import NotAllowed, NotFound
from datong.runtime.commands.rooms import describe, draw
from datong.runtime.migrate import migrate
from datong.wiring import find_house
from tests.make import Shopper, Town, open_town

pytest_plugins = ["tests.conftest"]
TAG = "newsletter_reader"


@pytest.fixture
async def read(dsn: str) -> AsyncIterator[Town]:
    """A town with the newsletter installed."""
    await migrate(dsn, find_house())
    async with open_town(dsn) as town:
        yield town


async def pay(town: Town, shopper: Shopper) -> int:
    subscription_id = await town.db.run(subscribe, shopper.actor)
    gateways = town.adapters.gateways
    url = await payment.open_charge(town.db, gateways, shopper.actor, KIND, subscription_id, "sandbox", "http://test")
    await shopper._settle(url.rpartition("/")[2])
    return subscription_id


def test_the_room_was_found_by_its_entry_point() -> None:
    assert "newsletter" in draw(find_house())
    shown = describe(find_house().by_name["newsletter"])
    for part in (
        "newsletter_subscription",
        "SubscriptionPaid",
        "newsletter.revenue",
        "newsletter:read",
        "newsletter.price",
    ):
        assert part in shown


async def test_a_paid_period_gives_the_tag_and_ends_by_the_clock(read: Town) -> None:
    shopper = await read.shopper()
    first = await read.db.run(subscribe, shopper.actor)
    assert await pay(read, shopper) == first, "subscribing again is the same subscription"
    async with read.db.read() as tx:
        found = await find_subscription(tx, shopper.actor)
        assert found
        assert found.is_running(tx.now)
        assert (await member.tags_of(tx, [shopper.actor.id]))[shopper.actor.id] == {TAG}
    with pytest.raises(SubscriptionPaidUp):
        await payment.open_charge(read.db, read.adapters.gateways, shopper.actor, KIND, first, "sandbox", "http://test")
    await read.deliver()
    read.move_clock(days=31)
    assert await end_due(read.db) == 1
    await read.deliver()
    async with read.db.read() as tx:
        assert await find_subscription(tx, shopper.actor) is None
        assert not (await member.tags_of(tx, [shopper.actor.id])).get(shopper.actor.id)
        kinds = [each.kind for each in (await list_notices(tx, shopper.actor)).items]
    assert {"newsletter_paid", "newsletter_ended"} <= set(kinds)
    await read.check_books()


async def test_readers_pay_a_member_price_on_every_way_to_buy(read: Town) -> None:
    shop, reader, other = await read.shop(), await read.shopper(), await read.shopper()
    goods = await shop.product(10_000, 100)
    await shop.promote("item", Tier("percent", 1_000), audience=TAG)
    await pay(read, reader)
    for shopper, wanted in ((reader, 9_000), (other, 10_000)):
        await shopper.fill(goods)
        assert (await shopper.total()).amount == wanted
        (order,) = await shopper.orders(await shopper.place())
        assert order.payable == wanted


async def test_a_stranger_gets_nothing(read: Town) -> None:
    shopper, stranger = await read.shopper(), await read.shopper()
    subscription_id = await read.db.run(subscribe, shopper.actor)
    with pytest.raises(NotFound):
        await payment.open_charge(
            read.db, read.adapters.gateways, stranger.actor, KIND, subscription_id, "sandbox", "http://test"
        )
    async with read.db.read() as tx:
        with pytest.raises(NotAllowed):
            await find_subscription(tx, Actor(0))


async def test_the_audit_names_a_broken_row(read: Town) -> None:
    await pay(read, await read.shopper())
    connection = await asyncpg.connect(read.db._dsn)
    await connection.execute("update newsletter_subscription set paid_total = paid_total + 1")
    await connection.close()
    assert [row.detail for row in (await audit(read.db))["newsletter.revenue"]] == ["revenue 900, paid 901"]


async def test_its_pages_calls_and_slot_are_served_in_both_languages(read: Town) -> None:
    shopper = await read.shopper()
    operator = await read.shopper()
    async with read.db.begin(operator.actor.bucket) as tx:
        await member.appoint_operator(tx, SYSTEM, operator.actor.id, ["consumer"])
    tokens = [await member.open_session(read.db, each.actor.id) for each in (shopper, operator)]
    app = make_app(read.settings, read.adapters)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:

        async def see(path: str, token: str, language: str = "en") -> str:
            cookies = {"datong_session": token, "datong_language": language}
            answer = await client.get(path, headers={"cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())})
            assert answer.status_code == 200, answer.text
            return answer.text

        page = await see("/newsletter", tokens[0])
        csrf = client.cookies.get("datong_csrf")
        assert "¥9.00 for 30 days" in page
        assert "订阅资讯" in await see("/newsletter", tokens[0], "zh")
        assert "not subscribed" in await see("/me", tokens[0])
        form = re.search(r'name="_csrf_token" value="([^"]+)"', page)
        assert form
        answer = await client.post(
            "/newsletter", data={"gateway": "sandbox", "_csrf_token": form[1]},
            headers={"cookie": f"datong_session={tokens[0]}; datong_csrf={csrf}"},
        )  # fmt: skip
        assert answer.status_code == 303
        assert "/sandbox/pay/" in answer.headers["location"]
        await pay(read, shopper)
        assert ">subscribed<" in await see("/me", tokens[0])
        assert str(shopper.actor.id) in await see("/console/newsletter", tokens[1])
        assert "Newsletter readers" in await see("/console", tokens[1])
        stranger = await client.get("/console/newsletter", headers={"cookie": f"datong_session={tokens[0]}"})
        assert stranger.status_code == 403
        called = await client.get("/api/v1/newsletter", headers={"authorization": f"Bearer {tokens[0]}"})
        assert called.json()["state"] == "ACTIVE"
