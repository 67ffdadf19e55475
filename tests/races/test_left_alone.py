"""Whatever buyers, shops and staff have done, once nobody does anything any more the clock alone ends it all."""

from collections import Counter
from datetime import timedelta

import msgspec
import pytest

from datong.commerce.aftersale import CaseState, HelpStatus
from datong.commerce.merchant import ShopState
from datong.commerce.order import OrderState
from datong.commerce.voucher import Tier
from datong.commerce.voucher.terms import Gift
from datong.kernel.invariants import audit, list_waiting
from datong.kernel.sql import rows
from datong.simulation.stage import chance_of
from tests.cases import give_address
from tests.make import Goods, Shop, Town
from tests.races.wandering import Wanderer, wander_into_the_market

LIVES = 5
ALONE = timedelta(days=120)
STEP = timedelta(days=4, hours=5)
LEFT = {"shop: owes the platform"}
"""What may still wait: a balance below zero is the platform's own money."""


class Found(msgspec.Struct, frozen=True):
    """How many are in a state of a machine."""

    machine: str
    state: str
    count: int


STATES = rows(
    Found,
    """
    select 'order' as machine, state, count(*) as count from shop_order group by state
    union all select 'case', state, count(*) from refund_case group by state
    union all select 'dispute', cs_status::text, count(*) from dispute group by cs_status
    union all select 'deposit', state, count(*) from deposit group by state
    union all select 'shop', state, count(*) from shop group by state
    union all select 'look', 'due', count(*) from review where look_at is not null having count(*) > 0
    union all select 'import', state, count(*) from goods_import group by state
    """,
)
OPEN = (
    {("order", state.value) for state in OrderState if not state.startswith("TRADE_")}
    | {("case", state.value) for state in CaseState} - {("case", "SUCCESS"), ("case", "CLOSED")}
    | {("dispute", str(each.value)) for each in HelpStatus if each != HelpStatus.DONE}
    | {("deposit", state) for state in ("WAIT_DEPOSIT", "DEPOSIT_PAID", "BALANCE_PLACED")}
    | {("shop", state.value) for state in ShopState} - {
        ("shop", state) for state in ("OPEN", "RESTRICTED", "REJECTED", "CLOSED")
    }
    | {("look", "due"), ("import", "RUNNING")}
)  # fmt: skip
"""The states in which somebody waits."""
GOALS = sorted(place for place in OPEN - {("dispute", "1")} if place[0] in {"order", "case", "dispute"})
"""Where lives are headed."""
NEVER_LEFT = {("dispute", "1"), ("import", "RUNNING"), ("shop", "UNDER_REVIEW")}
"""No dispute is none; imports are worked on at once (`test_workbench`); nobody sets an application under review."""


async def states(town: Town) -> Counter[tuple[str, str]]:
    """What is in which state, in all machines."""
    async with town.db.read() as tx:
        return Counter({(each.machine, each.state): each.count for each in await tx.all(STATES)})


async def sweep(town: Town) -> None:
    """Deliver what waits, and let the sweeps of commerce run once, as the worker does."""
    await town.deliver()
    for each in town.db.house.sweeps:
        if each.name.startswith("commerce."):
            await each.act(town.adapters)
    await town.deliver()


async def stock_up(shop: Shop) -> list[list[Goods]]:
    """Baskets of all kinds: parcels, one with a gift, and what does not travel."""
    freight = await shop.freight()
    parcels = [await shop.product(price, 500, freight=freight) for price in (12_900, 7_000)]
    given = await shop.product(1_000, 500)
    gift = Gift(given.product_id, given.sku_id)
    await shop.promote("shop", Tier("gift", 0, 19_000, gift=gift), days=300)
    others = [await shop.product(5_000, 500, method=method) for method in ("pickup", "digital", "service", "none")]
    return [parcels, parcels[:1], [parcels[0], others[0]], [others[1], others[2]], [others[3], parcels[1]]]


async def live(town: Town, seed: int, tries: int = 1) -> set[tuple[str, str]]:
    """Lives of one shop, its buyers and those who apply, each left somewhere on the way to a state of its own.

    Answers the states that somebody was left in, also while others went on.
    """
    chance = chance_of(f"left alone {seed}")
    shop = await town.shop()
    if chance.random() < 0.8:
        await give_address(shop)
    baskets = await stock_up(shop)
    ahead = await shop.product(30_000, 500)
    presale_id = await shop.presale(ahead, 3_000)
    depositors = [Wanderer(town, shop, await town.shopper(), chance) for _ in range(3)]
    for each in depositors:
        await each.put_down(presale_id, ahead)
    town.move_clock(days=3, minutes=1)
    await depositors[1].place_balance()
    seen = set(await states(town))
    for number in range(LIVES):
        for _ in range(tries):
            wanderer = Wanderer(town, shop, await town.shopper(), chance)
            await wanderer.place(chance.choice(baskets))
            if await wanderer.wander(GOALS[(seed * LIVES + number) % len(GOALS)]):
                break
    seen |= (await states(town)).keys()
    await depositors[2].place_balance()
    await depositors[2].wander(chance.choice(GOALS))
    await Wanderer(town, shop, await town.shopper(), chance).place(baskets[0])
    for _ in range(2):
        await wander_into_the_market(town, chance)
    return seen | (await states(town)).keys()


async def leave_alone(town: Town) -> None:
    """Nobody does anything; time goes on, step by step."""
    for _ in range(ALONE // STEP + 1):
        town.clock.shift += STEP
        await sweep(town)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 33))])
async def test_the_clock_alone_ends_everything(town: Town, seed: int) -> None:
    await live(town, seed)
    await sweep(town)
    await town.check_books()
    before = await states(town)
    assert before.keys() & OPEN, "somebody was left somewhere"
    await leave_alone(town)
    assert {place: count for place, count in (await states(town)).items() if place in OPEN} == {}
    assert await audit(town.db) == {}
    assert set(await list_waiting(town.db)) <= LEFT


@pytest.mark.long
async def test_lives_are_left_in_every_state_there_is(town: Town) -> None:
    """What the test above says of chance it says of every state: between them somebody is left in each."""
    seen: set[tuple[str, str]] = set()
    for seed in range(40, 100):
        seen |= await live(town, seed, tries=6)
        if OPEN - seen == NEVER_LEFT:
            break
    assert OPEN - seen == NEVER_LEFT
    await leave_alone(town)
    assert {place: count for place, count in (await states(town)).items() if place in OPEN} == {}
    await town.check_books()
