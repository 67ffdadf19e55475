"""What search does on facts, and in the background."""

from collections.abc import Sequence
from datetime import timedelta

from datong.adapters import Adapters
from datong.commerce.rulebook import get_rules
from datong.facts.merchant import ShopOpened, ShopStateChanged
from datong.facts.order import OrderFinished, OrderPaid
from datong.facts.product import ProductPublished
from datong.facts.review import ShopScored
from datong.kernel.fact import every, on, on_all
from datong.kernel.ids import bucket_of
from datong.kernel.sql import command
from datong.kernel.tx import Tx
from datong.platform.search.dirty_queue import mark_products, mark_shop
from datong.platform.search.indexer import Feeder
from datong.platform.search.parameters import TRAIL_DAYS
from datong.platform.search.query_log import find_trails, note_orders
from datong.platform.search.signals import forget_old, learn_phrases, learn_signals

BUILD_TURNS = 3
PUT_SCORE = command(
    """
    insert into search_shop (bkt, shop_id, score, ratings) values ($1, $2, $3, $4)
    on conflict (bkt, shop_id) do update set score = $3, ratings = $4
    """
)


@on_all(ProductPublished, writes=lambda fact: [bucket_of(fact.product_id)])
async def look_again(tx: Tx, facts: Sequence[ProductPublished]) -> None:
    """What was published or changed is put into the index anew."""
    await mark_products(tx, [fact.product_id for fact in facts])


@on(OrderFinished, writes=lambda fact: [bucket_of(fact.shop_id)])
async def look_at_sold(tx: Tx, fact: OrderFinished) -> None:
    """Products that were sold rank by it."""
    await mark_products(tx, [line.product_id for line in fact.lines])


@on(ShopOpened, writes=lambda fact: [bucket_of(fact.shop_id)])
async def look_at_shop(tx: Tx, fact: ShopOpened) -> None:
    """What a shop had prepared is found when it opens."""
    await mark_shop(tx, fact.shop_id)


@on(ShopStateChanged, writes=lambda fact: [bucket_of(fact.shop_id)])
async def follow_shop(tx: Tx, fact: ShopStateChanged) -> None:
    """What a restricted shop sells is not found, and is again when it is let back."""
    await mark_shop(tx, fact.shop_id)


@on(ShopScored, writes=lambda fact: [bucket_of(fact.shop_id)])
async def keep_score(tx: Tx, fact: ShopScored) -> None:
    """A shop's score is what buyers experienced there."""
    await tx.run(PUT_SCORE, bucket_of(fact.shop_id), fact.shop_id, fact.score, fact.ratings)


@on(OrderPaid, writes=lambda fact: [bucket_of(fact.member_id)])
async def credit_queries(tx: Tx, fact: OrderPaid) -> None:
    """What was bought is noted for the query that had led to it."""
    days = (await get_rules(tx)).value(TRAIL_DAYS, tx.now)
    products = [line.product_id for line in fact.lines]
    trails = await find_trails(tx, fact.member_id, products, fact.paid_at - timedelta(days=days))
    await note_orders(tx, trails, fact.paid_at)


@every(0.25)
async def feed(adapters: Adapters) -> int:
    """Put what changed into the index; a build has a few turns before the next pause."""
    feeder = adapters.db.keep("search.feeder", lambda: Feeder(adapters.db, adapters.engine))
    fed = await feeder.feed()
    for _ in range(BUILD_TURNS):
        fed += await feeder.feed() if feeder.is_building else 0
    return fed


@every(60)
async def signals(adapters: Adapters) -> int:
    """Learn from what was shown, looked at and bought."""
    return await learn_signals(adapters.db)


@every(600)
async def phrases(adapters: Adapters) -> int:
    """Learn what many look for."""
    return await learn_phrases(adapters.db)


@every(3600)
async def forget(adapters: Adapters) -> int:
    """Forget what was kept long enough."""
    return await forget_old(adapters.db)
