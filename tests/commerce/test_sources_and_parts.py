"""Where a line came from travels from cart to settlement, which pays whoever it names; a refund takes it back."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import pytest

from datong.commerce import cart, order
from datong.commerce.cart import SourceKind
from datong.commerce.payment import SettledLine, SettlementPart
from datong.commerce.rulebook import Rules
from datong.facts.order import LineSource, OrderFinished, OrderPaid, OrderRefunded
from datong.kernel.actor import Actor
from datong.kernel.fact import on
from datong.kernel.house import Account, House, Room, build_house
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid
from datong.kernel.sql import value
from datong.kernel.tx import Tx
from datong.wiring import WINGS, find_rooms
from tests.cases import CaseActions, ask, give_address, lines
from tests.make import Shop, Shopper, Town, open_town

PUBLISHER = 7 * 4096 + 5
BLOG = LineSource("referral", str(PUBLISHER), "visit-1")
CLIP = LineSource("referral", str(PUBLISHER), "visit-2")
GONE = LineSource("referral", str(PUBLISHER), "gone")
DUE = value(int, "select coalesce(sum(amount), 0)::bigint from balance where account = 'referral_due'")


def referral(heard: list[object]) -> Room:
    """A room that pays five percent of a line to the publisher who brought its buyer."""

    async def check(_: Tx, source: LineSource) -> bool:
        return source.token != GONE.token

    def parts(line: SettledLine, _: Rules, __: datetime) -> Sequence[tuple[int, int, int]]:
        return [(int(line.source.ref), 500, 3)] if line.source else []

    async def hear(_: Tx, fact: object) -> None:
        heard.append(fact)

    return Room(
        name="referral", wing="marketing", uses=("cart", "payment"),
        accounts=(Account("referral_due", "publisher", "on its way to publishers"),),
        provides=(
            SourceKind(key="referral", check=check),
            SettlementPart(key="referral", account="referral_due", parts=parts),
        ),
        reactions=tuple(
            on(fact, writes=lambda each: [bucket_of(each.owner_id)])(hear)
            for fact in (OrderPaid, OrderFinished, OrderRefunded)
        ),
    )  # fmt: skip


def with_names(room: Room) -> House:
    for reaction in room.reactions:
        reaction.name = f"referral.hear_{reaction.fact.__name__}"
    return build_house([*find_rooms(), room], WINGS)


@pytest.fixture
async def heard() -> list[object]:
    return []


@pytest.fixture
async def referred(dsn: str, heard: list[object]) -> AsyncIterator[Town]:
    """A town in which the referral room is installed."""
    async with open_town(dsn, house=with_names(referral(heard))) as town:
        yield town


async def fill(town: Town, price: int = 10_000) -> tuple[Shop, Shopper, int, int]:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(price, 100)
    return shop, shopper, goods.product_id, goods.sku_id


async def due(town: Town) -> int:
    async with town.db.read() as tx:
        return await tx.one(DUE)


async def test_the_same_sku_from_two_sources_is_two_lines(referred: Town) -> None:
    _, shopper, product, sku = await fill(referred)
    for source in (BLOG, CLIP, BLOG):
        await cart.put_in_cart(referred.db, shopper.actor, product, sku, 1, source)
    await cart.put_in_cart(referred.db, shopper.actor, product, sku, 1)
    async with referred.db.read() as tx:
        view = await cart.get_cart(tx, shopper.actor, "31")
        assert await cart.count_pieces(tx, shopper.actor) == 4
    assert sorted((line.source.token, line.quantity) for line in view.lines) == [
        ("", 1),
        ("visit-1", 2),
        ("visit-2", 1),
    ]
    await referred.db.run(cart.change_line, shopper.actor, sku, quantity=5, source=CLIP)
    await referred.db.run(cart.remove_from_cart, shopper.actor, sku, BLOG)
    async with referred.db.read() as tx:
        view = await cart.get_cart(tx, shopper.actor, "31")
    assert sorted((line.source.token, line.quantity) for line in view.lines) == [("", 1), ("visit-2", 5)]


async def test_a_source_of_no_known_kind_is_refused(referred: Town) -> None:
    _, shopper, product, sku = await fill(referred)
    with pytest.raises(Invalid, match="referral"):
        await cart.put_in_cart(referred.db, shopper.actor, product, sku, 1, LineSource("weather", "rain"))
    with pytest.raises(Invalid, match="100 printable"):
        await cart.put_in_cart(referred.db, shopper.actor, product, sku, 1, LineSource("referral", "x" * 101))


async def place(town: Town, shopper: Shopper, product: int, sku: int, *sources: LineSource) -> int:
    for source in sources:
        await cart.put_in_cart(town.db, shopper.actor, product, sku, 1, source)
    purchase = await shopper.place()
    async with town.db.read() as tx:
        assert (await cart.get_cart(tx, shopper.actor, "31")).lines == []
    await shopper.pay(purchase)
    (placed,) = await shopper.orders(purchase)
    return placed.order_id


async def test_what_brought_a_buyer_is_paid_out_of_the_shops_part_and_taken_back(
    referred: Town, heard: list[object]
) -> None:
    shop, shopper, product, sku = await fill(referred)
    await give_address(shop)
    order_id = await place(referred, shopper, product, sku, BLOG, GONE)
    bought = await lines(referred, order_id)
    assert sorted(line.came_from.token for line in bought) == ["", "visit-1"], "a source that is gone is left off"
    await shop.ship(order_id)
    await shopper.confirm(order_id)
    await referred.check_books()
    assert await due(referred) == 500
    finished = next(fact for fact in heard if isinstance(fact, OrderFinished))
    assert [(part.name, part.payee_id, part.amount) for part in finished.parts] == [("referral", PUBLISHER, 500)]
    assert finished.earned.amount == finished.paid.amount - finished.commission.amount - 500
    assert next(fact for fact in heard if isinstance(fact, OrderPaid)).lines[0].source in {BLOG, LineSource()}
    number = next(number for number, each in enumerate(bought) if each.came_from)
    case_id = await ask(shopper, order_id, "REFUND", "quality", number, amount=5_000)
    await CaseActions(referred, case_id).agree(shop)
    await referred.check_books()
    assert await due(referred) == 250
    back = next(fact for fact in heard if isinstance(fact, OrderRefunded))
    assert [part.amount for part in back.parts] == [-250]


async def test_a_price_that_is_changed_before_payment_changes_the_part(referred: Town) -> None:
    shop, shopper, product, sku = await fill(referred)
    await cart.put_in_cart(referred.db, shopper.actor, product, sku, 1, BLOG)
    purchase = await shopper.place()
    (placed,) = await shopper.orders(purchase)
    await referred.db.run(order.reprice_order, shop.owner, placed.order_id, 4_000, 0)
    (line,) = await lines(referred, placed.order_id)
    (part,) = line.settlement_parts.parts
    assert (part.base, part.amount, part.rate_bps, part.version) == (6_000, 300, 500, 3)


async def test_a_guests_sourced_lines_move_in_at_log_in(referred: Town) -> None:
    _, shopper, product, sku = await fill(referred)
    guest = Actor(4096 * 9 + 3)
    await cart.put_in_cart(referred.db, guest, product, sku, 2, BLOG)
    await cart.put_in_cart(referred.db, shopper.actor, product, sku, 1, BLOG)
    await cart.merge_guest_cart(referred.db, shopper.actor, guest.id)
    async with referred.db.read() as tx:
        view = await cart.get_cart(tx, shopper.actor, "31")
        assert (await cart.get_cart(tx, guest, "31")).lines == []
    assert [(line.source, line.quantity) for line in view.lines] == [(BLOG, 3)]
