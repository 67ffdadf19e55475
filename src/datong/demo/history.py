"""The town's past: a month of trade by a rehearsal, up to this moment, so that a new town has a life behind it."""

import secrets
from collections.abc import Callable
from datetime import datetime

import httpx

from datong.commerce import catalog, member
from datong.demo.orders import ADDRESSES
from datong.kernel.actor import Actor
from datong.kernel.clock import Clock
from datong.kernel.sql import changed_value
from datong.kernel.tx import Db
from datong.settings import Settings
from datong.simulation.month import Plan, play_month
from datong.simulation.stage import Stage
from datong.simulation.trade_actors import Buyer, Cast, Seller
from datong.wiring import find_house, make_adapters

PAST_DAYS = 30
PLAN = Plan(purchases=200, days=PAST_DAYS, seed=8)
NEIGHBOURS = 16
BEGIN = changed_value(
    int, "insert into town_mark (mark, made_at) values ('month', $1) on conflict do nothing returning 1"
)


async def live_a_month(
    settings: Settings, past: Db, clock: Clock, until: datetime, people: dict[str, int], shops: list[int],
    on_share: Callable[[float], None],
) -> None:  # fmt: skip
    """Play the month once; begun and broken off, it is not begun again: clocks bring to an end what was left.

    `on_share` is told after each day how much of the month is over, from 0 to 1.
    """
    async with past.begin() as tx:
        if await tx.maybe(BEGIN, tx.now) is None:
            return
    since = past.now()

    async def tell() -> None:
        on_share((past.now() - since) / (until - since))

    cast = Cast(await _buyers(past, people), await _sellers(past, shops), _staff(people))
    async with httpx.AsyncClient() as client:
        stage = Stage(make_adapters(past, settings, client), clock, settings.secret, PLAN.seed)
        try:
            await play_month(stage, cast, PLAN, until, tell)
        finally:
            await stage.close()


def _staff(people: dict[str, int]) -> tuple[Actor, Actor]:
    rights = find_house().rights_of("platform")
    return Actor(people["operator@demo"], "member", {}, rights), Actor(2, "member", {}, rights)


async def _buyers(db: Db, people: dict[str, int]) -> list[Buyer]:
    """The two whom visitors may be, more often than the others, and neighbours nobody logs in as."""
    known = [await _settle(db, people[login]) for login in ("lilei@demo", "hanmeimei@demo")]
    others = [
        await _settle(
            db, await member.register(db, f"neighbour{number}@demo", secrets.token_urlsafe(24), f"邻居 {number}")
        )
        for number in range(NEIGHBOURS)
    ]
    return [*known * 3, *others]


async def _settle(db: Db, member_id: int) -> Buyer:
    actor = Actor(member_id, "member")
    async with db.begin(actor.bucket) as tx:
        kept = await member.list_addresses(tx, actor)
        if kept:
            return Buyer(actor, kept[0].address_id)
        return Buyer(actor, await member.add_address(tx, actor, ADDRESSES[0]))


async def _sellers(db: Db, shops: list[int]) -> list[Seller]:
    """Every shop with some of its goods; the two that visitors may work in trade more than the others."""
    found: list[Seller] = []
    for shop_id in shops:
        async with db.read() as tx:
            cards = (await catalog.list_shop_cards(tx, shop_id, limit=8)).items
            goods = [
                (each.product_id, (await catalog.get_product(tx, each.product_id)).skus[0].sku_id) for each in cards
            ]
        if goods:
            found.append(Seller(shop_id, goods if len(goods) > 1 else goods * 2))
    busy = [each for each in found if each.shop_id in {shops[0], shops[21]}]
    return [*busy * 4, *found]
