"""Brand authorisations: asked for, decided once, expiring, ended. Source: domain.md §1, §2."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from datong.commerce import qualification
from datong.commerce.catalog.needs import BrandNotAuthorised
from datong.commerce.qualification.expiry import run_due_qualifications
from datong.commerce.qualification.states import (
    AlreadyWaiting,
    LevelTooLow,
    OwnShop,
    QualificationOver,
    WrongQualificationState,
)
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid, NotAllowed, NotFound
from datong.kernel.request import KeyReused
from datong.kernel.sql import command, value
from tests.brands import (
    FROM,
    UNTIL,
    approve,
    ask_brand,
    ask_permit,
    brand_of,
    desk_officer,
    is_on_sale,
    noticed,
    read,
    revoke,
    withdraw,
)
from tests.make import MALL, Town

PAPERS = value(int, "select count(*) from shop_document where bkt = $1 and shop_id = $2")
DUE_AT = value(datetime, "select due_at from qualification where bkt = $1 and qualification_id = $2")
MIRRORED = value(
    datetime, "select expires_at from brand_authorisation where bkt = $1 and shop_id = $2 and brand_id = $3"
)


def day_in(town: Town, days: int) -> date:
    """The day so many days from now, where the mall's days begin."""
    return (town.db.now() + timedelta(days=days, hours=8)).date()


async def test_a_mall_shop_publishes_a_brand_once_it_is_approved_and_not_before(town: Town) -> None:
    shop = await town.shop(MALL, "franchised", "TM")
    with pytest.raises(BrandNotAuthorised):
        await shop.product(brand="Auric")
    asked = await ask_brand(shop, " Auric  Labs ", "first", "TM", papers=(b"", b""))
    with pytest.raises(BrandNotAuthorised):
        await shop.product(brand="Auric Labs")
    await approve(town, asked)
    assert await is_on_sale(town, (await shop.product(brand="auric labs")).product_id)
    with pytest.raises(BrandNotAuthorised):
        await shop.product(brand="Other")
    found = await read(town, asked)
    assert (found.kind, found.level, found.mark, found.number, len(found.paper_ids)) == (
        "brand", "first", "TM", "TM-123", 2,
    )  # fmt: skip
    assert found.valid_from == datetime(2019, 12, 31, 16, tzinfo=UTC)
    assert found.valid_until == datetime(2090, 12, 31, 16, tzinfo=UTC)
    assert await noticed(shop) == ["approved"]
    await town.check_books()


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"name": "  "}, Invalid),
        ({"name": "x" * 61}, Invalid),
        ({"level": "best"}, Invalid),
        ({"level": "first"}, LevelTooLow),
        ({"mark": "X"}, Invalid),
        ({"number": " "}, Invalid),
        ({"number": "9" * 61}, Invalid),
        ({"papers": ()}, Invalid),
        ({"papers": (b"",) * 11}, Invalid),
        ({"papers": (b"not a picture",)}, Invalid),
        ({"until": date(2019, 1, 1)}, Invalid),
        ({"since": FROM, "until": date(2020, 1, 2)}, Invalid),
        ({"until": date(9999, 12, 31)}, Invalid),
        ({"since": date(1, 1, 1)}, Invalid),
        ({"key": "k" * 101}, Invalid),
    ],
)
async def test_what_is_not_in_order_is_refused(town: Town, wrong: dict[str, Any], refusal: type) -> None:
    shop = await town.shop(MALL, "flagship")
    with pytest.raises(refusal):
        await ask_brand(shop, **wrong)
    async with town.db.read() as tx:
        assert (await qualification.list_shop_qualifications(tx, shop.owner, shop.id)).items == []


async def test_one_key_asks_once_and_one_brand_waits_once(town: Town) -> None:
    shop = await town.shop(MALL, "flagship")
    first = await ask_brand(shop, key="k")
    assert await ask_brand(shop, key="k") == first
    async with town.db.read() as tx:
        assert await tx.one(PAPERS, bucket_of(shop.id), shop.id) == 1, "the paper is not kept twice"
    with pytest.raises(KeyReused):
        await ask_brand(shop, "Another", key="k")
    with pytest.raises(AlreadyWaiting):
        await ask_brand(shop, key="other")
    async with town.db.read() as tx:
        assert await tx.one(PAPERS, bucket_of(shop.id), shop.id) == 1, "a paper is not kept for what is refused"
    await withdraw(shop, first)
    await withdraw(shop, first)
    assert (await read(town, first)).state == "WITHDRAWN"
    assert await ask_brand(shop, key="again") != first
    with pytest.raises(WrongQualificationState):
        await approve(town, first)


