"""Which brands a kind of shop may have, and one flagship a brand. Source: domain.md §1."""

import asyncio
from collections import Counter

import pytest

from datong.commerce import catalog, merchant, qualification, rulebook
from datong.commerce.catalog.needs import BrandsShort
from datong.commerce.qualification.states import DepositTooLow, FlagshipTaken, TooManyBrands
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid
from datong.kernel.sql import command
from tests.brands import approve, ask_brand, brand_of, desk_officer, read, revoke, withdraw
from tests.make import MALL, Town
from tests.races.test_races import outcome


async def test_a_franchised_shop_has_one_brand(town: Town) -> None:
    shop = await town.shop(MALL, "franchised")
    first = await brand_of(shop, level="first")
    second = await ask_brand(shop, "Bronze", "first")
    with pytest.raises(TooManyBrands) as refused:
        await approve(town, second)
    assert refused.value.most == 1
    await approve(town, await ask_brand(shop, level="first"))
    await revoke(town, first)
    with pytest.raises(TooManyBrands):
        await approve(town, second)


async def test_a_specialty_shop_publishes_from_its_second_brand_on(town: Town) -> None:
    shop = await town.shop(MALL, "specialty")
    await brand_of(shop, level="second")
    with pytest.raises(BrandsShort) as refused:
        await shop.product(brand="Auric")
    assert (refused.value.least, refused.value.has) == (2, 1)
    await brand_of(shop, "Bronze", level="second")
    await shop.product(brand="Auric")


async def test_a_mark_that_is_only_applied_for_asks_for_its_deposit(town: Town) -> None:
    registered, applied_for = await town.shop(MALL, "flagship"), await town.shop(MALL, "flagship", "TM")
    with pytest.raises(DepositTooLow):
        await ask_brand(registered, mark="TM")
    await approve(town, await ask_brand(applied_for, mark="TM"))
    await approve(town, await ask_brand(await town.shop(MALL, "mall"), mark="TM"))
    market = await town.shop()
    asked = await ask_brand(market, "Bronze", mark="TM")
    table = {"enterprise.R": 100, "enterprise.TM": 200}
    async with town.db.begin() as tx:
        await rulebook.set_parameter(tx, SYSTEM, merchant.DEPOSIT.name, table, reason="from now on")
    with pytest.raises(DepositTooLow):
        await approve(town, asked)


async def test_a_brand_has_one_flagship_on_a_storefront(town: Town) -> None:
    first, second = await town.shop(MALL, "flagship"), await town.shop(MALL, "flagship")
    franchised, market = await town.shop(MALL, "franchised"), await town.shop()
    held = await brand_of(first)
    rival = await ask_brand(second, level="exclusive")
    with pytest.raises(FlagshipTaken) as refused:
        await approve(town, rival)
    assert refused.value.shop_id == str(first.id)
    await brand_of(franchised, level="first")
    await brand_of(market, level="own")
    await approve(town, await ask_brand(first))
    await revoke(town, held)
    with pytest.raises(FlagshipTaken):
        await approve(town, rival)
    async with town.db.read() as tx:
        for each in (await qualification.list_shop_qualifications(tx, first.owner, first.id)).items:
            if each.state == "APPROVED":
                await revoke(town, each.qualification_id)
    await approve(town, rival)
    with pytest.raises(FlagshipTaken):
        await brand_of(first)
    await town.check_books()


