"""What the catalogue does on facts."""

from datong.adapters import Adapters
from datong.commerce.catalog.import_jobs import run_imports
from datong.facts.order import OrderFinished
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


@every(1)
async def publish_imported(adapters: Adapters) -> int:
    """Tables that merchants sent in are published, batch by batch."""
    return await run_imports(adapters.db)
