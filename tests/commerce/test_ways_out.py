"""No case stands for ever: who refuses goods it has sends them back, and what staff leave is decided on file."""

import msgspec
import pytest

from datong.commerce import aftersale, messaging
from datong.commerce.aftersale import CaseState, NoDispute, ReturnShipment
from datong.commerce.aftersale.default_decision import REASONS, default_decision
from datong.commerce.aftersale.expiry import DueCase
from datong.commerce.aftersale.refund_options import AlreadyDecided
from datong.commerce.voucher import Tier
from datong.commerce.voucher.terms import Gift
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.sweeping import one_by_one
from datong.surfaces.aftersale.labels import ON_FILE
from tests.cases import (
    OTHER_STAFF,
    STAFF,
    CaseActions,
    ask,
    bought,
    give_address,
    lines,
    run_clocks,
    see,
    tell_delivered,
    view,
)
from tests.make import Shop, Shopper, Town

PDF = b"%PDF-1.7 what it looks like"


async def refused_return(town: Town, kind: str = "REFUND_AND_RETURN") -> tuple[Shop, Shopper, int, CaseActions]:
    """A shop that has the goods and refuses the money."""
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    actions = CaseActions(town, await ask(shopper, order_id, kind, "quality"))
    await actions.agree(shop)
    await actions.send_back(shopper)
    await actions.refuse(shop, "another thing was in it")
    return shop, shopper, order_id, actions


async def called(
    town: Town, kind: str = "REFUND", reason: str = "quality", *, is_signed: bool = False, has_file: bool = False
) -> tuple[Shop, Shopper, int, CaseActions]:
    """A refused case, about which the platform is called and both hand in what they have."""
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    if is_signed:
        await tell_delivered(town, order_id)
    actions = CaseActions(town, await ask(shopper, order_id, kind, reason))
    await actions.refuse(shop)
    await actions.call(shopper.actor)
    if has_file:
        await aftersale.add_evidence(town.db, town.adapters.objects, shopper.actor, actions.case_id, PDF)
    return shop, shopper, order_id, actions


async def wait(town: Town, **time: float) -> None:
    town.move_clock(**time)
    await run_clocks(town)


async def leave_undecided(town: Town) -> None:
    """Nobody decides: the evidence, the time for a decision and the time after it run out."""
    await wait(town, days=3, minutes=1)
    await wait(town, hours=48, minutes=1)
    await wait(town, hours=72, minutes=1)


async def send_goods(shop: Shop, actions: CaseActions) -> aftersale.RefundCase:
    sending = ReturnShipment("sandbox", f"GB{actions.case_id}")
    return await actions._do(aftersale.send_replacement, shop.owner, sending)


async def appeal(town: Town, case_id: int, actor: Actor) -> None:
    async with town.db.begin(bucket_of(case_id)) as tx:
        await aftersale.appeal_decision(tx, actor, case_id, "there is a film of it")


async def dispute_of(town: Town, case_id: int) -> aftersale.Dispute:
    found = (await view(town, case_id)).dispute
    assert found
    return found


@pytest.mark.parametrize("way", ["withdrawn", "rejected"])
async def test_a_shop_that_keeps_the_money_sends_the_goods_back(town: Town, way: str) -> None:
    shop, shopper, order_id, actions = await refused_return(town)
    if way == "withdrawn":
        await actions.withdraw(shopper)
    else:
        await actions.call(shopper.actor)
        await wait(town, days=3, minutes=1)
        await actions.decide("reject")
    assert (await see(town, actions.case_id)).state == CaseState.WAIT_SELLER_RETURN_GOODS
    assert (await shopper.order(order_id)).open_cases == 1, "the order waits for the goods"
    sent = await send_goods(shop, actions)
    assert (sent.state, sent.is_returned) == (CaseState.WAIT_BUYER_RECEIVE_GOODS, False)
    back = await actions.confirm_replacement(shopper)
    assert (back.state, back.end_reason, back.paid_back) == ("CLOSED", "goods_back", 0)
    await wait(town, days=10, minutes=1)
    assert (await shopper.order(order_id)).state == "TRADE_FINISHED"
    await town.settle_down()
    await town.check_books()


