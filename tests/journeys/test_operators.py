"""Operators in a real browser: the three centres of the console, and every act written down."""

import pytest

from datong.commerce import member, merchant
from datong.commerce.catalog import get_category_book
from datong.commerce.rulebook import get_rules
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.ids import bucket_of
from datong.platform import governance
from datong.wiring import find_house
from tests.commerce.test_workbench import picture
from tests.journeys.browser import DESK, PHONE, Live
from tests.make import Town
from tests.surfaces.test_pages import operator_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def acts(town: Town) -> list[tuple[str, str]]:
    """Every act on record, the first first."""
    async with town.db.read() as tx:
        found = await governance.list_acts(tx, SYSTEM)
    return [(each.action, each.outcome) for each in found.items][::-1]


async def apply(town: Town) -> int:
    """A shop that waits for a decision, with one paper."""
    founder = await town.shopper()
    application = merchant.ShopApplication(
        storefront="mall", kind="flagship", names={"en": "Auric", "zh": "极光"}, slug="auric", legal_name="Auric Ltd",
        identity="ID", ships_from="31", category_id=town.category_id,
    )  # fmt: skip
    shop_id = await merchant.apply_for_shop(town.db, founder.actor, application)
    owner = Actor(founder.actor.id, "member", {shop_id: find_house().rights_of("owner")})
    await merchant.add_paper(town.db, town.adapters.objects, owner, shop_id, "trademark", picture())
    return shop_id


async def test_a_shop_is_let_in_and_taken_off_the_market(live: Live) -> None:
    town = live.town
    await apply(town)
    async with live.person(DESK, actor_id=await operator_of(town)) as someone:
        await someone.go("/console")
        assert await someone.check() == []
        await someone.keep("console-desk-en")
        await someone.page.get_by_role("link", name="Shops waiting").click()
        await someone.page.get_by_role("link", name="Auric").click()
        await someone.sees("Trademark")
        assert await someone.check() == []
        await someone.keep("console-shop-desk-en")
        await someone.click("Approve")
        await someone.click("Payment received")
        await someone.fill("Reason", "Complaints pile up")
        await someone.click("Suspend shop")
        await someone.sees("Lift restriction")
        await someone.go("/console/audit-log")
        await someone.sees("Complaints pile up")
        assert await someone.check() == []
        await someone.keep("acts-desk-en")
    assert await acts(town) == [("POST decide", "done")] * 3
    await town.check_books()


async def test_a_rule_is_changed_after_its_difference_was_seen(live: Live) -> None:
    town = live.town
    async with live.person(DESK, actor_id=await operator_of(town)) as someone:
        await someone.go("/console/rulebook?q=unpaid_close")
        await someone.page.get_by_role("link", name="order.unpaid_close_seconds").click()
        await someone.page.locator("#value").fill('"soon"')
        await someone.fill("Reason", "Rush hour")
        await someone.click("Preview change")
        await someone.sees("does not fit")
        someone.complaints.clear()
        await someone.page.locator("#value").fill("1800")
        await someone.page.locator("#place").select_option("storefront:1")
        await someone.click("Preview change")
        await someone.sees("86400")
        assert await someone.check() == []
        await someone.keep("rulebook-desk-en")
        await someone.click("Confirm change")
        await someone.sees("Rush hour")
    async with town.db.read() as tx:
        history = (await get_rules(tx)).history("order.unpaid_close_seconds")
    assert [(each.scope_kind, each.scope_id, each.value) for each in history] == [("storefront", 1, 1800)]
    assert [outcome for _, outcome in await acts(town)] == ["refused: 422", "done", "done"]


async def test_categories_and_attributes_are_edited_in_both_languages(live: Live) -> None:
    town = live.town
    async with live.person(PHONE, "zh", actor_id=await operator_of(town)) as someone:
        await someone.go("/console/attributes")
        form = someone.page.locator("aside form")
        await form.get_by_label("标识", exact=True).fill("material")
        await form.locator("#name_en").fill("Material")
        await form.locator("#name_zh").fill("材质")
        await form.locator("#kind").select_option("choice")
        await form.locator("#values").fill("brass | Brass | 黄铜\nsteel | Steel | 钢")
        await form.get_by_role("button").click()
        await someone.sees("材质")
        assert await someone.check() == []
        await someone.keep("attributes-phone-zh")
        await someone.go(f"/console/categories?category={town.category_id}")
        await someone.page.get_by_label("添加: material").click()
        await someone.page.locator("form[id^=bind]").wait_for(state="attached")
        await someone.page.get_by_label("必填").check()
        await someone.page.get_by_label("保存: material").click()
        await someone.page.wait_for_load_state()
        assert await someone.page.get_by_label("必填").is_checked()
        assert await someone.check() == []
        await someone.keep("categories-phone-zh")
        await someone.page.locator("section form.filters #name_zh").first.fill("智能手机")
        await someone.page.locator("section form.filters button").first.click()
        await someone.sees("智能手机")
    async with town.db.read() as tx:
        assert (await get_category_book(tx)).get(town.category_id).names == {"en": "Phones", "zh": "智能手机"}


async def test_money_clocks_and_jobs_are_looked_into(live: Live) -> None:
    town = live.town
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await shopper.buy(await shop.product())
    await town.deliver()
    async with live.person(DESK, actor_id=await operator_of(town)) as someone:
        await someone.go(f"/console/ledger?account=escrow&owner={order_id}")
        await someone.sees("¥100.00")
        await someone.page.locator("table a").first.click()
        await someone.sees("¥0.00")
        for path in ("ledger", "timers", "jobs", "calendar", "budgets", "members?login=op@example.org"):
            await someone.go(f"/console/{path}")
            assert await someone.check() == [], path
            await someone.keep(f"{path.partition('?')[0]}-desk-en")
        await someone.sees("op")


async def test_what_is_refused_is_written_down_too(live: Live) -> None:
    town = live.town
    shop_id = await apply(town)
    member_id = await member.register(town.db, "consumer@example.org", "correct horse")
    async with town.db.begin(bucket_of(member_id)) as tx:
        await member.appoint_operator(tx, SYSTEM, member_id, ["consumer"])
    async with live.person(DESK, actor_id=member_id) as someone:
        await someone.go("/console/shops", 403)
        someone.complaints.clear()
        await someone.go("/console")
        token = await someone.page.locator("input[name=_csrf_token]").first.get_attribute("value")
        form: dict[str, str | float | bool] = {"_csrf_token": token or "", "reason": "mine", "password": "never kept"}
        answer = await someone.context.request.post(f"{live.base}/console/shops/{shop_id}/approve", form=form)
        assert answer.status == 403
    async with town.db.read() as tx:
        (act,) = (await governance.list_acts(tx, SYSTEM)).items
    assert (act.operator_id, act.outcome, act.details) == (member_id, "refused: 403", {"reason": "mine"})
