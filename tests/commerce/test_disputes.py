"""Disputes: evidence from both sides, a decision with reasons, goodwill within its budget, one appeal.

All in one timeline.
"""

import io

import pytest
from PIL import Image

from datong.adapters.object_store import ObjectsDown, ObjectStore
from datong.commerce import aftersale, payment, rulebook
from datong.commerce.aftersale import Decision, NoDispute
from datong.commerce.aftersale.evidence import EvidenceOver
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Invalid, NotAllowed, NotFound
from tests.cases import OTHER_STAFF, STAFF, CaseActions, ask, bought, run_clocks, see, view
from tests.make import Shop, Shopper, Town

PICTURE = io.BytesIO()
Image.new("RGB", (8, 8), "red").save(PICTURE, "PNG")


async def refused(town: Town, price: int = 10_000, **asked: object) -> tuple[Shop, Shopper, int, CaseActions]:
    """A case that the shop has refused and the buyer has called the platform in."""
    shop, shopper, order_id = await bought(town, price)
    await shop.ship(order_id)
    kind = str(asked.pop("kind", "REFUND"))
    actions = CaseActions(town, await ask(shopper, order_id, kind, "quality", **asked))  # type: ignore[arg-type]
    await actions.refuse(shop)
    await actions.call(shopper.actor)
    return shop, shopper, order_id, actions


async def hand_in(town: Town, case_id: int, actor: Actor, body: bytes = PICTURE.getvalue()) -> int:
    return await aftersale.add_evidence(town.db, town.adapters.objects, actor, case_id, body, "see the corner")


async def be_ready(town: Town, case_id: int, *actors: Actor) -> None:
    for actor in actors:
        async with town.db.begin(bucket_of(case_id)) as tx:
            await aftersale.complete_evidence(tx, actor, case_id)


async def status(town: Town, case_id: int) -> int:
    dispute = (await view(town, case_id)).dispute
    assert dispute
    return dispute.cs_status


async def test_three_days_for_evidence_two_for_the_decision_and_everything_is_in_the_timeline(town: Town) -> None:
    shop, shopper, order_id, actions = await refused(town)
    assert (await see(town, actions.case_id)).due_at is None
    await hand_in(town, actions.case_id, shopper.actor)
    await hand_in(town, actions.case_id, shop.owner)
    with pytest.raises(NoDispute):
        await actions.decide("refund")
    town.move_clock(days=2, hours=23, minutes=59)
    await run_clocks(town)
    assert await status(town, actions.case_id) == 10
    town.move_clock(minutes=2)
    await run_clocks(town)
    assert await status(town, actions.case_id) == 3
    with pytest.raises(EvidenceOver):
        await hand_in(town, actions.case_id, shop.owner)
    async with town.db.read() as tx:
        ((entry, case),) = await aftersale.list_desk(tx, STAFF)
    assert (entry.case_id, case.case_id) == (actions.case_id, actions.case_id)
    decided = await actions.decide("refund", 6_000)
    assert (decided.state, decided.paid_back) == ("SUCCESS", 6_000)
    assert await status(town, actions.case_id) == 8
    seen = await view(town, actions.case_id, shop.owner)
    assert {each.action for each in seen.events} >= {
        "asked", "refused", "platform_called", "evidence_added", "evidence_closed", "decided",
    }  # fmt: skip
    assert all("rules_version" in each.details for each in seen.events)
    town.move_clock(hours=72, minutes=1)
    await run_clocks(town)
    assert await status(town, actions.case_id) == 6
    await town.settle_down()
    await town.check_books()
    assert (await shopper.order(order_id)).open_cases == 0


async def test_when_both_sides_are_ready_staff_need_not_wait(town: Town) -> None:
    shop, shopper, _, actions = await refused(town)
    await be_ready(town, actions.case_id, shopper.actor)
    assert await status(town, actions.case_id) == 10
    await be_ready(town, actions.case_id, shop.owner)
    assert (await actions.decide("reject")).state == "CLOSED"
    assert await status(town, actions.case_id) == 9
    await town.check_books()


async def test_both_sides_may_still_agree_by_themselves(town: Town) -> None:
    shop, shopper, _, actions = await refused(town)
    await actions.agree(shop)
    assert await status(town, actions.case_id) == 6
    with pytest.raises(NoDispute):
        await be_ready(town, actions.case_id, shopper.actor)
    await town.settle_down()
    await town.check_books()


