"""Promotions and freight templates as rows: bounds, owners, versions, and uses that are held, kept and given back."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from datong.commerce import pricing
from datong.commerce.pricing import (
    BudgetUse,
    Buyer,
    FreightArea,
    FreightTemplate,
    LineRequest,
    PromotionDraft,
    reactions,
)
from datong.commerce.pricing.budget_use import PromotionUsedUp, expire_uses, give_back_uses, keep_uses, release_budget
from datong.commerce.pricing.freight_templates import MAX_TEMPLATES, TooManyTemplates, get_freight_templates
from datong.commerce.pricing.promotions import ITEM_PROMOTIONS, PromotionMoved, TooManyPromotions
from datong.commerce.rulebook import set_parameter
from datong.commerce.voucher import Gift, Share, Terms, Tier
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from datong.kernel.money import MAX_AMOUNT
from datong.kernel.outbox import MARGIN
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.sql import command
from tests.instants import TICK, share_bucket, stop_clock
from tests.make import OPERATOR, Shop, Shopper, Town

PIECES = FreightTemplate("pieces", [FreightArea(1, 500, 1, 100)])
DAY = timedelta(days=1)
NO_STOCK = command("delete from stock where sku_id = $1")


@pytest.fixture
async def shop(town: Town, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop in a town whose shops and members share one bucket and whose clock stands still."""
    share_bucket(monkeypatch)
    stop_clock(town, monkeypatch)
    return await town.shop()


def draft(
    town: Town, layer: str = "shop", value: int = 100, **changes: Any  # noqa: ANN401 - of a draft
) -> PromotionDraft:  # fmt: skip
    now = town.db.now()
    made = PromotionDraft({"en": "Less"}, Terms(layer, [Tier("minus", value)]), now, now + DAY)
    return msgspec.structs.replace(made, **changes)


async def make(shop: Shop, made: PromotionDraft) -> int:
    async with shop.town.db.begin(bucket_of(shop.id)) as tx:
        return await pricing.make_promotion(tx, shop.owner, shop.id, made)


async def change(shop: Shop, promotion_id: int, version: int, made: PromotionDraft) -> None:
    async with shop.town.db.begin(bucket_of(shop.id)) as tx:
        await pricing.change_promotion(tx, shop.owner, shop.id, promotion_id, version, made)


async def stop(shop: Shop, promotion_id: int) -> None:
    async with shop.town.db.begin(bucket_of(shop.id)) as tx:
        await pricing.stop_promotion(tx, shop.owner, shop.id, promotion_id)


async def kept(shop: Shop) -> list[pricing.Promotion]:
    async with shop.town.db.read() as tx:
        return await pricing.list_promotions(tx, shop.owner, shop.id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"titles": {}}, "titles"), ({"titles": {"en": ""}}, "titles"),
        ({"titles": {"en": "x", "zh": "x" * 33}}, "titles"),
        ({"budget": -1}, "budget"), ({"limit_uses": -1}, "budget"), ({"per_buyer": -1}, "budget"),
        ({"budget": MAX_AMOUNT + 1}, "budget"),
    ],
)  # fmt: skip
async def test_drafts_out_of_bounds_are_refused(town: Town, shop: Shop, changes: dict[str, Any], field: str) -> None:
    promotion_id = await make(shop, draft(town, titles={"en": "x" * 32, "zh": ""}, budget=MAX_AMOUNT))
    for attempt in (make(shop, draft(town, **changes)), change(shop, promotion_id, 1, draft(town, **changes))):
        with pytest.raises(Invalid) as invalid:
            await attempt
        assert invalid.value.field == field
    assert [each.version for each in await kept(shop)] == [1]


