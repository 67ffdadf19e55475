"""Goods whose shop has lost what it sold them by are taken down, each by itself. Source: domain.md §1, §2."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import asyncpg
import msgspec
import pytest

from datong.commerce import catalog, qualification, rulebook
from datong.commerce.catalog.needs import BrandNotAuthorised, PermitMissing
from datong.commerce.catalog.takedowns import run_takedowns
from datong.commerce.catalog.validation import AttributeMissing
from datong.commerce.qualification.states import PermitKind
from datong.commerce.rulebook.parameters import ValueRefused
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import NotFound
from datong.kernel.sql import command, value
from datong.runtime.bootstrap import MALL_ID
from tests.brands import approve, ask_permit, brand_of, is_on_sale, noticed, revoke, withdraw
from tests.make import MALL, Shop, Town

BREAK = command("update product_version set body = '{}' where bkt = $1 and product_id = $2")
MEND = command(
    """
    update product_version v set body = w.body from product_version w
    where v.bkt = $1 and v.product_id = $2 and w.bkt = $1 and w.product_id = $3
    """
)
LEFT = value(int, "select count(*) from takedown where bkt = $1")
STEP = Path(catalog.__file__).parents[1] / "qualification" / "migrations" / "0001_qualifications.sql"


async def take_down(town: Town) -> None:
    await town.deliver()
    await run_takedowns(town.db)
    await town.deliver()


async def listed(shop: Shop) -> set[int]:
    async with shop.town.db.read() as tx:
        shop_cards = await catalog.list_shop_cards(tx, shop.id)
        shelf = await catalog.list_cards(tx, [MALL_ID], shop.town.category_id, limit=100)
    ids = {each.product_id for each in shop_cards.items}
    assert ids == {each.product_id for each in shelf.items if each.shop_id == shop.id}
    return ids


@pytest.mark.parametrize("ending", ["revoked", "withdrawn"])
async def test_what_has_lost_its_brand_is_taken_down_and_nothing_else(town: Town, ending: str) -> None:
    shop = await town.shop(MALL, "flagship")
    held = await brand_of(shop)
    await brand_of(shop, "Bronze")
    auric, other = [await shop.product(brand="Auric") for _ in range(2)], await shop.product(brand="Bronze")
    hidden = await shop.product(brand="Auric", is_on_sale=False)
    neighbour = await town.shop(MALL, "franchised")
    await brand_of(neighbour, level="first")
    theirs = await neighbour.product(brand="Auric")
    await (revoke(town, held) if ending == "revoked" else withdraw(shop, held))
    await take_down(town)
    assert await listed(shop) == {other.product_id}
    assert await listed(neighbour) == {theirs.product_id}
    async with town.db.read() as tx:
        views = [await catalog.get_product(tx, each.product_id) for each in (*auric, hidden)]
        assert await tx.one(LEFT, bucket_of(shop.id)) == 0
    assert [each.product.version for each in views] == [2, 2, 1]
    for each in auric:
        with pytest.raises(BrandNotAuthorised):
            await catalog.set_on_sale(town.db, shop.owner, shop.id, each.product_id, is_on_sale=True)
    await brand_of(shop)
    row = await catalog.set_on_sale(town.db, shop.owner, shop.id, auric[0].product_id, is_on_sale=True)
    assert (row.outcome, row.version) == ("changed", 3)
    assert await listed(shop) == {other.product_id, auric[0].product_id}
    await town.check_books()


async def test_one_product_that_fails_stops_no_other_and_is_tried_again(town: Town) -> None:
    shop = await town.shop(MALL, "flagship")
    held = await brand_of(shop)
    broken, good = await shop.product(brand="Auric"), await shop.product(brand="Auric")
    async with town.db.begin(bucket_of(shop.id)) as tx:
        await tx.run(BREAK, tx.bucket, broken.product_id)
    await revoke(town, held)
    await take_down(town)
    assert [await is_on_sale(town, each.product_id) for each in (broken, good)] == [True, False]
    assert await run_takedowns(town.db) == 0, "it waits"
    async with town.db.begin(bucket_of(shop.id)) as tx:
        await tx.run(MEND, tx.bucket, broken.product_id, good.product_id)
    town.move_clock(minutes=11)
    assert await run_takedowns(town.db) == 1
    assert not await is_on_sale(town, broken.product_id)
    assert await run_takedowns(town.db) == 0


async def test_what_is_covered_again_by_then_stays(town: Town) -> None:
    shop = await town.shop(MALL, "flagship")
    held = await brand_of(shop)
    goods = await shop.product(brand="Auric")
    await revoke(town, held)
    await town.deliver()
    await brand_of(shop)
    await take_down(town)
    assert await is_on_sale(town, goods.product_id)
    async with town.db.read() as tx:
        assert await tx.one(LEFT, bucket_of(shop.id)) == 0


async def test_where_brands_are_typed_freely_nothing_is_taken_down(town: Town) -> None:
    shop = await town.shop()
    held = await brand_of(shop)
    goods = await shop.product(brand="Auric")
    await revoke(town, held)
    await take_down(town)
    assert await is_on_sale(town, goods.product_id)
    assert await noticed(shop) == ["approved", "revoked"]


async def test_taking_off_sale_needs_nothing_but_the_right(town: Town) -> None:
    shop, other = await town.shop(), await town.shop()
    goods = await shop.product()
    async with town.db.begin() as tx:
        made = await catalog.save_attributes(tx, SYSTEM, [catalog.AttributeDraft("fibre", {"en": "Fibre"}, "text")])
        await catalog.save_bindings(tx, SYSTEM, [(town.category_id, made["fibre"].attribute_id, True, False, False, 0)])
    off = await catalog.set_on_sale(town.db, shop.owner, shop.id, goods.product_id, is_on_sale=False)
    again = await catalog.set_on_sale(town.db, shop.owner, shop.id, goods.product_id, is_on_sale=False)
    assert ((off.outcome, off.version), (again.outcome, again.version)) == (("changed", 2), ("same", 2))
    with pytest.raises(AttributeMissing):
        await catalog.set_on_sale(town.db, shop.owner, shop.id, goods.product_id, is_on_sale=True)
    with pytest.raises(NotFound):
        await catalog.set_on_sale(town.db, other.owner, other.id, goods.product_id, is_on_sale=False)


async def test_what_was_taken_off_is_the_same_when_it_is_given_again(town: Town) -> None:
    shop = await town.shop()
    goods = await shop.product()
    await catalog.set_on_sale(town.db, shop.owner, shop.id, goods.product_id, is_on_sale=False)
    async with town.db.read() as tx:
        draft = await catalog.get_last_draft(tx, shop.id, goods.product_id)
    assert (await catalog.publish_product(town.db, shop.owner, shop.id, draft)).outcome == "same"
    on = msgspec.structs.replace(draft, is_on_sale=True)
    assert (await catalog.publish_product(town.db, shop.owner, shop.id, on)).outcome == "changed"


async def test_publishing_and_revoking_at_once_leave_nothing_on_sale(town: Town) -> None:
    for _ in range(6):
        shop = await town.shop(MALL, "flagship")
        held = await brand_of(shop, f"Brand {shop.id}")

        async def publish(shop: Shop = shop) -> None:
            try:
                await shop.product(brand=f"Brand {shop.id}")
            except BrandNotAuthorised:
                return

        await asyncio.gather(*(publish() for _ in range(5)), revoke(town, held), *(publish() for _ in range(3)))
        await take_down(town)
        assert await listed(shop) == set()


async def test_revoking_waits_for_what_is_being_published(town: Town) -> None:
    """The moment between reading what is held and writing the product, held open."""
    shop = await town.shop(MALL, "flagship")
    held = await brand_of(shop)
    brands = await catalog.ensure_brands(town.db, ["Auric"])
    draft = catalog.ProductDraft("A1", town.category_id, {"en": "A"}, [catalog.SkuDraft(100)], "Auric")
    async with town.db.begin(bucket_of(shop.id)) as tx:
        to = await catalog.get_publishing(tx, shop.id, [town.category_id])
        (row,) = await catalog.publish_batch(tx, shop.owner, to, brands, [draft])
        ending = asyncio.create_task(revoke(town, held))
        _, waits = await asyncio.wait([ending], timeout=0.3)
        assert waits, "it would not see this product"
    await ending
    await take_down(town)
    assert not await is_on_sale(town, row.product_id)


async def need(town: Town, permits: list[str], category_id: int) -> None:
    """Have a category, and all below it, ask for permits on the mall and the market alike."""
    async with town.db.begin() as tx:
        await rulebook.set_parameter(
            tx, SYSTEM, qualification.PERMITS.name, permits, scope_kind="category", scope_id=category_id, reason="law"
        )


async def test_only_kinds_of_permits_that_there_are_can_be_asked_for(town: Town) -> None:
    assert set(get_args(PermitKind)) == qualification.PERMIT_KINDS.keys()
    for wrong in (["foood"], "food", [7]):
        with pytest.raises(ValueRefused):
            await need(town, wrong, town.category_id)  # type: ignore[arg-type]  # what an operator may type


async def kitchen(town: Town) -> tuple[int, int]:
    """A category with a leaf below it; answers both."""
    async with town.db.begin() as tx:
        await catalog.save_categories(
            tx, SYSTEM,
            [
                catalog.CategoryDraft("test:food", "", {"en": "Food"}, "electronics"),
                catalog.CategoryDraft("test:tea", "test:food", {"en": "Tea"}),
            ],
        )  # fmt: skip
        book = await catalog.get_category_book(tx)
    return book.by_ref["test:food"].category_id, book.by_ref["test:tea"].category_id


async def test_a_category_and_all_below_it_need_their_permit(town: Town) -> None:
    food, tea = await kitchen(town)
    shop = await town.shop()
    before = await shop.product(category_id=tea)
    await need(town, ["food"], food)
    with pytest.raises(PermitMissing) as refused:
        await shop.product(category_id=tea)
    assert (refused.value.permit, refused.value.permit_name) == ("food", "Food business licence")
    await shop.product()
    asked = await ask_permit(shop)
    with pytest.raises(PermitMissing):
        await shop.product(category_id=tea)
    await approve(town, asked)
    after = await shop.product(category_id=tea)
    phone = await shop.product()
    await revoke(town, asked)
    await take_down(town)
    on_sale = [await is_on_sale(town, each.product_id) for each in (before, after, phone)]
    assert on_sale == [False, False, True]
    with pytest.raises(PermitMissing):
        await catalog.set_on_sale(town.db, shop.owner, shop.id, after.product_id, is_on_sale=True)
    await approve(town, await ask_permit(shop))
    await catalog.set_on_sale(town.db, shop.owner, shop.id, after.product_id, is_on_sale=True)
    assert await is_on_sale(town, after.product_id)
    await town.check_books()


async def test_a_permit_that_expires_is_noticed_and_takes_down_what_needs_it(town: Town) -> None:
    food, tea = await kitchen(town)
    await need(town, ["food", "alcohol"], food)
    shop = await town.shop()
    until = datetime(2090, 1, 1, tzinfo=UTC).date()
    for kind in ("food", "alcohol"):
        last = until if kind == "alcohol" else town.db.now().date().replace(year=town.db.now().year + 1)
        await approve(town, await ask_permit(shop, kind, last))
    goods = await shop.product(category_id=tea)
    town.move_clock(days=345)
    await town.settle_down()
    assert await noticed(shop) == ["approved", "approved", "expiring"]
    assert await is_on_sale(town, goods.product_id)
    town.move_clock(days=25)
    await town.settle_down()
    assert not await is_on_sale(town, goods.product_id)


async def test_a_storefront_may_do_without_a_permit(town: Town) -> None:
    food, tea = await kitchen(town)
    await need(town, ["food", "alcohol"], food)
    async with town.db.begin() as tx:
        await rulebook.set_parameter(
            tx, SYSTEM, qualification.PERMITS_WAIVED.name, ["food"], scope_kind="storefront", scope_id=MALL_ID,
            reason="the mall buys by itself",
        )  # fmt: skip
    market, mall = await town.shop(), await town.shop(MALL, "flagship")
    await brand_of(mall)
    for shop, brand, missing in ((market, "", "food"), (mall, "Auric", "alcohol")):
        with pytest.raises(PermitMissing) as refused:
            await shop.product(category_id=tea, brand=brand)
        assert refused.value.permit == missing
    held = await approve(town, await ask_permit(mall, "alcohol"))
    goods = await mall.product(category_id=tea, brand="Auric")
    await approve(town, await ask_permit(mall))
    await revoke(town, held)
    await take_down(town)
    assert not await is_on_sale(town, goods.product_id)


async def test_a_permit_of_another_shop_or_kind_is_none(town: Town) -> None:
    food, tea = await kitchen(town)
    await need(town, ["food"], food)
    shop, other = await town.shop(), await town.shop()
    await approve(town, await ask_permit(other))
    await approve(town, await ask_permit(shop, "medicine"))
    with pytest.raises(PermitMissing):
        await shop.product(category_id=tea)


async def test_what_the_release_before_authorised_goes_on(dsn: str) -> None:
    """The step's own statement over rows as the release before wrote them."""
    connection = await asyncpg.connect(dsn)
    try:
        put = "insert into brand_authorisation values ($1, $2, $3, $4, now() + $5::interval, now())"
        for shop_id, brand_id, mark, rest in (
            (4097, 1, "R", None), (4097, 2, "TM", 40), (8193, 1, "R", 2), (8193, 2, "R", -1),
        ):  # fmt: skip
            span = None if rest is None else timedelta(days=rest)
            await connection.execute(put, shop_id & 4095, shop_id, brand_id, mark, span)
        await connection.execute(STEP.read_text().split("-- What was authorised before")[1].partition("\n")[2])
        found = await connection.fetch(
            """
            select qualification_id, shop_id, brand_id, mark, state, valid_until is null as forever,
                   due_at <= now() as is_due from qualification order by qualification_id
            """
        )
    finally:
        await connection.close()
    assert [tuple(each) for each in found] == [
        (4097, 4097, 1, "R", "APPROVED", True, None), (8193, 4097, 2, "TM", "APPROVED", False, False),
        (12289, 8193, 1, "R", "APPROVED", False, True),
    ]  # fmt: skip