async def test_a_shop_that_sends_nothing_back_pays(town: Town) -> None:
    _, _, order_id, actions = await refused_return(town)
    await wait(town, days=7, minutes=1)
    await wait(town, days=7, minutes=1)
    after = await see(town, actions.case_id)
    assert (after.state, after.end_reason, after.paid_back) == ("SUCCESS", "goods_kept", 10_000)
    assert (await lines(town, order_id))[0].stock_fate == "GONE", "what the shop has it counts by hand"
    await town.settle_down()
    await town.check_books()


async def test_goods_on_their_way_back_are_received_by_silence_or_the_platform_is_called(town: Town) -> None:
    shop, _, _, actions = await refused_return(town)
    await wait(town, days=7, minutes=1)
    await send_goods(shop, actions)
    await wait(town, days=10, minutes=1)
    assert (await see(town, actions.case_id)).end_reason == "goods_back"
    for is_signed, state in ((True, "CLOSED"), (False, "SUCCESS")):
        shop, shopper, order_id, actions = await refused_return(town)
        await wait(town, days=7, minutes=1)
        await send_goods(shop, actions)
        if is_signed:
            await tell_delivered(town, order_id, actions.case_id)
        await actions.call(shopper.actor)
        await leave_undecided(town)
        assert (await see(town, actions.case_id)).state == state
    await town.settle_down()
    await town.check_books()


async def test_an_appeal_that_is_upheld_ends_what_the_shop_owes(town: Town) -> None:
    _, shopper, _, actions = await refused_return(town)
    await actions.call(shopper.actor)
    await wait(town, days=3, minutes=1)
    await actions.decide("reject")
    await appeal(town, actions.case_id, shopper.actor)
    version = (await dispute_of(town, actions.case_id)).version
    await aftersale.decide_appeal(town.db, OTHER_STAFF, actions.case_id, version, 10_000, "it was the same thing")
    after = await see(town, actions.case_id)
    assert (after.state, after.end_reason, after.paid_back) == ("SUCCESS", "appeal_upheld", 10_000)
    await town.settle_down()
    await town.check_books()


async def test_a_shop_agrees_to_an_exchange_it_has_refused_and_sends_another_piece(town: Town) -> None:
    shop, _, _, actions = await refused_return(town, "EXCHANGE")
    assert (await actions.agree(shop)).state == CaseState.WAIT_SELLER_SEND_GOODS
    await wait(town, hours=48, minutes=1)
    assert (await see(town, actions.case_id)).paid_back == 10_000
    await town.check_books()


async def test_an_exchange_of_one_piece_gives_back_what_one_piece_cost(town: Town) -> None:
    shop, shopper, order_id = await bought(town, quantity=3)
    await shop.ship(order_id)
    actions = CaseActions(town, await ask(shopper, order_id, "RESHIPPING", "missing_parts", pieces=1))
    await actions.agree(shop)
    await wait(town, hours=48, minutes=1)
    assert (await see(town, actions.case_id)).paid_back == 10_000
    await town.check_books()


async def test_what_staff_leave_is_told_to_both_sides_then_decided_on_file(town: Town) -> None:
    shop, shopper, _, actions = await called(town)
    await wait(town, days=3, minutes=1)
    await wait(town, hours=47, minutes=50)
    assert (await dispute_of(town, actions.case_id)).escalated_at is None
    await wait(town, minutes=20)
    assert (await dispute_of(town, actions.case_id)).escalated_at is not None
    async with town.db.read() as tx:
        told = [
            {each.kind for each in (await messaging.list_notices(tx, *reader)).items}
            for reader in ((shopper.actor,), (shop.owner, shop.id))
        ]
        ((entry, _),) = await aftersale.list_desk(tx, STAFF)
    assert "dispute_late" in told[0]
    assert "shop_dispute_late" in told[1]
    assert entry.escalated_at is not None
    await wait(town, hours=71, minutes=30)
    assert (await see(town, actions.case_id)).is_open
    await wait(town, minutes=31)
    dispute = await dispute_of(town, actions.case_id)
    assert (dispute.outcome, dispute.decided_by, dispute.escalated_at) == ("reject", 0, None)
    await appeal(town, actions.case_id, shopper.actor)
    version = (await dispute_of(town, actions.case_id)).version
    await aftersale.decide_appeal(town.db, STAFF, actions.case_id, version, 4_000, "the film shows the seam")
    await town.settle_down()
    await town.check_books()