async def test_a_paper_of_another_shop_is_no_paper(town: Town) -> None:
    shop, other = await town.shop(MALL, "flagship"), await town.shop(MALL, "flagship")
    theirs = (await read(town, await ask_brand(other))).paper_ids
    draft = qualification.QualificationDraft("food", "1", FROM, UNTIL, paper_ids=theirs)
    objects = town.adapters.objects
    with pytest.raises(Invalid, match="papers of this shop"):
        await qualification.request_qualification(town.db, objects, shop.owner, shop.id, draft, [], "k")
    own = (await read(town, await ask_brand(shop))).paper_ids
    with pytest.raises(Invalid, match="papers of this shop"):
        twice = msgspec.structs.replace(draft, paper_ids=own * 2)
        await qualification.request_qualification(town.db, objects, shop.owner, shop.id, twice, [], "k")
    good = msgspec.structs.replace(draft, paper_ids=own)
    assert await qualification.request_qualification(town.db, objects, shop.owner, shop.id, good, [], "k")


async def test_only_so_many_wait_at_once(town: Town) -> None:
    shop, other = await town.shop(), await town.shop()
    paper = (await read(town, await ask_permit(shop))).paper_ids
    objects = town.adapters.objects

    async def ask(brand_id: int) -> None:
        draft = qualification.QualificationDraft("brand", "1", FROM, UNTIL, brand_id, "own", "R", paper)
        await qualification.request_qualification(town.db, objects, shop.owner, shop.id, draft, [], f"b{brand_id}")

    for brand_id in range(1, 50):
        await ask(brand_id)
    with pytest.raises(Invalid, match="at most 50"):
        await ask(50)
    await ask_permit(other)


async def test_it_is_decided_once_and_the_second_of_two_is_told(town: Town) -> None:
    shop = await town.shop(MALL, "flagship")
    asked = await ask_brand(shop)
    ada, ben = desk_officer(1), desk_officer(2)
    reject = qualification.reject_qualification
    with pytest.raises(Invalid):
        await town.db.run(reject, ada, asked, "  ")
    await approve(town, asked, ada)
    await approve(town, asked, ada)
    for deed in (approve(town, asked, ben), town.db.run(reject, ada, asked, "no")):
        with pytest.raises(WrongQualificationState):
            await deed
    await revoke(town, asked, ben)
    await revoke(town, asked, ben)
    with pytest.raises(WrongQualificationState):
        await revoke(town, asked, ada)
    again = await ask_brand(shop)
    await town.db.run(reject, ada, again, "cannot be read")
    await town.db.run(reject, ada, again, "cannot be read")
    for deed in (town.db.run(reject, ben, again, "no"), revoke(town, again), approve(town, again, ada)):
        with pytest.raises(WrongQualificationState):
            await deed
    assert (await read(town, again)).reason == "cannot be read"
    assert sorted(await noticed(shop)) == ["approved", "rejected", "revoked"]


async def test_nobody_decides_about_a_shop_in_which_they_work(town: Town) -> None:
    shop = await town.shop(MALL, "flagship")
    asked = await ask_brand(shop)
    judge = desk_officer()
    colleague = Actor(judge.id, "member", {shop.id: frozenset()}, judge.operator_rights)
    founder = Actor(shop.owner.id, "member", {}, judge.operator_rights)
    for deed in (
        approve(town, asked, colleague), approve(town, asked, founder),
        town.db.run(qualification.reject_qualification, colleague, asked, "no"),
    ):  # fmt: skip
        with pytest.raises(OwnShop):
            await deed
    await approve(town, asked)
    with pytest.raises(OwnShop):
        await revoke(town, asked, colleague)
    assert (await read(town, asked)).state == "APPROVED"


async def test_strangers_and_guests_neither_see_nor_decide(town: Town) -> None:
    shop, other = await town.shop(MALL, "flagship"), await town.shop(MALL, "flagship")
    asked = await ask_brand(shop)
    nobodies = (other.owner, (await town.shopper()).actor, Actor(99))
    for nobody in nobodies:
        async with town.db.begin(bucket_of(shop.id)) as tx:
            with pytest.raises(NotFound):
                await qualification.get_qualification(tx, nobody, asked)
            with pytest.raises(NotAllowed):
                await qualification.list_shop_qualifications(tx, nobody, shop.id)
            with pytest.raises(NotAllowed):
                await qualification.list_qualification_desk(tx, nobody)
            with pytest.raises(NotAllowed):
                await qualification.withdraw_qualification(tx, nobody, shop.id, asked)
            with pytest.raises(NotAllowed):
                await qualification.reject_qualification(tx, nobody, asked, "no")
        with pytest.raises(NotAllowed):
            await approve(town, asked, nobody)
    async with town.db.begin(bucket_of(asked)) as tx:
        with pytest.raises(NotFound):
            await qualification.withdraw_qualification(tx, other.owner, other.id, asked)
    assert (await read(town, asked)).state == "SUBMITTED"


