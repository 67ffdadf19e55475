"""Guards that nothing else would miss: each of these tests fails when one line of a use case is taken out."""

from datetime import timedelta

import asyncpg
import pytest

from datong.adapters.courier import TrackingCode, TrackingNews
from datong.adapters.payment import GatewayEvent
from datong.commerce import cart, catalog, fulfilment, inventory, merchant, order, payment, pricing
from datong.commerce.merchant.staff import MAX_STAFF
from datong.commerce.order import CannotExtend
from datong.commerce.payment.ledger import Leg, post
from datong.commerce.payment.take_payment import AmountDiffers
from datong.commerce.pricing import LineRequest
from datong.commerce.pricing.budget_use import expire_uses
from datong.commerce.voucher import Tier
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.money import MAX_AMOUNT, Money
from datong.kernel.outbox import MARGIN
from datong.kernel.refusal import Invalid, NotAllowed, NotFound
from datong.kernel.sql import Command, command, value
from datong.wiring import find_house
from tests.cases import bought
from tests.make import Shopper, Town

HOLDS = value(int, "select count(*) from hold where state = 'HELD'")
USES = value(int, "select count(*) from promotion_use where state = 'HELD'")
KILL = command("update fact_outbox set dead_at = told_at where kind = 'PurchasePlaced' and $1 = 0")


async def run(town: Town, statement: Command, *args: object) -> None:
    async with town.db.begin() as tx:
        await tx.run(statement, *args)