async def test_the_burden_of_proof_decides(town: Town) -> None:
    """By kind and reason, whether it was signed for, and whether the buyer has handed in a file."""
    _, _, _, actions = await called(town)
    case = await see(town, actions.case_id)
    for kind, reason, is_signed, has_file, outcome in (
        ("REFUND", "quality", True, False, "reject"),
        ("REFUND", "quality", True, True, "refund"),
        ("REFUND_AND_RETURN", "quality", True, True, "return_first"),
        ("EXCHANGE", "damaged", True, True, "return_first"),
        ("REFUND", "not_received", True, True, "reject"),
        ("RESHIPPING", "not_received", True, True, "reject"),
        ("REFUND", "not_received", False, False, "refund"),
    ):
        each = msgspec.structs.replace(case, kind=kind, reason=reason)
        decision = default_decision(each, is_signed=is_signed, has_buyer_proof=has_file)
        assert decision.outcome == outcome, (kind, reason, is_signed, has_file)


async def test_what_is_on_file_is_looked_for(town: Town) -> None:
    """Three at once: one signed for, one not, one with a file."""
    ways = (
        ({"reason": "not_received", "is_signed": True}, "reject", 0),
        ({"reason": "not_received", "kind": "RESHIPPING"}, "refund", 10_000),
        ({"kind": "REFUND_AND_RETURN", "has_file": True}, "return_first", 0),
    )
    found = [(await called(town, **how))[3].case_id for how, _, _ in ways]
    await leave_undecided(town)
    for case_id, (_, outcome, paid) in zip(found, ways, strict=True):
        assert (await dispute_of(town, case_id)).outcome == outcome
        assert (await see(town, case_id)).paid_back == paid
    await town.settle_down()
    await town.check_books()


async def test_who_has_the_goods_does_not_keep_the_money_by_default(town: Town) -> None:
    shop, _, _, actions = await refused_return(town)
    await actions.call(shop.owner)
    await leave_undecided(town)
    after = await see(town, actions.case_id)
    assert (after.state, after.paid_back) == ("SUCCESS", 10_000)
    assert default_decision(after, is_signed=True, has_buyer_proof=False).outcome == "refund"
    await town.settle_down()
    await town.check_books()


def test_every_default_has_its_words() -> None:
    assert set(REASONS) == set(ON_FILE)


async def test_an_appeal_that_nobody_decides_leaves_the_decision(town: Town) -> None:
    _, shopper, _, actions = await called(town)
    await wait(town, days=3, minutes=1)
    await actions.decide("reject")
    await appeal(town, actions.case_id, shopper.actor)
    await wait(town, hours=48, minutes=1)
    assert (await dispute_of(town, actions.case_id)).cs_status == 11
    await wait(town, hours=72, minutes=1)
    dispute = await dispute_of(town, actions.case_id)
    assert (dispute.cs_status, dispute.appeal_outcome, dispute.due_at) == (6, "dismissed", None)
    await town.settle_down()
    await town.check_books()


async def test_whoever_was_awarded_a_cent_may_appeal_and_not_ask_anew(town: Town) -> None:
    shop, shopper, order_id, actions = await called(town)
    await wait(town, days=3, minutes=1)
    assert (await actions.decide("refund", 1)).paid_back == 1
    with pytest.raises(AlreadyDecided):
        await ask(shopper, order_id, "REFUND", "damaged")
    await appeal(town, actions.case_id, shopper.actor)
    with pytest.raises(NoDispute):
        await appeal(town, actions.case_id, shop.owner)
    version = (await dispute_of(town, actions.case_id)).version
    await aftersale.decide_appeal(town.db, OTHER_STAFF, actions.case_id, version, 9_999, "the film shows it")
    assert (await see(town, actions.case_id)).paid_back == 10_000
    await town.settle_down()
    await town.check_books()