async def test_the_desk_shows_the_oldest_first_page_by_page(town: Town) -> None:
    shops = [await town.shop(MALL, "franchised") for _ in range(3)]
    asked = []
    for each in shops[::-1]:
        town.move_clock(seconds=1)
        asked.append(await ask_brand(each, f"Brand {each.id}", "first"))
    clerk = desk_officer()
    async with town.db.read() as tx:
        first = await qualification.list_qualification_desk(tx, clerk, limit=2)
        rest = await qualification.list_qualification_desk(tx, clerk, cursor=first.next_cursor, limit=2)
        assert [each.qualification_id for each in [*first.items, *rest.items]] == asked
        with pytest.raises(Invalid):
            await qualification.list_qualification_desk(tx, clerk, "REJECTED")
    await approve(town, asked[1])
    async with town.db.read() as tx:
        waiting = (await qualification.list_qualification_desk(tx, clerk)).items
        (held,) = (await qualification.list_qualification_desk(tx, clerk, "APPROVED")).items
    assert ([each.qualification_id for each in waiting], held.qualification_id) == ([asked[0], asked[2]], asked[1])


async def test_a_shop_is_told_once_before_the_end_and_then_it_ends(town: Town) -> None:
    shop = await town.shop(MALL, "flagship")
    asked = await brand_of(shop, until=day_in(town, 40))
    goods = await shop.product(brand="Auric")
    town.move_clock(days=9)
    await town.settle_down()
    assert await noticed(shop) == ["approved"]
    town.move_clock(days=2)
    await town.settle_down()
    town.move_clock(days=5)
    await town.settle_down()
    assert await noticed(shop) == ["approved", "expiring"]
    assert await is_on_sale(town, goods.product_id)
    town.move_clock(days=25)
    with pytest.raises(BrandNotAuthorised):
        await shop.product(brand="Auric")
    await town.settle_down()
    assert ((await read(town, asked)).state, await noticed(shop)) == (
        "EXPIRED", ["approved", "expiring", "expired"],
    )  # fmt: skip
    assert not await is_on_sale(town, goods.product_id)
    assert await run_due_qualifications(town.db) == 0
    await town.check_books()


async def test_a_last_day_counts_to_its_end_where_the_mall_is(town: Town) -> None:
    shop = await town.shop(MALL, "flagship")
    last = day_in(town, 3)
    found = await read(town, await brand_of(shop, until=last))
    assert found.valid_until == datetime(last.year, last.month, last.day, 16, tzinfo=UTC)
    assert found.is_valid(found.valid_until - timedelta(seconds=1))
    assert not found.is_valid(found.valid_until)


async def test_what_is_renewed_in_time_costs_no_notice_and_takes_nothing_down(town: Town) -> None:
    shop = await town.shop(MALL, "flagship")
    await brand_of(shop, until=day_in(town, 40))
    goods = await shop.product(brand="Auric")
    await approve(town, await ask_brand(shop, since=day_in(town, 41)))
    for days in (20, 15, 10):
        town.move_clock(days=days)
        await town.settle_down()
    assert await noticed(shop) == ["approved", "approved", "expired"]
    assert await is_on_sale(town, goods.product_id)
    await town.check_books()


async def test_what_begins_later_counts_from_then(town: Town) -> None:
    shop = await town.shop(MALL, "flagship")
    await approve(town, await ask_brand(shop, since=day_in(town, 5)))
    with pytest.raises(BrandNotAuthorised):
        await shop.product(brand="Auric")
    town.move_clock(days=6)
    await shop.product(brand="Auric")


async def test_one_that_expired_while_it_waited_is_not_approved(town: Town) -> None:
    shop = await town.shop(MALL, "flagship")
    asked = await ask_brand(shop, until=day_in(town, 1))
    town.move_clock(days=3)
    with pytest.raises(QualificationOver):
        await approve(town, asked)


async def test_one_clock_that_fails_stops_no_other(town: Town) -> None:
    good, bad = await town.shop(MALL, "flagship"), await town.shop(MALL, "flagship")
    until = day_in(town, 40)
    broken, kept = await brand_of(bad, "Bronze", until), await brand_of(good, until=until)
    unreadable = "update qualification set valid_from = '0044-03-15 BC' where bkt = $1 and qualification_id = $2"
    async with town.db.begin(bucket_of(broken)) as tx:
        await tx.run(command(unreadable), tx.bucket, broken)
    for _ in range(2):
        town.move_clock(days=25)
        await run_due_qualifications(town.db)
    assert (await read(town, kept)).state == "EXPIRED"
    async with town.db.read() as tx:
        assert await tx.one(DUE_AT, bucket_of(broken), broken) > tx.now, "it is looked at again, later"


@pytest.mark.parametrize("ending", [revoke, None], ids=["revoked", "withdrawn"])
async def test_processes_of_the_release_before_see_what_is_authorised(
    town: Town, ending: Callable[..., Any] | None
) -> None:
    shop = await town.shop(MALL, "flagship")
    held = await brand_of(shop)
    brand_id = (await read(town, held)).brand_id
    async with town.db.read() as tx:
        before = await tx.one(MIRRORED, bucket_of(shop.id), shop.id, brand_id)
    assert before == (await read(town, held)).valid_until
    await (ending(town, held) if ending else withdraw(shop, held))
    async with town.db.read() as tx:
        assert await tx.one(MIRRORED, bucket_of(shop.id), shop.id, brand_id) <= tx.now
    assert (await noticed(shop))[1:] == (["revoked"] if ending else [])
