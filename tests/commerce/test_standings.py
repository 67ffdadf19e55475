"""Gates ask for a measure by name: whoever measures it is above, and what nobody measures is refused."""

from collections.abc import AsyncIterator, Collection, Mapping

import pytest

from datong.commerce import review, rulebook
from datong.commerce.review import Scores
from datong.commerce.rulebook import Standing, StandingUnknown, StandingValue
from datong.facts.rulebook import StandingChanged
from datong.kernel.fact import on
from datong.kernel.house import Room, build_house
from datong.kernel.ids import bucket_of
from datong.kernel.sql import value
from datong.kernel.tx import Tx
from datong.wiring import WINGS, find_house, find_rooms
from tests.make import Town, open_town
from tests.said import due, finished, rate_buyer, remove, write

HEARD: list[StandingChanged] = []
TOLD = value(int, "select count(*) from fact_outbox where kind = 'StandingChanged'")


async def read_spice(tx: Tx, subject_ids: Collection[int]) -> Mapping[int, StandingValue]:
    return {each: StandingValue(each % 7, 1, tx.now) for each in subject_ids if each % 2}


@on(StandingChanged, writes=lambda fact: [bucket_of(fact.subject_id)])
async def keep_copy(_: Tx, fact: StandingChanged) -> None:
    HEARD.append(fact)


SPICE = Room(
    name="spice", wing="platform", uses=("rulebook",),
    provides=(Standing(key="spice", subject="product", unit="a pepper", read_many=read_spice),),
)  # fmt: skip
COPIES = Room(name="copies", wing="platform", uses=("rulebook",), reactions=(keep_copy,))


@pytest.fixture
async def heard(dsn: str) -> AsyncIterator[Town]:
    """A town in which a room keeps copies of standings."""
    HEARD.clear()
    async with open_town(dsn, house=build_house([*find_rooms(), SPICE, COPIES], WINGS)) as opened:
        yield opened


async def read(town: Town, name: str, *subjects: int) -> dict[int, float]:
    async with town.db.read() as tx:
        found = await rulebook.read_standing(tx, name, subjects)
    return {subject_id: each.value for subject_id, each in found.items()}


async def test_a_measure_that_nobody_takes_is_refused_by_name(heard: Town, town: Town) -> None:
    assert await read(heard, "spice", 8, 9, 11) == {9: 2, 11: 4}
    assert await read(heard, "spice") == {}
    with pytest.raises(StandingUnknown) as refused:
        await read(town, "spice", 9)
    assert refused.value.details() == {"thing": "standing", "id": "spice"}


async def test_rooms_provide_what_they_measure(town: Town) -> None:
    shop, shopper, stranger = await town.shop(), await town.shopper(), await town.shopper()
    goods = await shop.product(5_000, stock=20)
    orders = [await finished(town, shopper, shop, goods) for _ in range(2)]
    await write(shopper, orders[0], scores=Scores(5, 4, 3))
    await write(shopper, orders[1], scores=Scores(5, 5, 5))
    await rate_buyer(town, shop, orders[0], "good")
    await due(town)
    town.move_clock(days=2)
    await review.average_shops(town.db)
    await town.deliver()
    buyers = shopper.actor.id, stranger.actor.id
    assert await read(town, "seller_credit", shop.id) == {shop.id: 2}
    assert await read(town, "shop_dsr", shop.id) == {shop.id: 450}
    assert await read(town, "shop_trust", shop.id) == {shop.id: 450}
    assert await read(town, "buyer_credit", *buyers) == {shopper.actor.id: 1}
    assert await read(town, "buyer_standing", *buyers) == {shopper.actor.id: 2}
    assert await read(town, "account_age", *buyers, 4097) == dict.fromkeys(buyers, 2)
    trips = town.db.round_trips
    await read(town, "account_age", *buyers)
    assert town.db.round_trips == trips + 1, "many in one query"


async def test_who_keeps_copies_hears_of_every_change_with_a_higher_version(heard: Town) -> None:
    shop, shopper = await heard.shop(), await heard.shopper()
    goods = await shop.product(5_000, stock=20)
    first = await write(shopper, await finished(heard, shopper, shop, goods), scores=Scores(5, 5, 5))
    await write(shopper, await finished(heard, shopper, shop, goods), scores=Scores(3, 3, 3))
    for _ in range(2):
        heard.move_clock(days=1)
        await due(heard)
        await review.average_shops(heard.db)
    await heard.deliver()
    assert [each.value for each in HEARD if each.name == "shop_dsr"][-1] == 400, "the day's mean"
    await remove(heard, first)
    await heard.deliver()
    copies: dict[tuple[str, int], float] = {}
    versions: dict[tuple[str, int], int] = {}
    for fact in HEARD:
        place = fact.name, fact.subject_id
        assert fact.version > versions.get(place, 0), place
        copies[place], versions[place] = fact.value, fact.version
    assert {name for name, _ in copies} == {"seller_credit", "shop_dsr", "shop_trust", "buyer_standing"}
    for (name, subject_id), kept in copies.items():
        async with heard.db.read() as tx:
            now = (await rulebook.read_standing(tx, name, [subject_id]))[subject_id]
        assert (kept, versions[name, subject_id]) == (now.value, now.version), name
    assert copies["seller_credit", shop.id] == 1
    assert copies["shop_dsr", shop.id] == 300, "taken out of the mean at once, not only the next day"
    await heard.check_books()


async def test_nothing_is_told_where_nobody_listens(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    await write(shopper, await finished(town, shopper, shop, await shop.product(5_000)), scores=Scores(5, 5, 5))
    await town.settle_down()
    async with town.db.read() as tx:
        assert await tx.one(TOLD) == 0
    assert all(each.fact is not StandingChanged for each in find_house().reactions)