async def test_a_flagship_that_loaders_authorised_counts_too(town: Town) -> None:
    first, second = await town.shop(MALL, "flagship"), await town.shop(MALL, "flagship")
    brand = (await catalog.ensure_brands(town.db, ["Auric"]))["auric"]
    async with town.db.begin(bucket_of(first.id)) as tx:
        await qualification.authorise_brand(tx, SYSTEM, first.id, brand.brand_id, "R")
        await qualification.authorise_brand(tx, SYSTEM, first.id, brand.brand_id, "TM")
    async with town.db.read() as tx:
        (held,) = (await qualification.list_shop_qualifications(tx, first.owner, first.id)).items
    assert (held.mark, held.level, held.valid_until) == ("TM", "", None)
    with pytest.raises(FlagshipTaken):
        await brand_of(second)
    with pytest.raises(Invalid):
        async with town.db.begin(bucket_of(first.id)) as tx:
            await qualification.authorise_brand(tx, SYSTEM, first.id, brand.brand_id, "own")


async def test_a_claim_that_died_on_its_way_is_held_only_as_long_as_it_waits(town: Town) -> None:
    first, second = await town.shop(MALL, "flagship"), await town.shop(MALL, "flagship")
    asked, rival = await ask_brand(first), await ask_brand(second)
    brand_id = (await read(town, asked)).brand_id
    async with town.db.begin(bucket_of(brand_id)) as tx:
        text = (
            "insert into brand_flagship (bkt, storefront_id, brand_id, shop_id, claimed_at) values ($1, 2, $2, $3, $4)"
        )
        await tx.run(command(text), tx.bucket, brand_id, first.id, tx.now)
    with pytest.raises(FlagshipTaken):
        await approve(town, rival)
    await withdraw(first, asked)
    await approve(town, rival)


async def test_of_flagships_that_are_approved_at_once_one_has_the_brand(town: Town) -> None:
    for round_ in range(4):
        shops = [await town.shop(MALL, "flagship") for _ in range(4)]
        asked = [await ask_brand(each, f"Brand {round_}") for each in shops]
        deeds = (approve(town, each, desk_officer(place)) for place, each in enumerate(asked, 1))
        found = Counter(await asyncio.gather(*(outcome(deed) for deed in deeds)))
        assert found["won"] == 1
        assert found["won"] + found["qualification.flagship_taken"] == 4
        waiting = [each for each in asked if (await read(town, each)).state == "SUBMITTED"]
        assert len(waiting) == 4 - found["won"]
    await town.check_books()


async def test_of_two_operators_at_once_one_decides(town: Town) -> None:
    for _ in range(5):
        shop = await town.shop(MALL, "flagship")
        asked = await ask_brand(shop, f"Brand {shop.id}")
        reject = qualification.reject_qualification
        deeds = (
            approve(town, asked, desk_officer(1)), approve(town, asked, desk_officer(2)),
            town.db.run(reject, desk_officer(3), asked, "no"), town.db.run(reject, desk_officer(4), asked, "no"),
        )  # fmt: skip
        found = Counter(await asyncio.gather(*(outcome(deed) for deed in deeds)))
        assert found == {"won": 1, "qualification.wrong_state": 3}
    await town.check_books()


async def test_of_two_brands_approved_at_once_a_franchised_shop_gets_one(town: Town) -> None:
    for _ in range(5):
        shop = await town.shop(MALL, "franchised")
        asked = [await ask_brand(shop, name, "first") for name in ("Auric", "Bronze", "Copper")]
        deeds = (approve(town, each, desk_officer(place)) for place, each in enumerate(asked, 1))
        found = Counter(await asyncio.gather(*(outcome(deed) for deed in deeds)))
        assert found == {"won": 1, "qualification.too_many_brands": 2}


async def test_one_key_sent_by_many_at_once_asks_once(town: Town) -> None:
    shop = await town.shop(MALL, "flagship")
    found = await asyncio.gather(*(ask_brand(shop, key="k") for _ in range(6)))
    assert len(set(found)) == 1


async def test_of_several_that_ask_for_one_brand_at_once_one_waits(town: Town) -> None:
    shop = await town.shop(MALL, "flagship")
    found = Counter(await asyncio.gather(*(outcome(ask_brand(shop, key=f"k{n}")) for n in range(6))))
    assert found == {"won": 1, "qualification.already_waiting": 5}
