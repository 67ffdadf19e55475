"""What is offered of a refund is what is taken: every kind with every reason, in each phase of a line."""

from typing import Any, NoReturn

import pytest

from datong.commerce import aftersale, order, rulebook
from datong.commerce.aftersale import CaseKind, RefundRequest
from datong.commerce.aftersale.deadlines import NO_REASON_DAYS
from datong.commerce.aftersale.states import REASONS
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Refusal
from tests.cases import lines, tell_delivered
from tests.make import Shop, Shopper, Town

Options = dict[str, list[str]]


class Undone(Exception):  # noqa: N818 - no error
    """Rolls a transaction back."""


async def offered(shopper: Shopper, order_id: int) -> Options:
    """What is offered of the order's first line."""
    line = (await lines(shopper.town, order_id))[0]
    async with shopper.town.db.read() as tx:
        return await aftersale.list_refund_options(tx, await shopper.order(order_id), line)


async def taken(shopper: Shopper, order_id: int) -> Options:
    """What is taken of the order's first line: each is asked for and rolled back."""
    line = (await lines(shopper.town, order_id))[0]
    found: Options = {}
    for kind in CaseKind:
        for reason in REASONS:
            if await is_taken(shopper, order_id, line.line_id, RefundRequest(kind, reason)):
                found.setdefault(kind, []).append(reason)
    return found


async def is_taken(shopper: Shopper, order_id: int, line_id: int, asked: RefundRequest) -> bool:
    """Whether this may be asked for; it is rolled back."""
    try:
        async with shopper.town.db.begin(bucket_of(order_id)) as tx:
            await aftersale.open_refund(tx, shopper.actor, order_id, line_id, asked, f"{asked.kind} {asked.reason}")
            undo()
    except Refusal:
        return False
    except Undone:
        return True


def undo() -> NoReturn:
    """Have the transaction rolled back."""
    raise Undone


async def bought(town: Town, **about: Any) -> tuple[Shop, Shopper, int]:  # noqa: ANN401 - of a draft
    shop, shopper = await town.shop(), await town.shopper()
    return shop, shopper, await shopper.buy(await shop.product(40_000, **about))


async def test_before_shipping_only_the_money_is_asked_for(town: Town) -> None:
    """Source: domain.md §4; a return, an exchange or one piece more of what never left makes no sense."""
    _, shopper, order_id = await bought(town)
    found = await offered(shopper, order_id)
    assert found == await taken(shopper, order_id)
    assert list(found) == ["REFUND"]
    assert "agreed" in found["REFUND"]
    assert "quality" not in found["REFUND"]


async def test_after_shipping_every_phase_offers_what_it_takes(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    found = await offered(shopper, order_id)
    assert found == await taken(shopper, order_id)
    assert set(found) == set(CaseKind)
    assert "not_wanted" not in found["REFUND"]
    await tell_delivered(town, order_id)
    town.move_clock(days=9)
    late = await offered(shopper, order_id)
    assert late == await taken(shopper, order_id)
    assert "no_reason" in found["REFUND_AND_RETURN"]
    assert "no_reason" not in late["REFUND_AND_RETURN"]
    await shopper.confirm(order_id)
    town.move_clock(days=14)
    assert await offered(shopper, order_id) == await taken(shopper, order_id) == late
    town.move_clock(days=1)
    assert await offered(shopper, order_id) == await taken(shopper, order_id) == {}


async def test_goods_not_taken_back_without_a_reason_do_not_offer_it(town: Town) -> None:
    shop, shopper, order_id = await bought(town)
    await shop.ship(order_id)
    async with town.db.begin() as tx:
        about = {"scope_kind": "category", "scope_id": town.category_id}
        await rulebook.set_parameter(tx, SYSTEM, NO_REASON_DAYS.name, 0, **about)  # type: ignore[arg-type]
    found = await offered(shopper, order_id)
    assert found == await taken(shopper, order_id)
    assert "no_reason" not in found["REFUND_AND_RETURN"]


@pytest.mark.parametrize("method", ["pickup", "digital", "service"])
async def test_other_methods_offer_what_they_take_before_and_after(town: Town, method: str) -> None:
    shop, shopper, order_id = await bought(town, method=method)
    assert await offered(shopper, order_id) == await taken(shopper, order_id)
    details = {"place": "Counter", "content": "CODE", "text": "Done"}
    async with town.db.begin(bucket_of(order_id)) as tx:
        await order.hand_over(tx, shop.owner, order_id, method, details, "hand")
    assert await offered(shopper, order_id) == await taken(shopper, order_id) != {}
