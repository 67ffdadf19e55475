"""The town's promotions: a few shops' own, a campaign over all that take part, and vouchers to claim."""

from datetime import timedelta

from datong.commerce import catalog, pricing, voucher
from datong.commerce.voucher import PLATFORM_FUNDER, SHOP_FUNDER, WHOLE, Share, Terms, Tier
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Db
from datong.wiring import find_house

DAYS = 120
PLATFORM = Actor(1, "member", {}, frozenset({"promotion:edit", "promotion:read"}))
SHARED = [Share(SHOP_FUNDER, WHOLE // 2), Share(PLATFORM_FUNDER, WHOLE // 2)]
BY_PLATFORM = [Share(PLATFORM_FUNDER, WHOLE)]


async def start_town_promotions(db: Db, shops: list[int]) -> None:
    """Start what the town's shops and the platform offer; what runs already is left as it is."""
    campaign = await _start(
        db, 0, PLATFORM, {"en": "¥50 off every ¥300", "zh": "跨店每满300减50"},
        Terms("cross", [Tier("minus", 5_000, 30_000)], funders=SHARED, is_repeated=True, is_enrolled=True), 50_000_000,
    )  # fmt: skip
    for number, shop_id in enumerate(shops):
        staff = Actor(1, "member", {shop_id: find_house().rights_of("owner")})
        if number % 3 == 0:
            terms = Terms("shop", [Tier("minus", 2_000, 19_900), Tier("minus", 5_000, 39_900)])
            await _start(
                db, shop_id, staff, {"en": "¥20 off ¥199+, ¥50 off ¥399+", "zh": "满199减20，满399减50"}, terms
            )
        if number % 3 == 1:
            await _sell_cheaper(db, shop_id, staff)
        if number % 4 == 0:
            await _offer(
                db, shop_id, staff, "coupon", {"en": "Welcome to our shop", "zh": "新客优惠券"},
                Terms("shop_voucher", [Tier("minus", 1_000, 10_000)]),
            )  # fmt: skip
        if number % 2 == 0:
            async with db.begin(bucket_of(shop_id)) as tx:
                await pricing.enrol_shop(tx, staff, shop_id, campaign)
    await _offer(
        db, 0, PLATFORM, "coupon", {"en": "Sitewide coupon", "zh": "平台通用券"},
        Terms("voucher", [Tier("minus", 1_500, 20_000)], funders=BY_PLATFORM),
    )  # fmt: skip
    await _offer(
        db, 0, PLATFORM, "envelope", {"en": "Red envelope", "zh": "红包"},
        Terms("envelope", [Tier("minus", 300)], funders=BY_PLATFORM),
    )  # fmt: skip


async def _sell_cheaper(db: Db, shop_id: int, staff: Actor) -> None:
    async with db.read() as tx:
        cards = (await catalog.list_shop_cards(tx, shop_id, limit=4)).items
    reach = catalog.ProductScope(products=[card.product_id for card in cards])
    terms = Terms("item", [Tier("percent", 1_500)], reach, floor=100)
    await _start(db, shop_id, staff, {"en": "15% off", "zh": "限时85折"}, terms)


async def _start(
    db: Db, owner_id: int, actor: Actor, titles: dict[str, str], terms: Terms, budget: int = 0
) -> int:  # fmt: skip
    now = db.now()
    draft = pricing.PromotionDraft(titles, terms, now, now + timedelta(days=DAYS), budget)
    async with db.begin(bucket_of(owner_id)) as tx:
        for each in await pricing.list_promotions(tx, actor, owner_id):
            if each.titles == titles:
                return each.promotion_id
        return await pricing.make_promotion(tx, actor, owner_id, draft)


async def _offer(db: Db, owner_id: int, actor: Actor, kind: str, titles: dict[str, str], terms: Terms) -> None:
    now = db.now()
    until = now + timedelta(days=DAYS)
    draft = voucher.TemplateDraft(kind, titles, terms, 10_000, 1, now, until, use_days=30)
    async with db.begin(bucket_of(owner_id)) as tx:
        if any(each.titles == titles for each in await voucher.list_templates(tx, actor, owner_id)):
            return
        await voucher.issue_template(tx, actor, owner_id, draft)
