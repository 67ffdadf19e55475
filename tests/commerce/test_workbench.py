"""What merchants do beside selling.

Change a price before payment, flag, send many, import a table, decorate, hand in papers.
"""

import asyncio
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from datong.commerce import catalog, inventory, merchant, order, payment
from datong.commerce.catalog import TableWrong, read_table
from datong.commerce.catalog.import_jobs import run_imports
from datong.commerce.voucher import Tier
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid, NotAllowed, NotFound, Refusal
from datong.kernel.sql import command
from datong.wiring import find_house
from tests.cases import lines
from tests.make import Shop, Shopper, Town

SPOIL = command(
    """
    update goods_import_row set body = '{"draft": 5}' where bkt = $1 and import_id = $2 and outer_id = 'B'
    """
)


async def unpaid(town: Town, *prices: int, freight: int = 0) -> tuple[Shop, Shopper, int, int]:
    """A shop, a shopper, and a purchase of goods at these prices that waits for payment; and its order."""
    shop, shopper = await town.shop(), await town.shopper()
    template = await shop.freight(freight) if freight else 0
    for price in prices:
        await shopper.fill(await shop.product(price, freight=template))
    purchase_id = await shopper.place()
    return shop, shopper, purchase_id, (await shopper.orders(purchase_id))[0].order_id


async def change(town: Town, actor: Actor, order_id: int, cut: int, freight: int = 0) -> int:
    async with town.db.begin(bucket_of(order_id)) as tx:
        return await order.reprice_order(tx, actor, order_id, cut, freight)


async def test_a_lower_price_is_paid_and_settled_to_the_cent(town: Town) -> None:
    shop, shopper, purchase_id, order_id = await unpaid(town, 1_000, 2_000, freight=600)
    stale = await shopper.open_charge(purchase_id)
    assert await change(town, shop.owner, order_id, 500, 600) == 3_100
    assert await change(town, shop.owner, order_id, 100, 300) == 3_200, "in place of what was taken off before"
    bought = sorted(await lines(town, order_id), key=lambda line: line.payable)
    assert [each.payable for each in bought] == [967, 1_933]
    assert [sum(int(str(cut["amount"])) for cut in each.cuts) for each in bought] == [33, 67]
    settled = await town.gateway.settle(stale, "lost")
    assert settled
    event = await town.gateway.find_charge(settled.charge_id, settled.ref)
    assert event
    await payment.take_payment(town.db, event)
    assert (await shopper.order(order_id)).state == "WAIT_BUYER_PAY", "money for the old amount goes back"
    await shopper.pay(purchase_id)
    assert (await shopper.order(order_id)).payable == 3_200
    await town.check_books()
    await shop.ship(order_id)
    await shopper.confirm(order_id)
    await town.check_books()
    assert await shop.balance() == 3_200


async def test_a_price_only_falls_and_only_before_payment(town: Town) -> None:
    shop, shopper, purchase_id, order_id = await unpaid(town, 1_000, freight=600)
    for cut, freight in ((-1, 0), (1_001, 600), (1_000, 0), (0, 601)):
        with pytest.raises(Refusal):
            await change(town, shop.owner, order_id, cut, freight)
    stranger = await town.shop()
    for actor in (stranger.owner, shopper.actor):
        with pytest.raises((NotFound, NotAllowed)):
            await change(town, actor, order_id, 1)
    await shopper.pay(purchase_id)
    with pytest.raises(order.WrongOrderState):
        await change(town, shop.owner, order_id, 1)
    await town.check_books()


async def test_a_price_changed_while_it_is_paid_is_one_or_the_other(town: Town) -> None:
    for cut in range(6):
        shop, shopper, purchase_id, order_id = await unpaid(town, 1_000)
        await asyncio.gather(
            shopper.pay(purchase_id), change(town, shop.owner, order_id, cut + 1), return_exceptions=True
        )
        each = await shopper.order(order_id)
        # Paid before it was changed, changed before the charge was opened, or changed under it, whose money then goes
        # back.
        paid, unpaid_ = "WAIT_SELLER_SEND_GOODS", "WAIT_BUYER_PAY"
        assert (each.state, each.payable) in {(paid, 1_000), (paid, 999 - cut), (unpaid_, 999 - cut)}
    await town.check_books()


