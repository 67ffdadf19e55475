"""Storefronts: opening one, changing it under the eyes of another operator, its life, and what it looks like."""

import asyncio

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.commerce import merchant, pricing, rulebook, storefront
from datong.commerce.catalog import ProductScope
from datong.commerce.storefront import Look, NotTrading, StorefrontDraft, StorefrontState, complete_look, queries
from datong.commerce.storefront.currencies import HUNDREDTHS, OTHER_EXPONENTS, ExponentUnsupported
from datong.commerce.storefront.edit_storefront import ChangedMeanwhile, CodeTaken
from datong.commerce.storefront.look import LEAST_CONTRAST, LookUnreadable, contrast_of
from datong.commerce.storefront.states import StillSettling, StorefrontInUse, WrongStorefrontState
from datong.commerce.voucher import Tier
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.cache import CachedTable
from datong.kernel.refusal import Invalid, NotAllowed, NotFound
from datong.kernel.request import KeyReused
from datong.runtime.bootstrap import open_brands
from tests.make import Goods, Shop, Town

OPERATOR = Actor(4097, "member", operator_rights=frozenset({"storefront:edit"}))
DRAFT = StorefrontDraft(
    "nordlicht", {"en": "Nordlicht", "zh": "北光"}, {"en": "From the north", "zh": "来自北方"}, "EUR",
    "Europe/Berlin", ["en", "zh"], Look("#0f766e"),
)  # fmt: skip
REPLACE = msgspec.structs.replace


async def find(town: Town, storefront_id: int) -> storefront.Storefront:
    async with town.db.read() as tx:
        return (await storefront.get_storefronts(tx)).get(storefront_id)