async def test_the_goods_go_back_first_and_the_shop_then_has_its_word(town: Town) -> None:
    shop, shopper, _, actions = await refused(town, kind="REFUND_AND_RETURN")
    await be_ready(town, actions.case_id, shopper.actor, shop.owner)
    assert (await actions.decide("return_first")).state == "WAIT_BUYER_RETURN_GOODS"
    await actions.send_back(shopper)
    assert (await actions.refuse(shop, "another thing was in it")).is_returned
    await actions.call(shop.owner)
    await be_ready(town, actions.case_id, shopper.actor, shop.owner)
    assert (await actions.decide("refund", 9_000)).paid_back == 9_000
    await town.settle_down()
    await town.check_books()


async def test_goodwill_comes_out_of_the_platforms_budget_and_never_above_it(town: Town) -> None:
    shop, shopper, order_id, actions = await refused(town)
    await be_ready(town, actions.case_id, shopper.actor, shop.owner)
    async with town.db.begin() as tx:
        await rulebook.set_parameter(tx, SYSTEM, "aftersale.goodwill_month", 3_000)
    with pytest.raises(aftersale.GoodwillShort):
        await actions.decide("reject", goodwill=3_001)
    with pytest.raises(Invalid):
        await actions.decide("reject", goodwill=10**9)
    await actions.decide("reject", goodwill=2_000)
    await town.settle_down()
    await town.check_books()
    async with town.db.read() as tx:
        (refund,) = await payment.list_refunds(tx, order_id)
    assert (refund.amount, refund.is_extra, refund.state) == (2_000, True, "SUCCEEDED")
    _, other, _, second = await refused(town)
    await be_ready(town, second.case_id, other.actor)
    town.move_clock(days=3, minutes=1)
    await run_clocks(town)
    if town.db.now().month == (await see(town, actions.case_id)).opened_at.month:
        with pytest.raises(aftersale.GoodwillShort):
            await second.decide("refund", goodwill=1_001)
    await second.decide("refund", goodwill=1_000)
    await town.settle_down()
    await town.check_books()


async def test_a_refused_decision_gives_its_goodwill_back_to_the_budget(town: Town) -> None:
    shop, shopper, _, actions = await refused(town)
    await be_ready(town, actions.case_id, shopper.actor, shop.owner)
    async with town.db.begin() as tx:
        await rulebook.set_parameter(tx, SYSTEM, "aftersale.goodwill_month", 3_000)
    for _ in range(3):
        with pytest.raises(Invalid):
            await aftersale.decide_dispute(
                town.db, STAFF, actions.case_id, 99, Decision("refund", "short", goodwill=3_000)
            )
    await actions.decide("refund", goodwill=3_000)
    await town.settle_down()
    await town.check_books()


async def test_the_side_that_lost_appeals_once_and_someone_else_decides(town: Town) -> None:
    shop, shopper, _, actions = await refused(town)
    await be_ready(town, actions.case_id, shopper.actor, shop.owner)
    await actions.decide("refund")
    await town.settle_down()
    for wrong in (shopper.actor, STAFF):
        with pytest.raises((NoDispute, NotFound)):
            await _appeal(town, actions.case_id, wrong)
    await _appeal(town, actions.case_id, shop.owner)
    dispute = (await view(town, actions.case_id)).dispute
    assert dispute
    with pytest.raises(NotAllowed):
        await aftersale.decide_appeal(town.db, STAFF, actions.case_id, dispute.version, 100, "the film shows it")
    await aftersale.decide_appeal(town.db, OTHER_STAFF, actions.case_id, dispute.version, 10_000, "the film shows it")
    with pytest.raises(NoDispute):
        await _appeal(town, actions.case_id, shop.owner)
    await town.settle_down()
    await town.check_books()
    assert await shop.balance() == 0, "compensated, and paid out"


async def test_a_buyers_appeal_is_paid_by_what_is_left_of_the_line(town: Town) -> None:
    shop, shopper, order_id, actions = await refused(town)
    await be_ready(town, actions.case_id, shopper.actor, shop.owner)
    await actions.decide("reject")
    await shopper.confirm(order_id)
    await town.settle_down()
    await _appeal(town, actions.case_id, shopper.actor)
    dispute = (await view(town, actions.case_id)).dispute
    assert dispute
    await aftersale.decide_appeal(town.db, OTHER_STAFF, actions.case_id, dispute.version, 4_000, "the film shows it")
    assert (await shopper.order(order_id)).refunded == 4_000
    await town.settle_down()
    await town.check_books()


async def test_an_appeal_comes_too_late_after_72_hours(town: Town) -> None:
    shop, shopper, _, actions = await refused(town)
    await be_ready(town, actions.case_id, shopper.actor, shop.owner)
    await actions.decide("refund")
    town.move_clock(hours=72, minutes=1)
    with pytest.raises(NoDispute):
        await _appeal(town, actions.case_id, shop.owner)
    await run_clocks(town)
    await town.settle_down()
    await town.check_books()