async def test_a_price_falls_beside_promotions(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    await shop.promote("shop", Tier("minus", 300, 1_000))
    await shopper.fill(await shop.product(1_500))
    await shopper.fill(await shop.product(700))
    purchase_id = await shopper.place()
    order_id = (await shopper.orders(purchase_id))[0].order_id
    assert await change(town, shop.owner, order_id, 1) == 1_899
    await shopper.pay(purchase_id)
    await town.check_books()


async def test_flags_and_notes_are_the_shops_own(town: Town) -> None:
    shop, shopper, _, order_id = await unpaid(town, 1_000)
    await town.deliver()
    async with town.db.begin(bucket_of(shop.id)) as tx:
        await order.set_memo(tx, shop.owner, shop.id, order_id, 3, "  wrap it  ")
        assert [each.order_id for each in (await order.list_flagged_orders(tx, shop.owner, shop.id, 3)).items] == [
            order_id
        ]
        assert (await order.get_memos(tx, shop.owner, shop.id, [order_id]))[order_id].text == "wrap it"
        for actor, flag in ((shopper.actor, 1), (shop.owner, 6)):
            with pytest.raises((NotAllowed, Invalid)):
                await order.set_memo(tx, actor, shop.id, order_id, flag, "")


async def test_many_go_at_once_and_one_that_cannot_holds_up_none(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product()
    ready = [await shopper.buy(goods), await shopper.buy(goods)]
    late = await unpaid(town, 1_000)
    parcels = [order.ShipRequest(each, "sandbox", f"SB-{each}") for each in (*ready, late[3])]
    for _ in range(2):
        sent = await order.ship_many(town.db, shop.owner, shop.id, parcels)
        assert [bool(each.parcel_id) for each in sent] == [True, True, False]
    await town.check_books()


TABLE = """number,title_en,title_zh,category,brand,price,stock,sale:colour,text_en
L-1,A lamp,台灯,{c},,129.00,20,black,<p>Warm.</p><script>x</script>
L-1,A lamp,台灯,{c},,139.5,5,white,
L-2,,,{c},,10,1,,
L-3,Bad price,,{c},,free,1,,
L-4,Elsewhere,,999999,,10,1,,
L-5,Fine,,{c},,0.01,0,,
"""


async def test_a_table_goes_in_row_by_row_and_again_without_doubling(town: Town) -> None:
    shop = await town.shop()
    body = TABLE.format(c=town.category_id).encode()
    for outcomes in (
        ["new", "refused", "refused", "refused", "new"],
        ["same", "refused", "refused", "refused", "same"],
    ):
        async with town.db.begin(bucket_of(shop.id)) as tx:
            made = await catalog.start_import(tx, shop.owner, shop.id, "lamps", read_table(body))
        while await run_imports(town.db):
            pass
        await town.deliver()
        async with town.db.read() as tx:
            found, rows = await catalog.get_import(tx, shop.owner, shop.id, made)
            assert [row.outcome for row in rows.items] == outcomes
            assert (found.state, found.total, found.done, found.refused) == ("DONE", 5, 5, 3)
            view = await catalog.get_product(tx, rows.items[0].product_id)
            stock = await inventory.free_of(tx, [sku.sku_id for sku in view.skus])
    assert [sku.list_price for sku in view.skus] == [12_900, 13_950]
    assert sorted(line.on_hand for line in stock.values()) == [5, 20]
    assert "script" not in view.product.description["en"]
    async with town.db.begin(bucket_of(shop.id)) as tx:
        assert await catalog.retry_refused(tx, shop.owner, shop.id, made) == 2, (
            "what could not be read is not tried again"
        )
    while await run_imports(town.db):
        pass
    async with town.db.read() as tx:
        found, _ = await catalog.get_import(tx, shop.owner, shop.id, made)
        assert (found.done, found.refused) == (5, 3)
        stranger = await town.shop()
        with pytest.raises((NotFound, NotAllowed)):
            await catalog.get_import(tx, stranger.owner, shop.id, made)


async def test_two_workers_publish_an_import_once(town: Town) -> None:
    shop = await town.shop()
    lines_ = "\n".join(f"N-{n},Thing {n},{town.category_id},1.00,3" for n in range(120))
    table = read_table(f"number,title_en,category,price,stock\n{lines_}".encode())
    async with town.db.begin(bucket_of(shop.id)) as tx:
        made = await catalog.start_import(tx, shop.owner, shop.id, "many", table)
    while sum(await asyncio.gather(*(run_imports(town.db) for _ in range(4)))):
        pass
    await town.deliver()
    async with town.db.read() as tx:
        found, _ = await catalog.get_import(tx, shop.owner, shop.id, made)
        assert (found.state, found.done, found.refused) == ("DONE", 120, 0)
    await town.check_books()
    async with town.db.read() as tx:
        assert len((await catalog.list_products(tx, shop.owner, shop.id, "", 100)).items) == 100


async def test_a_row_that_fails_is_refused_and_holds_no_import_up(town: Town) -> None:
    """A draft that this release cannot read any more, in the first of two imports."""
    shop = await town.shop()
    rows = "\n".join(f"{name},Thing,{town.category_id},1" for name in "AB")
    table = read_table(f"number,title_en,category,price\n{rows}".encode())
    made: list[int] = []
    for number in range(2):
        async with town.db.begin(bucket_of(shop.id)) as tx:
            made.append(await catalog.start_import(tx, shop.owner, shop.id, "poison", table))
            if not number:
                await tx.run(SPOIL, tx.bucket, made[0])
    assert [await run_imports(town.db) for _ in range(5)] == [3, 1, 0, 0, 0]
    async with town.db.read() as tx:
        found = [await catalog.get_import(tx, shop.owner, shop.id, each) for each in made]
    assert [(job.state, job.done, job.refused) for job, _ in found] == [("DONE", 2, 1), ("DONE", 2, 0)]
    assert sorted(row.code for row in found[0][1].items) == ["", "catalog.import_failed"]


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: ("number,category,price\n" + text).encode()))
def test_no_table_breaks_the_reader(body: bytes) -> None:
    try:
        rows = read_table(body)
    except TableWrong:
        return
    assert all(bool(row.draft) != bool(row.reason) for row in rows)