async def test_a_promotion_has_a_span_and_is_in_force_from_its_start_to_its_end(town: Town, shop: Shop) -> None:
    now, goods, shopper = town.db.now(), await shop.product(1_000), await town.shopper()
    with pytest.raises(Invalid, match="after starts_at") as invalid:
        await make(shop, draft(town, ends_at=now))
    assert invalid.value.field == "ends_at"
    made = await make(shop, draft(town, starts_at=now + DAY, ends_at=now + DAY + TICK))

    async def saved() -> int:
        async with town.db.read() as tx:
            wanted = [LineRequest(goods.product_id, goods.sku_id, 1)]
            return (await pricing.quote(tx, wanted, "31", Buyer(shopper.actor.id))).saved

    town.clock.shift += DAY - TICK
    assert await saved() == 0
    town.clock.shift += TICK
    assert await saved() == 100
    town.clock.shift += TICK
    assert await saved() == 0
    assert [(each.promotion_id, each.state) for each in await kept(shop)] == [(made, "LIVE")]


async def test_a_shop_runs_thirty_item_promotions_that_have_not_ended(town: Town, shop: Shop) -> None:
    other = await town.shop()
    async with town.db.begin() as tx:
        assert ITEM_PROMOTIONS.default == 30
        await set_parameter(tx, SYSTEM, ITEM_PROMOTIONS.name, 2)
    first = await make(shop, draft(town, "item"))
    await make(other, draft(town, "item"))
    await make(shop, draft(town, "item", starts_at=town.db.now() + DAY / 2))
    with pytest.raises(TooManyPromotions) as many:
        await make(shop, draft(town, "item"))
    assert many.value.details() == {"most": 2}
    await make(shop, draft(town))
    await town.promote("item", Tier("minus", 1))
    await town.promote("item", Tier("minus", 1))
    await town.promote("item", Tier("minus", 1))
    await stop(shop, first)
    await make(shop, draft(town, "item", ends_at=town.db.now() + 2 * DAY))
    with pytest.raises(TooManyPromotions):
        await make(shop, draft(town, "item"))
    town.clock.shift += DAY
    await make(shop, draft(town, "item"))


async def test_a_promotion_is_changed_by_its_owner_at_its_version_while_it_runs(town: Town, shop: Shop) -> None:
    other, made = await town.shop(), await make(shop, draft(town))
    neighbour = await make(shop, draft(town, value=7))
    for who, promotion_id, version in ((other, made, 1), (shop, made, 2), (shop, made + 4096 * 9, 1)):
        with pytest.raises(PromotionMoved):
            await change(who, promotion_id, version, draft(town, value=9))
    await change(shop, made, 1, draft(town, value=9, titles={"en": "New"}, budget=5, limit_uses=6, per_buyer=7))
    found = {each.promotion_id: each for each in await kept(shop)}
    now = found[made]
    assert (now.version, now.titles, now.read_terms().tiers[0].value) == (2, {"en": "New"}, 9)
    assert (now.budget, now.limit_uses, now.per_buyer, now.is_limited) == (5, 6, 7, True)
    assert (found[neighbour].version, found[neighbour].is_limited) == (1, False)
    for promotion_id, who in ((made, other), (made + 4096 * 9, shop)):
        with pytest.raises(NotFound) as missing:
            await stop(who, promotion_id)
        assert missing.value.details() == {"thing": "promotion", "id": str(promotion_id)}
    await stop(shop, made)
    with pytest.raises(NotFound):
        await stop(shop, made)
    with pytest.raises(PromotionMoved):
        await change(shop, made, 3, draft(town))
    states = {each.promotion_id: (each.state, each.version) for each in await kept(shop)}
    assert states == {made: ("STOPPED", 3), neighbour: ("LIVE", 1)}


async def reserve(
    town: Town, promotion_id: int, amount: int, uses: int = 1, purchase: int = 0, member: int = 7, shop_id: int = 5
) -> int:
    """Hold a use for a purchase; answers the purchase's id."""
    async with town.db.read() as tx:
        purchase_id = purchase or tx.new_id(77)
    await pricing.reserve_budget(town.db, purchase_id, member, [BudgetUse(promotion_id, 0, shop_id, amount, uses)])
    return purchase_id