async def test_who_was_given_everything_has_not_lost(town: Town) -> None:
    _, shopper, _, actions = await called(town)
    await wait(town, days=3, minutes=1)
    await actions.decide("refund")
    with pytest.raises(NoDispute):
        await appeal(town, actions.case_id, shopper.actor)


async def test_other_pieces_of_a_decided_line_may_be_asked_about(town: Town) -> None:
    shop, shopper, order_id = await bought(town, quantity=3)
    await shop.ship(order_id)
    actions = CaseActions(town, await ask(shopper, order_id, "REFUND", "quality", pieces=1))
    await actions.refuse(shop)
    await actions.call(shopper.actor)
    await wait(town, days=3, minutes=1)
    await actions.decide("reject")
    for pieces in (0, 3):
        with pytest.raises(AlreadyDecided):
            await ask(shopper, order_id, "REFUND", "damaged", pieces=pieces)
    await ask(shopper, order_id, "REFUND", "damaged", pieces=2)
    await town.check_books()


async def test_an_appeal_gives_more_money_for_the_same_pieces(town: Town) -> None:
    shop, shopper, order_id = await bought(town, quantity=3)
    await shop.ship(order_id)
    actions = CaseActions(town, await ask(shopper, order_id, "REFUND", "quality", pieces=1))
    await actions.refuse(shop)
    await actions.call(shopper.actor)
    await wait(town, days=3, minutes=1)
    await actions.decide("refund", 1_000)
    await appeal(town, actions.case_id, shopper.actor)
    version = (await dispute_of(town, actions.case_id)).version
    await aftersale.decide_appeal(town.db, OTHER_STAFF, actions.case_id, version, 2_000, "the film shows it")
    (line,) = await lines(town, order_id)
    assert (line.refunded, line.refunded_pieces) == (3_000, 1)
    await town.settle_down()
    await town.check_books()


async def test_a_gift_is_exchanged_and_not_refunded(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    await give_address(shop)
    given, goods = await shop.product(1_000), await shop.product(20_000)
    tier = Tier("gift", 0, 100, gift=Gift(given.product_id, given.sku_id))
    await town.promote("shop", tier, owner_id=shop.id, actor=shop.owner)
    order_id = await shopper.buy(goods)
    place = next(n for n, line in enumerate(await lines(town, order_id)) if not line.payable)
    with pytest.raises(aftersale.NotReturnable):
        await ask(shopper, order_id, "EXCHANGE", "agreed", line=place)
    await shop.ship(order_id)
    with pytest.raises(aftersale.NotReturnable):
        await ask(shopper, order_id, "REFUND", "damaged", line=place)
    actions = CaseActions(town, await ask(shopper, order_id, "EXCHANGE", "damaged", line=place))
    await actions.agree(shop)
    await actions.send_back(shopper)
    await actions.confirm_return(shop)
    await actions.replace(shop)
    assert (await actions.confirm_replacement(shopper)).state == "SUCCESS"
    late = CaseActions(town, await ask(shopper, order_id, "RESHIPPING", "not_received", line=place))
    await late.agree(shop)
    await wait(town, hours=48, minutes=1)
    assert (await see(town, late.case_id)).end_reason == "nothing_left"
    await wait(town, days=10, minutes=1)
    assert (await shopper.order(order_id)).state == "TRADE_FINISHED"
    await town.settle_down()
    await town.check_books()


async def test_one_item_that_fails_stops_no_other() -> None:
    done: list[int] = []

    async def act(each: DueCase) -> None:
        if each.case_id == 1:
            raise ValueError(each)
        done.append(each.case_id)

    await one_by_one([DueCase(1, number) for number in (0, 1, 2)], act)
    assert done == [0, 2]

    async def lose(each: DueCase) -> None:
        raise ConnectionResetError(str(each))

    with pytest.raises(ConnectionResetError):
        await one_by_one([DueCase(1, 1)], lose)
