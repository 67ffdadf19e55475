"""Everyone on the stage of a rehearsal in a test town."""

from datong.commerce import catalog, rulebook
from datong.kernel.actor import SYSTEM
from datong.runtime.bootstrap import MALL, MALL_ID, MARKET
from datong.simulation.trade_actors import Buyer, Cast, Seller
from tests.cases import OTHER_STAFF, STAFF
from tests.make import Town


async def cast_of(town: Town, shops: int, buyers: int) -> Cast:
    """Shops of both brands with a few goods each, and shoppers."""
    sellers: list[Seller] = []
    async with town.db.begin() as tx:
        await rulebook.set_parameter(
            tx, SYSTEM, catalog.NEEDS_AUTHORISATION.name, False, scope_kind="storefront", scope_id=MALL_ID
        )
    for number in range(shops):
        brand, kind = (MALL, "mall") if number % 4 == 3 else (MARKET, "enterprise")
        shop = await town.shop(brand, kind)
        freight = await shop.freight()
        goods = [await shop.product(price, 500, freight=freight) for price in (990, 5_900, 12_800, 29_900)]
        sellers.append(Seller(shop.id, [(each.product_id, each.sku_id) for each in goods]))
    found = [await town.shopper() for _ in range(buyers)]
    return Cast([Buyer(each.actor, each.address_id) for each in found], sellers, (STAFF, OTHER_STAFF))