async def test_limits_are_never_set_below_what_is_used_and_never_passed(town: Town, shop: Shop) -> None:
    made = await make(shop, draft(town, budget=1_000, limit_uses=3))
    await reserve(town, made, 600, 2)
    for budget, limit in ((599, 3), (1_000, 1)):
        with pytest.raises(PromotionMoved):
            await change(shop, made, 1, draft(town, budget=budget, limit_uses=limit))
    await change(shop, made, 1, draft(town, budget=600, limit_uses=2))
    await change(shop, made, 2, draft(town, budget=0, limit_uses=0))
    await change(shop, made, 3, draft(town, budget=700, limit_uses=3))
    for amount, uses in ((101, 1), (100, 2)):
        with pytest.raises(PromotionUsedUp) as used_up:
            await reserve(town, made, amount, uses)
        assert used_up.value.details() == {"promotion_id": str(made)}
    await reserve(town, made, 100, 1)
    (now,) = await kept(shop)
    assert (now.committed, now.used) == (700, 3)
    await town.check_books()


async def test_a_use_is_kept_given_back_and_runs_out_each_for_itself(town: Town, shop: Shop) -> None:
    made, other = await make(shop, draft(town, budget=1_000)), await make(shop, draft(town, budget=1_000))

    async def used() -> dict[int, int]:
        return {each.promotion_id: each.committed for each in await kept(shop)}

    written, lost = await reserve(town, made, 100), await reserve(town, made, 20)
    await reserve(town, other, 3, purchase=written, shop_id=6)
    bucket = bucket_of(made)
    async with town.db.begin(bucket) as tx:
        await keep_uses(tx, [(written, [made, other]), (lost + 4096 * 9, [made])])
        await keep_uses(tx, [(written, [])])
        await give_back_uses(tx, [(written, 9, [made])])
    town.clock.shift += timedelta(minutes=10) + MARGIN - TICK
    assert await expire_uses(town.db) == 0
    town.clock.shift += TICK
    assert await reactions.release_expired_uses.act(town.adapters) == 1
    assert await used() == {made: 100, other: 3}
    async with town.db.begin(bucket) as tx:
        await give_back_uses(tx, [(written, 5, [made])])
        await give_back_uses(tx, [(written, 5, [made]), (written, 5, [])])
    assert await used() == {made: 0, other: 3}
    held = await reserve(town, made, 7)
    await release_budget(town.db, held, [bucket])
    await release_budget(town.db, written, [bucket])
    assert await used() == {made: 0, other: 3}, "what is kept is no longer held"
    await town.check_books()


async def test_a_buyers_own_limit_counts_its_uses_alone(town: Town, shop: Shop) -> None:
    made, goods = await make(shop, draft(town, per_buyer=2)), await shop.product(1_000)
    one, two = await town.shopper(), await town.shopper()

    async def saved(shopper: Shopper) -> int:
        async with town.db.read() as tx:
            wanted = [LineRequest(goods.product_id, goods.sku_id, 1)]
            return (await pricing.quote(tx, wanted, "31", Buyer(shopper.actor.id))).saved

    await reserve(town, made, 100, member=one.actor.id)
    assert (await saved(one), await saved(two)) == (100, 100)
    lost = await reserve(town, made, 100, member=one.actor.id)
    assert (await saved(one), await saved(two)) == (0, 100)
    with pytest.raises(PromotionUsedUp):
        await reserve(town, made, 100, member=one.actor.id)
    await release_budget(town.db, lost, [bucket_of(made)])
    assert await saved(one) == 100