async def test_a_storefront_is_drafted_once_for_a_key(town: Town) -> None:
    made = await asyncio.gather(*(town.db.run(storefront.open_storefront, OPERATOR, DRAFT, "a") for _ in range(6)))
    assert set(made) == {3}
    found = await find(town, 3)
    assert (found.state, found.version, found.currency, found.is_shown) == ("DRAFT", 1, "EUR", False)
    with pytest.raises(KeyReused):
        await town.db.run(storefront.open_storefront, OPERATOR, REPLACE(DRAFT, code="other"), "a")
    with pytest.raises(CodeTaken):
        await town.db.run(storefront.open_storefront, OPERATOR, DRAFT, "b")
    assert await town.db.run(storefront.open_storefront, OPERATOR, REPLACE(DRAFT, code="other"), "b") == 4


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"code": "Nord"}, Invalid), ({"code": "a/b"}, Invalid), ({"code": "console"}, Invalid),
        ({"code": "market"}, CodeTaken), ({"currency": "JPY"}, ExponentUnsupported),
        ({"currency": "KWD"}, ExponentUnsupported), ({"currency": "XXX"}, Invalid), ({"currency": "eur"}, Invalid),
        ({"time_zone": "Mars/Base"}, Invalid), ({"time_zone": "../etc/passwd"}, Invalid), ({"languages": []}, Invalid),
        ({"languages": ["de"]}, Invalid), ({"languages": ["en", "en"]}, Invalid), ({"names": {"en": "N"}}, Invalid),
        ({"names": {"en": "N", "zh": " "}}, Invalid), ({"look": Look("red")}, Invalid),
        ({"look": Look("#ffe14d")}, LookUnreadable), ({"look": Look("#0f766e", accent_text="#cccccc")}, LookUnreadable),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_refused(town: Town, changed: dict[str, object], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await town.db.run(storefront.open_storefront, OPERATOR, REPLACE(DRAFT, **changed), "a")


async def test_two_operators_do_not_overwrite_each_other(town: Town) -> None:
    each = await town.db.run(storefront.open_storefront, OPERATOR, DRAFT, "a")
    mine, theirs = REPLACE(DRAFT, currency="USD"), REPLACE(DRAFT, currency="GBP")
    answers = await asyncio.gather(
        town.db.run(storefront.change_storefront, OPERATOR, each, 1, mine, "b"),
        town.db.run(storefront.change_storefront, OPERATOR, each, 1, theirs, "c"),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["ChangedMeanwhile", "int"]
    key, winner = ("b", mine) if answers[0] == 2 else ("c", theirs)
    assert await town.db.run(storefront.change_storefront, OPERATOR, each, 1, winner, key) == 2
    assert (await find(town, each)).currency == winner.currency
    with pytest.raises(ChangedMeanwhile):
        await town.db.run(storefront.move_storefront, OPERATOR, each, 1, StorefrontState.LIVE, "d")
    with pytest.raises(NotFound):
        await town.db.run(storefront.change_storefront, OPERATOR, 99, 1, mine, "e")


async def test_a_life_from_draft_to_close(town: Town) -> None:
    run, move = town.db.run, storefront.move_storefront
    each = await run(storefront.open_storefront, OPERATOR, DRAFT, "a")
    with pytest.raises(WrongStorefrontState):
        await run(move, OPERATOR, each, 1, StorefrontState.PAUSED, "b")
    assert await run(move, OPERATOR, each, 1, StorefrontState.LIVE, "b") == 2
    assert await run(move, OPERATOR, each, 1, StorefrontState.LIVE, "b") == 2
    for changed in ({"code": "elsewhere"}, {"currency": "USD"}, {"time_zone": "UTC"}):
        with pytest.raises(Invalid):
            await run(storefront.change_storefront, OPERATOR, each, 2, REPLACE(DRAFT, **changed), "c")
    renamed = REPLACE(DRAFT, names={"en": "Aurora", "zh": "极光"})
    assert await run(storefront.change_storefront, OPERATOR, each, 2, renamed, "c") == 3
    with pytest.raises(WrongStorefrontState):
        await run(move, OPERATOR, each, 3, StorefrontState.CLOSED, "d")
    assert await run(move, OPERATOR, each, 3, StorefrontState.PAUSED, "d") == 4
    with pytest.raises(StillSettling):
        await run(move, OPERATOR, each, 4, StorefrontState.CLOSED, "e")
    town.move_clock(minutes=2)
    assert await run(move, OPERATOR, each, 4, StorefrontState.CLOSED, "e") == 5
    with pytest.raises(WrongStorefrontState):
        await run(storefront.change_storefront, OPERATOR, each, 5, renamed, "f")
    assert (await find(town, each)).names["en"] == "Aurora"


async def test_without_the_right_nothing_is_done(town: Town) -> None:
    stranger = Actor(4097, "member", operator_rights=frozenset({"rulebook:edit"}))
    for actor in (stranger, Actor(0)):
        with pytest.raises(NotAllowed):
            await town.db.run(storefront.open_storefront, actor, DRAFT, "a")
        with pytest.raises(NotAllowed):
            await town.db.run(storefront.change_storefront, actor, 1, 1, DRAFT, "a")
        with pytest.raises(NotAllowed):
            await town.db.run(storefront.move_storefront, actor, 1, 1, StorefrontState.PAUSED, "a")


async def test_founding_again_keeps_what_operators_changed(town: Town) -> None:
    market = await find(town, 1)
    draft = StorefrontDraft(
        market.code, {"en": "Bazaar", "zh": "巴扎"}, market.taglines, market.currency, market.time_zone,
        market.languages, market.colours,
    )  # fmt: skip
    await town.db.run(storefront.change_storefront, OPERATOR, 1, market.version, draft, "a")
    await open_brands(town.db)
    assert (await find(town, 1)).names["en"] == "Bazaar"


@given(st.integers(0, 0xFFFFFF))
def test_a_completed_look_can_be_read_or_is_refused(colour: int) -> None:
    try:
        made = complete_look(Look(f"#{colour:06x}"))
    except LookUnreadable as refusal:
        assert float(refusal.contrast) <= LEAST_CONTRAST  # noqa: PT017 - one or the other
        assert contrast_of("#ffffff", f"#{colour:06x}") < LEAST_CONTRAST
    else:
        assert contrast_of(made.accent_text, "#ffffff") >= LEAST_CONTRAST
        assert contrast_of(made.dark_text, made.dark_soft) >= LEAST_CONTRAST
        assert complete_look(made) == made


def test_a_currency_is_of_one_list() -> None:
    assert not HUNDREDTHS & OTHER_EXPONENTS
    assert {"CNY", "EUR", "USD"} <= HUNDREDTHS


async def euro_shop(town: Town) -> Shop:
    """A shop of a live storefront that trades in euro, where nothing is due."""
    each = await town.db.run(storefront.open_storefront, OPERATOR, DRAFT, "a")
    await town.db.run(storefront.move_storefront, OPERATOR, each, 1, StorefrontState.LIVE, "b")
    async with town.db.begin() as tx:
        await rulebook.set_parameter(
            tx, SYSTEM, "merchant.deposit", {"enterprise": 0}, scope_kind="storefront", scope_id=each
        )
    return await town.shop(DRAFT.code)


async def total(town: Town, goods: Goods, actor: Actor) -> tuple[int, str]:
    """What one piece costs someone."""
    async with town.db.read() as tx:
        line = pricing.LineRequest(goods.product_id, goods.sku_id, 1)
        quoted = await pricing.quote(tx, [line], "31", pricing.Buyer(actor.id))
    return quoted.total.amount, quoted.currency


async def test_the_platforms_benefits_are_of_its_own_currency(town: Town) -> None:
    shop = await euro_shop(town)
    abroad, home = await shop.product(10_000), await (await town.shop()).product(10_000)
    actor = (await town.shopper()).actor
    await town.promote("cross", Tier("minus", 1_000))
    assert await total(town, home, actor) == (9_000, "CNY")
    assert await total(town, abroad, actor) == (10_000, "EUR")
    await town.promote("cross", Tier("minus", 500), reach=ProductScope(storefronts=[1, 3]))
    assert await total(town, abroad, actor) == (10_000, "EUR")
    await town.promote("cross", Tier("minus", 300), reach=ProductScope(storefronts=[3]))
    assert await total(town, abroad, actor) == (9_700, "EUR")
    await shop.promote("shop", Tier("minus", 200))
    assert await total(town, abroad, actor) == (9_500, "EUR")


async def test_a_paused_storefront_sells_nothing(town: Town) -> None:
    shop = await euro_shop(town)
    goods, actor = await shop.product(10_000), (await town.shopper()).actor
    assert await total(town, goods, actor) == (10_000, "EUR")
    await town.db.run(storefront.move_storefront, OPERATOR, 3, 2, StorefrontState.PAUSED, "c")
    async with town.db.read() as tx:
        quoted = await pricing.quote(tx, [pricing.LineRequest(goods.product_id, goods.sku_id, 1)], "31")
    assert [each.reason for each in quoted.unavailable] == ["storefront.not_trading"]
    with pytest.raises(NotTrading):
        await town.shop(DRAFT.code)


async def test_a_storefront_with_an_application_is_not_closed(town: Town) -> None:
    await euro_shop(town)
    founder = (await town.shopper()).actor
    application = merchant.ShopApplication(
        DRAFT.code, "enterprise", {"en": "Late"}, "late-shop", "Late Ltd", "ID-late", "31", town.category_id
    )
    shop_id = await merchant.apply_for_shop(town.db, founder, application)
    await town.db.run(storefront.move_storefront, OPERATOR, 3, 2, StorefrontState.PAUSED, "c")
    town.move_clock(minutes=2)
    with pytest.raises(StorefrontInUse) as refused:
        await town.db.run(storefront.move_storefront, OPERATOR, 3, 3, StorefrontState.CLOSED, "d")
    assert refused.value.in_use_by == "applications"
    await town.db.run(merchant.decide_application, SYSTEM, shop_id, is_approved=False, reason="it ends")
    assert await town.db.run(storefront.move_storefront, OPERATOR, 3, 3, StorefrontState.CLOSED, "d") == 4


async def test_another_process_hears_of_it_within_seconds(town: Town) -> None:
    elsewhere = CachedTable(queries._read)
    async with town.db.read() as tx:
        assert len((await elsewhere.get(tx)).all) == 2
    await euro_shop(town)
    town.move_clock(seconds=3)
    async with town.db.read() as tx:
        assert [each.code for each in (await elsewhere.get(tx)).shown] == ["market", "mall", DRAFT.code]
