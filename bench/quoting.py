"""What a quote costs.

The engine alone for 20 lines × 50 promotions, and a whole quote beside a million inactive promotions.

`python -m bench.quoting [--json] [--inactive 1000000]`.
"""

import argparse
import time

import asyncpg
import msgspec
import uvloop

from bench.growth import time_of
from bench.town import bench_town, show, stock_shop
from datong.commerce import pricing
from datong.commerce.catalog import ProductScope
from datong.commerce.pricing import (
    LAYERS,
    BuyerEntitlements,
    Discount,
    PricedLine,
    StackingPolicy,
    apply_best_discounts,
)
from datong.commerce.voucher import Terms, Tier
from datong.kernel.gc_tuning import freeze_gc
from tests.make import Town

LINES, PROMOTIONS, ROUNDS = 20, 50, 400
KINDS = ("item", "shop", "shop_voucher", "cross", "voucher", "envelope")


def engine_cpu_ms() -> float:
    """CPU of the pure function, in ms a quote: 20 lines of four shops, 50 tools on six layers that all might work."""
    lines = [PricedLine(n, 100 + n, n % 4, 1, (9, 8), 1 + n % 3, 5_000 + 100 * n) for n in range(LINES)]
    tools = []
    for number in range(PROMOTIONS):
        layer = KINDS[number % len(KINDS)]
        tier = Tier("percent", 500 + number) if layer == "item" else Tier("minus", 300 + number, 5_000)
        terms = Terms(layer, [tier], ProductScope(categories=[8]))
        owner = number % 4 if layer in {"item", "shop", "shop_voucher"} else 0
        tools.append(
            Discount(number + 1, 1, owner, {"en": "x"}, terms, terms.reach.sets(), is_voucher="voucher" in layer)
        )
    stack = StackingPolicy(LAYERS.default)
    freeze_gc()
    started = time.process_time()
    for _ in range(ROUNDS):
        apply_best_discounts(lines, tools, BuyerEntitlements(), stack)
    return (time.process_time() - started) * 1000 / ROUNDS


async def quote_ms(town: Town, wanted: list[pricing.LineRequest]) -> float:
    """The p50 of a whole quote, reads included."""

    async def ask() -> None:
        async with town.db.read() as tx:
            await pricing.quote(tx, wanted, "31")

    return await time_of(ask)


async def main(inactive: int, *, as_json: bool) -> None:
    """The engine, then the quote before and after the inactive ones."""
    async with bench_town() as (server, town):
        shop = await town.shop()
        goods = await stock_shop(town, shop, LINES, 1_000)
        wanted = [pricing.LineRequest(product_id, sku_id, 1) for product_id, sku_id in goods]
        for number in range(30):
            await shop.promote("shop", Tier("minus", 100 + number, 1_000 + number))
        for number in range(20):
            await town.promote("cross", Tier("minus", 100 + number, 2_000 + number))
        before = await quote_ms(town, wanted)
        connection = await asyncpg.connect(server.dsn())
        terms = msgspec.json.encode(Terms("shop", [Tier("minus", 100, 1_000)])).decode()
        await connection.execute(
            """
            insert into promotion (bkt, promotion_id, owner_id, version, state, titles, terms, starts_at, ends_at,
                budget, limit_uses, per_buyer, made_by, made_at)
            select $1, n, $2, 1, case when n % 2 = 0 then 'LIVE' else 'STOPPED' end, '{"en": "old"}', $3::jsonb,
                now() - interval '2 years', now() - interval '1 year', 0, 0, 0, 1, now()
            from generate_series(1, $4::bigint) n
            """,
            shop.id & 4095, shop.id, terms, inactive,
        )  # fmt: skip
        await connection.execute("vacuum analyze promotion")
        await connection.close()
        after = await quote_ms(town, wanted)
    rows: list[tuple[str, object]] = [
        ("engine_cpu_ms", engine_cpu_ms()),
        ("quote_p50_ms", before),
        ("quote_p50_ms_with_inactive", after),
        ("inactive", inactive),
        ("times", after / before),
    ]
    show(f"Quoting {LINES} lines × {PROMOTIONS} promotions (ms)", rows, as_json=as_json)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--inactive", type=int, default=1_000_000)
    asked = parser.parse_args()
    uvloop.run(main(asked.inactive, as_json=asked.json))