async def test_shops_take_part_in_campaigns_of_the_platform_that_ask_them_to(town: Town, shop: Shop) -> None:
    other = await town.shop()
    share = [Share("shop", 10_000)]
    open_, closed = [
        await town.promote("cross", Tier("minus", 5, 10), is_enrolled=each, funders=share) for each in (True, False)
    ]
    own = await make(shop, draft(town))

    async def enrol(who: Shop, promotion_id: int, *, takes_part: bool = True) -> None:
        async with town.db.begin(bucket_of(who.id)) as tx:
            await pricing.enrol_shop(tx, who.owner, who.id, promotion_id, takes_part=takes_part)

    async def seen(who: Shop) -> list[tuple[int, bool]]:
        async with town.db.read() as tx:
            found = await pricing.list_open_campaigns(tx, who.owner, who.id)
        return [(each.promotion_id, takes) for each, takes in found]

    for promotion_id in (closed, own, open_ + 4096 * 9):
        with pytest.raises(NotFound) as missing:
            await enrol(shop, promotion_id)
        assert missing.value.details() == {"thing": "promotion", "id": str(promotion_id)}
    await enrol(shop, open_)
    await enrol(shop, open_)
    assert (await seen(shop), await seen(other)) == ([(open_, True)], [(open_, False)])
    await enrol(other, open_)
    await enrol(shop, open_, takes_part=False)
    assert (await seen(shop), await seen(other)) == ([(open_, False)], [(open_, True)])
    town.clock.shift += timedelta(days=7)
    assert await seen(other) == []
    async with town.db.read() as tx:
        assert {each.promotion_id for each in await pricing.list_promotions(tx, OPERATOR, 0)} == {open_, closed}


async def test_a_shop_keeps_fifty_freight_templates_of_its_own(town: Town, shop: Shop) -> None:
    other = await town.shop()
    async with town.db.begin(bucket_of(shop.id)) as tx:

        async def save(who: Shop, title: str = "post", template: FreightTemplate = PIECES, template_id: int = 0) -> int:
            return await pricing.save_freight_template(tx, who.owner, who.id, title, template, template_id)

        first = await save(shop, "x" * 61)
        with pytest.raises(NotFound) as missing:
            await save(other, template_id=first)
        assert missing.value.details() == {"thing": "freight_template", "id": str(first)}
        for number in range(MAX_TEMPLATES - 1):
            await save(shop, str(number))
        with pytest.raises(TooManyTemplates):
            await save(shop)
        dear = FreightTemplate("pieces", [FreightArea(1, 900, 1, 100)])
        assert await save(shop, "dear", dear, first) == first
        listed = await pricing.list_freight_templates(tx, shop.owner, shop.id)
        assert (len(listed), listed[0].title, listed[1].title) == (50, "dear", "0")
        their = await save(other, "x" * 60)
        assert [each.title for each in await pricing.list_freight_templates(tx, other.owner, other.id)] == ["x" * 60]
        found = await get_freight_templates(tx, [first, their, 0, 5])
        assert found == {first: dear, their: PIECES}
        trips = town.db.round_trips
        assert await get_freight_templates(tx, [0]) == {}
        assert town.db.round_trips == trips


async def test_a_gift_that_was_never_stocked_stands_in_nobodys_way(town: Town, shop: Shop) -> None:
    goods, shopper = await shop.product(1_000), await town.shopper()
    present = await shop.product(50, skus=2)
    draft_ = draft(
        town, terms=Terms("shop", [Tier("gift", amount=1_000, gift=Gift(present.product_id, present.sku_id))])
    )
    await make(shop, draft_)
    wanted = [LineRequest(goods.product_id, goods.sku_id, 1)]

    async def given() -> list[int]:
        async with town.db.read() as tx:
            (priced,) = (await pricing.quote(tx, wanted, "31", Buyer(shopper.actor.id))).shops
        return [line.sku_id for line in priced.lines if line.is_gift]

    assert await given() == [present.sku_id]
    order_id = await shopper.buy(goods)
    await shop.ship(order_id)
    await shopper.confirm(order_id)
    await town.deliver()
    assert [each.spent for each in await kept(shop)] == [50], "what was given along has cost what it is worth"
    async with town.db.begin() as tx:
        await tx.run(NO_STOCK, present.sku_id)
    assert await given() == []
