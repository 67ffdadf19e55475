"""Each change of an order, of a refund case and of a dispute is one version more, so that copies can follow."""

import pytest

from datong.commerce import aftersale, order
from tests.cases import CaseActions, ask, bought, lines, see, view
from tests.instants import share_bucket
from tests.make import Town


async def test_each_change_of_an_order_is_a_version(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    share_bucket(monkeypatch)
    shop, shopper = await town.shop(), await town.shopper()
    for _ in range(3):
        await shopper.fill(await shop.product(1_000))
    purchase_id = await shopper.place()
    (placed,) = await shopper.orders(purchase_id)
    order_id = placed.order_id
    seen: list[int] = []

    async def look() -> None:
        await town.deliver()
        version = (await shopper.order(order_id)).version
        async with town.db.read() as tx:
            (copy,) = await order.find_seller_order(tx, shop.owner, shop.id, order_id)
        assert copy.version == version
        seen.append(version)

    await look()
    await town.db.run(order.reprice_order, shop.owner, order_id, 100, 0)
    await look()
    await shopper.pay(purchase_id)
    await look()
    first, second, third = [each.line_id for each in await lines(town, order_id)]
    for number, line_id in enumerate((first, second, third)):
        await shop.ship(order_id, f"ship {number}", [line_id])
        await look()
    await town.db.run(order.extend_by_seller, shop.owner, order_id, 3)
    await look()
    actions = CaseActions(town, await ask(shopper, order_id))
    await look()
    await actions.withdraw(shopper)
    await look()
    again = CaseActions(town, await ask(shopper, order_id, line=1, amount=10))
    await look()
    await again.agree(shop)
    await look()
    await shopper.confirm(order_id)
    await look()
    assert seen == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13], "giving back is one, and the end of its case another"
    await town.check_books()


async def test_each_change_of_a_case_and_its_dispute_is_a_version(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    actions = CaseActions(town, await ask(shopper, order_id))
    seen: list[tuple[int, int]] = []

    async def look() -> None:
        dispute = (await view(town, actions.case_id)).dispute
        seen.append(((await see(town, actions.case_id)).version, dispute.version if dispute else 0))

    await look()
    await actions.change(shopper, aftersale.RefundRequest("REFUND", "damaged", 9_000))
    await look()
    await actions.refuse(shop)
    await look()
    await actions.call(shopper.actor)
    await look()
    await town.db.run(aftersale.complete_evidence, shopper.actor, actions.case_id)
    await look()
    await town.db.run(aftersale.complete_evidence, shop.owner, actions.case_id)
    await look()
    await actions.decide("reject")
    await look()
    decided = (await view(town, actions.case_id)).dispute
    assert decided
    assert decided.cs_status == 9, "the field's number for a decision for the seller"
    await town.db.run(aftersale.appeal_decision, shopper.actor, actions.case_id, "there is a film of it")
    await look()
    assert seen == [(1, 0), (2, 0), (3, 0), (4, 1), (4, 2), (4, 4), (5, 5), (5, 6)]
    await town.settle_down()
    await town.check_books()
