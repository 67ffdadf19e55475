"""What the catalogue does on facts."""

from datong.adapters import Adapters
from datong.commerce.catalog.category_changes import follow_categories
from datong.commerce.catalog.import_jobs import run_imports
from datong.commerce.catalog.shelves import stock_shelves
from datong.commerce.catalog.takedowns import queue_takedowns, run_takedowns
from datong.facts.merchant import ShopOpened, ShopStateChanged
from datong.facts.order import OrderFinished
from datong.facts.qualification import QualificationEnded
from datong.kernel.fact import every, on
from datong.kernel.ids import bucket_of
from datong.kernel.sql import command
from datong.kernel.tx import Tx

COUNT_SOLD = command("update product set sold_count = sold_count + $3 where bkt = $1 and product_id = $2")


@on(OrderFinished, writes=lambda fact: [bucket_of(fact.shop_id)])
async def count_sold(tx: Tx, fact: OrderFinished) -> None:
    """A product's sold count grows by what was confirmed."""
    for line in sorted(fact.lines, key=lambda each: each.product_id):
        await tx.run(COUNT_SOLD, bucket_of(fact.shop_id), line.product_id, line.quantity)


@on(ShopOpened, writes=lambda fact: [bucket_of(fact.shop_id)])
async def show_goods(tx: Tx, fact: ShopOpened) -> None:
    """What a shop had prepared stands on its shelves when it opens."""
    await stock_shelves(tx, fact.shop_id)


@on(ShopStateChanged, writes=lambda fact: [bucket_of(fact.shop_id)])
async def follow_shop(tx: Tx, fact: ShopStateChanged) -> None:
    """The goods of a restricted shop stand on no shelf, those of one that is let back on theirs."""
    await stock_shelves(tx, fact.shop_id)


@on(QualificationEnded, writes=lambda fact: [bucket_of(fact.shop_id)])
async def look_at_goods(tx: Tx, fact: QualificationEnded) -> None:
    """Goods that were sold by what has ended are looked at, and taken down where nothing else covers them."""
    await queue_takedowns(tx, fact)


@every(1)
async def take_down_goods(adapters: Adapters) -> int:
    """Goods that their shop may not sell any more are taken down."""
    return await run_takedowns(adapters.db)


@every(5)
async def reshelve_goods(adapters: Adapters) -> int:
    """Goods of categories that were renamed or moved stand, and are found, where they belong now."""
    return await follow_categories(adapters.db)


@every(1)
async def publish_imported(adapters: Adapters) -> int:
    """Tables that merchants sent in are published, batch by batch."""
    return await run_imports(adapters.db)