async def test_a_sku_is_sold_and_priced_under_its_own_product_alone(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    cheap, dear = await shop.product(100), await shop.product(90_000)
    with pytest.raises(NotFound):
        await cart.put_in_cart(town.db, shopper.actor, cheap.product_id, dear.sku_id, 1)
    for wanted in (
        [LineRequest(cheap.product_id, dear.sku_id, 1)],
        [LineRequest(cheap.product_id, dear.sku_id, 1), LineRequest(dear.product_id, dear.sku_id, 1)],
    ):
        async with town.db.read() as tx:
            quote = await pricing.quote(tx, wanted, "31")
        assert [(each.sku_id, each.product_id) for each in quote.unavailable] == [(dear.sku_id, cheap.product_id)]
        assert quote.total.amount == 90_000 * (len(wanted) - 1)


async def test_a_list_price_is_changed_by_the_sale_key_of_that_product_alone(town: Town) -> None:
    shop = await town.shop()
    one, other = await shop.product(skus=2), await shop.product()
    async with town.db.read() as tx:
        name = catalog.sale_key((await catalog.get_product(tx, one.product_id)).skus[0].labels)
    with pytest.raises(NotFound):
        await catalog.set_list_prices(town.db, shop.owner, shop.id, other.product_id, {name: 1})
    stranger = await town.shop()
    with pytest.raises(NotFound):
        await catalog.set_list_prices(town.db, stranger.owner, stranger.id, one.product_id, {name: 1})
    async with town.db.read() as tx:
        assert {sku.list_price for sku in (await catalog.get_product(tx, one.product_id)).skus} == {10_000}


async def paid_event(town: Town) -> tuple[Shopper, int, GatewayEvent]:
    """A purchase that was paid at the gateway, whose word was not taken yet."""
    shopper = await town.shopper()
    await shopper.fill(await (await town.shop()).product(5_000))
    purchase_id = await shopper.place()
    settled = await town.gateway.settle(await shopper.open_charge(purchase_id), "lost")
    assert settled
    event = await town.gateway.find_charge(settled.charge_id, settled.ref)
    assert event
    return shopper, purchase_id, event


async def test_the_same_amount_in_another_currency_is_not_the_payment(town: Town) -> None:
    shopper, purchase_id, event = await paid_event(town)
    wrong = GatewayEvent("other", event.kind, event.subject_id, event.provider_ref, Money(5_000, "USD"))
    with pytest.raises(AmountDiffers):
        await payment.take_payment(town.db, wrong)
    assert {each.state for each in await shopper.orders(purchase_id)} == {"WAIT_BUYER_PAY"}
    assert await payment.take_payment(town.db, event), "the right word is still taken"
    await town.check_books()


async def test_a_success_after_a_failure_is_money_that_is_there(town: Town) -> None:
    shopper, purchase_id, event = await paid_event(town)
    failed = GatewayEvent("failed", "charge_failed", event.subject_id, event.provider_ref, event.amount)
    assert not await payment.take_payment(town.db, failed)
    assert {each.state for each in await shopper.orders(purchase_id)} == {"WAIT_BUYER_PAY"}
    assert await payment.take_payment(town.db, event)
    late = GatewayEvent("late", "charge_failed", event.subject_id, event.provider_ref, event.amount)
    again = GatewayEvent("again", event.kind, event.subject_id, event.provider_ref, event.amount)
    assert not await payment.take_payment(town.db, late)
    assert not await payment.take_payment(town.db, again), "a second success under another number pays nothing twice"
    assert {each.state for each in await shopper.orders(purchase_id)} == {"WAIT_SELLER_SEND_GOODS"}
    await town.check_books()


async def test_news_of_a_parcel_names_its_courier_and_number_and_never_takes_it_back(town: Town) -> None:
    shop, _, order_id = await bought(town)
    await shop.ship(order_id)

    async def tell(number: int, code: TrackingCode, courier: str = "sandbox", tracking_no: str = "") -> tuple[int, str]:
        async with town.db.read() as tx:
            (parcel,) = await fulfilment.list_parcels(tx, order_id)
        news = TrackingNews(
            f"event-{number}", tracking_no or parcel.tracking_no, code, "door", town.db.now(), parcel.parcel_id
        )
        taken = await fulfilment.record_news(town.db, courier, news)
        async with town.db.read() as tx:
            (parcel,) = await fulfilment.list_parcels(tx, order_id)
        return taken, parcel.state

    assert await tell(1, "delivered", courier="other") == (0, "SENT")
    assert await tell(2, "delivered", tracking_no="SB-of-another") == (0, "SENT")
    assert await tell(3, "accepted") == (1, "MOVING")
    assert await tell(4, "delivered") == (1, "DELIVERED")
    assert await tell(5, "in_transit") == (1, "DELIVERED"), "news that comes late is kept and moves nothing"
    assert await tell(6, "failed") == (1, "DELIVERED")
    assert await tell(4, "delivered") == (0, "DELIVERED")


async def test_who_bought_elsewhere_writes_no_memo_on_that_order(town: Town) -> None:
    """A merchant may see the order, being its buyer; the seller's memo stays the seller's."""
    _, shopper, order_id = await bought(town)
    own = await town.shop()
    buyer = Actor(shopper.actor.id, "member", {own.id: find_house().rights_of("owner")})
    async with town.db.read() as tx:
        seller_id = (await order.get_order(tx, shopper.actor, order_id)).order.shop_id
    for shop_id in (own.id, seller_id):
        with pytest.raises(NotAllowed):
            async with town.db.begin(bucket_of(seller_id)) as tx:
                await order.set_memo(tx, buyer, shop_id, order_id, 1, "mine")


async def test_a_buyer_takes_more_time_once_and_only_at_the_end(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)

    async def extend() -> timedelta:
        async with town.db.begin(shopper.actor.bucket) as tx:
            await order.extend_by_buyer(tx, shopper.actor, order_id)
        due_at = (await shopper.order(order_id)).due_at
        assert due_at
        return due_at - town.db.now()

    with pytest.raises(CannotExtend) as refused:
        await extend()
    due_at = (await shopper.order(order_id)).due_at
    assert due_at
    town.clock.shift += due_at - town.db.now() - timedelta(hours=1)
    left = await extend()
    assert timedelta(days=refused.value.days) < left <= timedelta(days=refused.value.days, hours=1)
    town.clock.shift += left - timedelta(hours=1)
    with pytest.raises(CannotExtend):
        await extend()


async def test_a_shop_has_so_many_staff_and_its_ways_out_stay_open(town: Town) -> None:
    shop = await town.shop()
    people = [await town.shopper() for _ in range(2)]
    await merchant.set_staff(town.db, shop.owner, shop.id, people[0].actor.id, "editor")
    async with town.db.begin(bucket_of(shop.id)) as tx:
        fill = command(
            "insert into staff (bkt, shop_id, member_id, role, version, since) "
            "select $1, $2, n, 'editor', 1, $3 from generate_series($4::bigint, $5::bigint) n"
        )
        await tx.run(fill, bucket_of(shop.id), shop.id, tx.now, 1, MAX_STAFF - 2)
    with pytest.raises(Invalid):
        await merchant.set_staff(town.db, shop.owner, shop.id, people[1].actor.id, "editor")
    await merchant.set_staff(town.db, shop.owner, shop.id, people[0].actor.id, "shipper")
    await merchant.set_staff(town.db, shop.owner, shop.id, people[0].actor.id, "")
    await merchant.set_staff(town.db, shop.owner, shop.id, people[1].actor.id, "editor")
    with pytest.raises(Invalid):
        await merchant.set_staff(town.db, shop.owner, shop.id, people[0].actor.id, "editor")
    async with town.db.begin(bucket_of(shop.id)) as tx:
        await tx.run(fill, bucket_of(shop.id), shop.id, tx.now, MAX_STAFF, MAX_STAFF + 5)
    await merchant.set_staff(town.db, shop.owner, shop.id, people[1].actor.id, "")


async def test_the_ledger_takes_no_posting_that_is_not_whole(town: Town) -> None:
    async def attempt(*legs: Leg) -> None:
        async with town.db.begin(5) as tx:
            await post(tx, legs, "CNY", "test", 1)

    with pytest.raises(ValueError, match="does not sum to zero"):
        await attempt(Leg("gateway", 0, -5), Leg("unapplied", 1, 4))
    with pytest.raises(ValueError, match="posting"):
        await attempt(Leg("gateway", 0, -MAX_AMOUNT - 1), Leg("unapplied", 1, MAX_AMOUNT + 1))
    with pytest.raises(asyncpg.CheckViolationError):
        await attempt(Leg("escrow", 1, -1), Leg("unapplied", 1, 1))
    await attempt(Leg("gateway", 0, -MAX_AMOUNT), Leg("unapplied", 1, MAX_AMOUNT))
    await attempt(Leg("unapplied", 1, -MAX_AMOUNT), Leg("refund_due", 1, MAX_AMOUNT))
    with pytest.raises(asyncpg.CheckViolationError):
        await attempt(Leg("unapplied", 1, -1), Leg("refund_due", 1, 1))
    async with town.db.read() as tx:
        entries = await tx.one(value(int, "select count(*) from ledger_entry"))
    assert entries == 4, "what was refused left nothing behind"


async def held(town: Town) -> tuple[int, int]:
    """How many holds of stock and uses of promotions are neither bound nor let go of, after both sweeps."""
    await inventory.expire_holds(town.db)
    await expire_uses(town.db)
    async with town.db.read() as tx:
        return await tx.one(HOLDS), await tx.one(USES)


async def test_what_an_undelivered_purchase_is_still_to_bind_never_expires(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    await shop.promote("item", Tier("percent", 500), budget=1_000_000)
    goods = await shop.product()
    await town.deliver()
    await shopper.fill(goods)
    purchase_id = await shopper.place()
    town.move_clock(hours=2)
    assert await held(town) == (1, 1)
    await shopper.pay(purchase_id)
    await run(town, KILL, 0)
    town.move_clock(days=2)
    assert await held(town) == (1, 1), "a dead letter keeps what it would have bound"


async def test_a_hold_of_nothing_expires_but_not_before_a_late_commit_would_be_seen(town: Town) -> None:
    goods = await (await town.shop()).product()
    await town.deliver()
    await inventory.hold(town.db, 4097, {goods.sku_id: 1})
    town.move_clock(seconds=inventory.HOLD_SECONDS.default + 1)
    assert (await held(town))[0] == 1
    town.move_clock(seconds=MARGIN.total_seconds())
    assert (await held(town))[0] == 0


@pytest.mark.parametrize("first", [6, 881], ids=["what both have is oldest", "what both have is newest"])
async def test_a_guests_cart_moves_in_up_to_the_limits(town: Town, first: int) -> None:
    """120 lines of the guest meet 10 of the member, 5 of them of the same SKUs."""
    shopper = await town.shopper()
    member, guest = shopper.actor, Actor(4096 * 9 + 3)
    fill = command(
        "insert into cart_line (bkt, owner_id, sku_id, product_id, quantity, is_ticked, added_at) "
        "select $1, $2, n, n, $3, true, $4::timestamptz + n * interval '1 second' "
        "from generate_series($5::bigint, $6::bigint) n"
    )
    own = 1 if first == 6 else 996
    for owner, quantity, begin, end in ((member, 9_000, own, own + 9), (guest, 1_000, first, first + 119)):
        async with town.db.begin(owner.bucket) as tx:
            await tx.run(fill, owner.bucket, owner.id, quantity, tx.now, begin, end)
    await cart.merge_guest_cart(town.db, member, guest.id)
    lines = value(int, "select quantity from cart_line where bkt = $1 and owner_id = $2 order by sku_id")
    async with town.db.read() as tx:
        kept = await tx.all(lines, member.bucket, member.id)
        assert await tx.all(lines, guest.bucket, guest.id) == []
    assert len(kept) == cart.MAX_LINES
    assert sorted(set(kept)) == [1_000, 9_000, cart.MAX_QUANTITY]
    assert kept.count(9_000) >= 5, "what the member had alone is as it was"


async def test_a_full_cart_takes_more_of_what_is_in_it_and_nothing_else(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    one, other = await shop.product(), await shop.product()
    fill = command(
        "insert into cart_line (bkt, owner_id, sku_id, product_id, quantity, is_ticked, added_at) "
        "select $1, $2, n, n, 1, false, $3 from generate_series(1, $4) n"
    )
    await shopper.fill(one)
    async with town.db.begin(shopper.actor.bucket) as tx:
        await tx.run(fill, shopper.actor.bucket, shopper.actor.id, tx.now, cart.MAX_LINES - 1)
    await shopper.fill(one)
    with pytest.raises(cart.CartFull):
        await shopper.fill(other)