async def _appeal(town: Town, case_id: int, actor: Actor) -> None:
    async with town.db.begin(bucket_of(case_id)) as tx:
        await aftersale.appeal_decision(tx, actor, case_id, "there is a film of it")


async def test_files_are_what_they_say_and_of_a_size(town: Town) -> None:
    _, shopper, _, actions = await refused(town)
    for body in (b"", b"<script>alert(1)</script>", b"GIF89a" + b"0" * 50, PICTURE.getvalue()[:40], b"x" * 5_000_001):
        with pytest.raises(Invalid):
            await hand_in(town, actions.case_id, shopper.actor, body)
    evidence_id = await hand_in(town, actions.case_id, shopper.actor)
    for _ in range(8):
        await hand_in(town, actions.case_id, shopper.actor, b"%PDF-1.7 of nine")
    with pytest.raises(Invalid):
        await hand_in(town, actions.case_id, shopper.actor)
    found, body = await aftersale.read_evidence(
        town.db, town.adapters.objects, STAFF, actions.case_id, evidence_id
    )  # fmt: skip
    assert (found.media_type, body, found.text) == ("image/png", PICTURE.getvalue(), "see the corner")


async def test_a_stranger_finds_no_case_and_no_file(town: Town) -> None:
    shop, shopper, order_id, actions = await refused(town)
    evidence_id = await hand_in(town, actions.case_id, shopper.actor)
    other_shop, other = await town.shop(), await town.shopper()
    packer = Actor(99, "member", {shop.id: frozenset({"order:read", "order:ship"})})
    objects = town.adapters.objects
    for actor in (Actor(0), other.actor, other_shop.owner, packer):
        async with town.db.read() as tx:
            with pytest.raises(NotFound):
                await aftersale.get_case(tx, actor, actions.case_id)
        with pytest.raises(NotFound):
            await aftersale.read_evidence(town.db, objects, actor, actions.case_id, evidence_id)
        with pytest.raises(NotFound):
            await hand_in(town, actions.case_id, actor)
        for action in (actions.call,):
            with pytest.raises(NotFound):
                await action(actor)
        with pytest.raises((NotFound, NotAllowed)):
            await aftersale.decide_dispute(town.db, actor, actions.case_id, 1, Decision("refund", "because I say so"))
        async with town.db.read() as tx:
            with pytest.raises(NotAllowed):
                await aftersale.list_due_cases(tx, actor, shop.id)
            with pytest.raises(NotAllowed):
                await aftersale.list_desk(tx, actor)
    with pytest.raises(NotFound):
        await CaseActions(town, actions.case_id).agree(Shop(town, shop.id, shopper.actor))
    with pytest.raises(NotFound):
        await CaseActions(town, actions.case_id).withdraw(Shopper(town, shop.owner, 0))
    with pytest.raises(NotFound):
        await ask(Shopper(town, other.actor, 0), order_id)
    async with town.db.read() as tx:
        assert (await aftersale.list_own_cases(tx, other.actor)).items == []
    await town.check_books()


async def test_a_store_that_is_away_or_full_loses_nothing(town: Town, tmp_path_factory: pytest.TempPathFactory) -> None:
    _, shopper, _, actions = await refused(town)
    with pytest.raises(Invalid, match=r"1 to \d+ bytes"):
        await aftersale.add_evidence(town.db, town.adapters.objects, shopper.actor, actions.case_id, b"")
    folder = tmp_path_factory.mktemp("objects")
    (folder / "evidence").write_text("in the way")
    with pytest.raises(ObjectsDown):
        await aftersale.add_evidence(
            town.db, ObjectStore(folder.as_uri()), shopper.actor, actions.case_id, PICTURE.getvalue()
        )
    assert (await view(town, actions.case_id)).evidence == []
    store = ObjectStore(tmp_path_factory.mktemp("a b#c").as_uri())
    await store.put("a/b", b"x")
    assert (await store.get("a/b"), await store.get("a/c")) == (b"x", None)
    await store.delete("a/b")
    await store.delete("a/b")
    assert await store.get("a/b") is None


async def test_a_file_that_is_refused_is_not_left_behind(town: Town, tmp_path_factory: pytest.TempPathFactory) -> None:
    _, shopper, _, actions = await refused(town)
    folder = tmp_path_factory.mktemp("objects")
    store = ObjectStore(folder.as_uri())
    for _ in range(9):
        await aftersale.add_evidence(town.db, store, shopper.actor, actions.case_id, PICTURE.getvalue())
    for _ in range(3):
        with pytest.raises(Invalid):
            await aftersale.add_evidence(town.db, store, shopper.actor, actions.case_id, PICTURE.getvalue())
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 9