def test_a_table_has_bounds() -> None:
    many = read_table(b"number,category,price\n" + b"a,1,1\n" * 300)
    assert [row.reason for row in many] == ["more than 200 lines of one product"]
    with pytest.raises(TableWrong, match="lines"):
        read_table(b"number,category,price\n" + b"a,1,1\n" * 60_000)


async def test_a_shops_page_is_versions_that_can_be_undone(town: Town) -> None:
    shop = await town.shop()
    async with town.db.begin(bucket_of(shop.id)) as tx:
        assert await merchant.edit_shop_page(tx, shop.owner, shop.id, 0, merchant.ShopPageDraft({"en": "One"})) == 1
        with pytest.raises(merchant.ShopPageChanged):
            await merchant.edit_shop_page(tx, shop.owner, shop.id, 0, merchant.ShopPageDraft({"en": "Rival"}))
        assert await merchant.edit_shop_page(tx, shop.owner, shop.id, 1, merchant.ShopPageDraft({"en": "Two"})) == 2
        assert await merchant.restore_page(tx, shop.owner, shop.id, 2, 1) == 3
        found = await merchant.find_page(tx, shop.id)
        assert found
        assert found.decoration.about == {"en": "One"}
        with pytest.raises(Invalid):
            await merchant.edit_shop_page(
                tx, shop.owner, shop.id, 3, merchant.ShopPageDraft(picture="https://elsewhere.example/x")
            )
        stranger = await town.shop()
        with pytest.raises(NotAllowed):
            await merchant.edit_shop_page(tx, stranger.owner, shop.id, 3, merchant.ShopPageDraft())


def picture(colour: str = "red", size: int = 40) -> bytes:
    """A small PNG."""
    written = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(written, "PNG")
    return written.getvalue()


async def test_papers_are_seen_by_those_concerned_alone(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    objects = town.adapters.objects
    paper = await merchant.add_paper(town.db, objects, shop.owner, shop.id, "license", picture())
    for kind, body in (("license", b"no picture"), ("license", b""), ("diary", picture())):
        with pytest.raises(Invalid):
            await merchant.add_paper(town.db, objects, shop.owner, shop.id, kind, body)
    operator = Actor(1, "member", {}, frozenset({"shop:read"}))
    packer = Actor(2, "member", {shop.id: find_house().rights_of("shipper")})
    async with town.db.read() as tx:
        for actor in (shop.owner, operator):
            assert (await merchant.read_paper(tx, objects, actor, shop.id, paper))[0] == "image/png"
        for actor in (shopper.actor, packer, (await town.shop()).owner):
            with pytest.raises(NotAllowed):
                await merchant.read_paper(tx, objects, actor, shop.id, paper)


async def test_a_picture_of_goods_is_written_anew_and_kept_once(town: Town) -> None:
    shop, objects = await town.shop(), town.adapters.objects
    address = await catalog.store_image(objects, shop.owner, shop.id, picture("blue", 1_200))
    assert address == await catalog.store_image(objects, shop.owner, shop.id, picture("blue", 1_200))
    body = await catalog.read_image(objects, shop.id, address.rpartition("/")[2] + "-480.webp")
    assert Image.open(io.BytesIO(body)).size == (480, 480)
    for name in ("../x-480.webp", "x-480.webp", "0" * 32 + "-481.webp", "0" * 32 + "-480.webp"):
        with pytest.raises(NotFound):
            await catalog.read_image(objects, shop.id, name)
