"""One flagship a brand on a storefront: who is being given a brand claims it first. Source: domain.md §1.

Shops live in different buckets, so the claim is a row of its own in the bucket of the brand, under whose lock the other
shops are looked at. A claim is taken over only from a shop that neither has nor waits for the brand; what has ended
never comes back, so of two that are approved at once one is refused, wherever a process dies.
"""

from datong.commerce.merchant import Shop, ShopState, get_shops
from datong.commerce.qualification.states import SOLE_LEVELS, FlagshipTaken
from datong.kernel.ids import bucket_of
from datong.kernel.sql import changed_value, command, value
from datong.kernel.tx import Db

MAX_SHOPS = 1_000
LOCK = changed_value(
    int,
    """
    insert into brand_flagship as f (bkt, storefront_id, brand_id, shop_id, claimed_at) values ($1, $2, $3, $4, $5)
    on conflict (bkt, storefront_id, brand_id) do update set claimed_at = f.claimed_at returning f.shop_id
    """,
)
TAKE = command(
    """
    update brand_flagship set shop_id = $4, claimed_at = $5 where bkt = $1 and storefront_id = $2 and brand_id = $3
    """
)
HOLDERS = value(
    int,
    f"""
    select distinct shop_id from qualification
    where brand_id = $1 and kind = 'brand' and state in ('APPROVED')
      and (sole_storefront_id = $2 or level = '') order by shop_id
    limit {MAX_SHOPS}
    """,
)
IS_AFTER = value(
    int,
    """
    select 1 from qualification
    where bkt = $1 and shop_id = $2 and kind = 'brand' and brand_id = $3 and level = any($4)
      and state in ('SUBMITTED', 'APPROVED') limit 1
    """,
)


async def claim_flagship(db: Db, shop: Shop, brand_id: int, sole_kinds: list[str]) -> None:
    """Let a flagship have a brand to itself on its storefront.

    SELECT … FOR UPDATE of the claim in the brand's bucket, for no longer than this. Refuses `FlagshipTaken`.
    """
    async with db.begin(bucket_of(brand_id)) as tx:
        holder = await tx.one(LOCK, tx.bucket, shop.storefront_id, brand_id, shop.shop_id, tx.now)
        candidates = await tx.all(HOLDERS, brand_id, shop.storefront_id)
        is_other = holder != shop.shop_id
        if is_other and await tx.all(IS_AFTER, bucket_of(holder), holder, brand_id, list(SOLE_LEVELS)):
            candidates.append(holder)
        others = await get_shops(tx, [each for each in candidates if each != shop.shop_id])
        for each in others.values():
            is_there = each.state not in {ShopState.REJECTED, ShopState.CLOSED}
            if is_there and each.storefront_id == shop.storefront_id and each.kind in sole_kinds:
                raise FlagshipTaken(each.shop_id)
        if is_other:
            await tx.run(TAKE, tx.bucket, shop.storefront_id, brand_id, shop.shop_id, tx.now)
