"""The town's orders: some in every state, by the same steps as a shopper's, paid at the sandbox."""

import httpx

from datong.adapters import Adapters
from datong.adapters.payment.sandbox import SandboxGateway
from datong.commerce import cart, catalog, member, order, payment
from datong.demo.cases import PLAYS, staff_of
from datong.importers.progress import Progress
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Db, Tx
from datong.settings import Settings
from datong.wiring import make_adapters

PLAN: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("unpaid", (0, 18)), ("paid", (0, 21)), ("paid", (0,)), ("cancelled", (0, 6)), ("shipped", (0, 18)),
    ("part", (0,)), ("finished", (0, 21)), ("finished", (0,)), ("closed", (3,)), ("paid", (21,)),
    ("shipped", (21, 1)), ("unpaid", (13,)), ("wished", (21,)), ("to return", (0,)),
    ("disputed", (0,)), ("to return", (0,)), ("disputed", (21,)),
)  # fmt: skip
"""What becomes of each purchase, and the numbers of the shops it buys from."""
ADDRESSES = (
    member.AddressDraft(
        "Li Lei 李雷", "13800001111", "31", "Shanghai 上海", "12 Yan'an Road 延安路12号", is_default=True
    ),
    member.AddressDraft("Li Lei 李雷", "13800001111", "65", "Urumqi 乌鲁木齐", "3 Tianshan Lane 天山巷3号"),
)


async def place_town_orders(settings: Settings, db: Db, people: dict[str, int], shops: list[int]) -> None:
    """Place them for both shoppers in turn."""
    shoppers = [Actor(people[login], "member") for login in ("lilei@demo", "hanmeimei@demo")]
    homes = [await _settle_in(db, shopper) for shopper in shoppers]
    progress = Progress("orders", len(PLAN))
    async with httpx.AsyncClient() as client:
        adapters = make_adapters(db, settings, client)
        for number, (fate, numbers) in enumerate(PLAN):
            chosen = [shops[each] for each in numbers]
            turn = number % len(shoppers)
            await _play(adapters, shoppers[turn], homes[turn], chosen, fate, number)
            progress.add()
    progress.end()


async def _settle_in(db: Db, shopper: Actor) -> int:
    async with db.begin(shopper.bucket) as tx:
        kept = await member.list_addresses(tx, shopper)
        made = [await member.add_address(tx, shopper, draft) for draft in ADDRESSES] if not kept else []
        return made[0] if made else kept[0].address_id


async def _play(adapters: Adapters, shopper: Actor, home: int, shops: list[int], fate: str, number: int) -> None:
    db = adapters.db
    lines = 2 if fate == "part" else 1
    for shop_id in shops:
        async with db.read() as tx:
            wanted = await _goods_of(tx, shop_id, number, lines)
        for product_id, sku_id in wanted:
            await cart.put_in_cart(db, shopper, product_id, sku_id, 1 + number % 2)
    async with db.read() as tx:
        address = await member.get_address(tx, shopper, home)
        agreed = (await cart.get_cart(tx, shopper, address.region)).ticked.total
    purchase_id = await order.place_purchase(db, shopper, home, agreed, f"town-{number}")
    async with db.read() as tx:
        orders = (await order.get_purchase(tx, shopper, purchase_id)).orders
    if fate == "closed":
        async with db.begin(shopper.bucket) as tx:
            await order.end_unpaid(tx, await order.lock_order(tx, orders[0].order_id), "not_wanted")
    if fate in {"unpaid", "closed"}:
        return
    await _pay(adapters, shopper, purchase_id)
    for each in orders:
        await _after_payment(adapters, shopper, each, fate)


async def _goods_of(tx: Tx, shop_id: int, number: int, count: int) -> list[tuple[int, int]]:
    page = await catalog.list_shop_cards(tx, shop_id, limit=12)
    found: list[tuple[int, int]] = []
    for step in range(count):
        card = page.items[(number + step) % len(page.items)]
        view = await catalog.get_product(tx, card.product_id)
        found.append((card.product_id, view.skus[0].sku_id))
    return found


async def _pay(adapters: Adapters, shopper: Actor, purchase_id: int) -> None:
    gateway = adapters.gateways["sandbox"]
    url = await order.pay_purchase(adapters.db, adapters.gateways, shopper, purchase_id, "sandbox", adapters.base_url)
    if not isinstance(gateway, SandboxGateway):
        return
    settled = await gateway.settle(url.rpartition("/")[2], "lost")
    event = await gateway.find_charge(settled.charge_id, settled.ref) if settled else None
    if event is not None:
        await payment.take_payment(adapters.db, event)


async def _after_payment(adapters: Adapters, shopper: Actor, placed: order.ShopOrder, fate: str) -> None:
    db, order_id, bucket = adapters.db, placed.order_id, bucket_of(placed.order_id)
    staff = staff_of(placed.shop_id)
    is_sent_first, play = PLAYS.get(fate, (False, None))
    if fate == "cancelled":
        async with db.begin(bucket) as tx:
            await order.cancel_paid_order(tx, staff, order_id, "out_of_stock")
    if is_sent_first or fate in {"shipped", "part", "finished"}:
        async with db.begin(bucket) as tx:
            view = await order.get_order(tx, staff, order_id)
            lines = [view.lines[0].line_id] if fate == "part" else []
            await order.ship_order(tx, staff, order_id, "sandbox", f"SB{order_id}", "town", lines)
    if fate == "finished":
        async with db.begin(bucket) as tx:
            await order.confirm_order(tx, shopper, order_id)
    if play is not None:
        await play(adapters, shopper, staff, order_id)
