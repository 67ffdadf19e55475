"""The newsletter's page, its part of the account page, its page in the console, and its calls."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce.payment import open_charge
from datong.commerce.rulebook import get_rules
from datong.kernel.actor import Actor
from datong.kernel.tx import Tx
from datong.surfaces.api_context import asker
from datong.surfaces.console_frame import console_page, enter
from datong.surfaces.forms import read_form
from datong.surfaces.page_rendering import load_page_context, page, redirect_to
from datong.surfaces.request_context import AnyRequest, adapters_of, db_of, sender
from datong.surfaces.window import SlotRequest
from datong_newsletter.subscriptions import (
    KIND,
    PRICE,
    count_subscriptions,
    find_subscription,
    list_subscriptions,
    subscribe,
)


class SubscriptionView(msgspec.Struct, frozen=True):
    """A subscription as the API sends it."""

    state: str
    price: int
    currency: str
    paid_until: datetime | None


class PayBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which gateway."""

    gateway: str


@get("/newsletter", include_in_schema=False)
async def newsletter(request: AnyRequest) -> Template:
    """What the newsletter costs, and how the member's subscription stands."""
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        seen.must_be_member()
        found = await find_subscription(tx, seen.actor)
        price, now = (await get_rules(tx)).value(PRICE, tx.now), tx.now
    gateways = sorted(adapters_of(request).gateways)
    return page(seen, "newsletter/newsletter.html", found=found, price=price, now=now, gateways=gateways)


@post("/newsletter", include_in_schema=False)
async def pay(request: AnyRequest) -> Redirect:
    """Subscribe, and on to the gateway's pay page."""
    form = await read_form(request)
    actor = await sender(request)
    return redirect_to(await _open(request, actor, form.get("gateway", "")))


async def _open(request: AnyRequest, actor: Actor, gateway: str) -> str:
    adapters = adapters_of(request)
    subscription_id = await adapters.db.run(subscribe, actor)
    return await open_charge(adapters.db, adapters.gateways, actor, KIND, subscription_id, gateway, adapters.base_url)


@get("/console/newsletter", include_in_schema=False)
async def desk(request: AnyRequest, cursor: str = "") -> Template:
    """Running subscriptions, the one that ends next first."""
    async with db_of(request).read() as tx:
        seen = await enter(request, tx, "newsletter:read")
        found = await list_subscriptions(tx, seen.actor, cursor)
    return console_page(seen, "newsletter/newsletter", found=found.items, next_cursor=found.next_cursor)


@get("/newsletter", tags=["newsletter"])
async def see_subscription(request: AnyRequest) -> SubscriptionView | None:
    """My subscription, if I have one."""
    db, actor = await asker(request)
    async with db.read() as tx:
        found = await find_subscription(tx, actor)
    return SubscriptionView(found.state, found.price, found.currency, found.paid_until) if found else None


@post("/newsletter/payments", status_code=201, tags=["newsletter"])
async def pay_by_call(request: AnyRequest, data: PayBody) -> dict[str, str]:
    """Subscribe; answers where to pay."""
    _, actor = await asker(request)
    return {"pay_url": await _open(request, actor, data.gateway)}


async def load_slot(tx: Tx, asked: SlotRequest) -> Mapping[str, Any] | None:
    """What the account page says of the newsletter."""
    if not asked.actor.is_member:
        return None
    return {"found": await find_subscription(tx, asked.actor), "now": tx.now}


async def count_running(tx: Tx, actor: Actor, _: int) -> tuple[int]:
    """How many subscriptions run."""
    return (await count_subscriptions(tx, actor),)


SHOPPERS = [newsletter, pay]
CONSOLE = [desk]
API = [see_subscription, pay_by_call]
