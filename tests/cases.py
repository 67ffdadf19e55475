"""Makers for tests of what comes after the sale: asking, answering, sending back, and the platform's staff."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from datong.adapters.courier import TrackingNews
from datong.commerce import aftersale, fulfilment, order
from datong.commerce.aftersale import RefundCase, RefundRequest, ReturnAddress, ReturnShipment
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from tests.make import Shop, Shopper, Town

ADDRESS = ReturnAddress("Returns desk", "13900000000", "31", "Shanghai", "9 Dock Road")
_DESK = frozenset({"dispute:decide", "refund:read", "refund:resend", "review:moderate", "order:read"})
STAFF = Actor(7, "member", {}, _DESK)
OTHER_STAFF = Actor(8, "member", {}, _DESK)


async def lines(town: Town, order_id: int) -> list[order.OrderLine]:
    """An order's lines as they are now."""
    async with town.db.read() as tx:
        return await order.lines_of(tx, order_id)


async def ask(
    shopper: Shopper, order_id: int, kind: str = "REFUND", reason: str = "quality", line: int = 0, key: str = "",
    **more: object,
) -> int:  # fmt: skip
    """Open a case on a line of an order."""
    wanted = (await lines(shopper.town, order_id))[line].line_id
    asked = RefundRequest(kind, reason, **more)  # type: ignore[arg-type]
    async with shopper.town.db.begin(bucket_of(order_id)) as tx:
        return await aftersale.open_refund(
            tx, shopper.actor, order_id, wanted, asked, key or f"a{shopper.town.next()}"
        )  # fmt: skip


async def see(town: Town, case_id: int) -> RefundCase:
    """A case as it is now."""
    async with town.db.read() as tx:
        return (await aftersale.get_case(tx, STAFF, case_id)).case


async def view(town: Town, case_id: int, actor: Actor = STAFF) -> aftersale.CaseView:
    """A case with everything about it."""
    async with town.db.read() as tx:
        return await aftersale.get_case(tx, actor, case_id)


class CaseActions:
    """What can be done with a case, at its present version."""

    def __init__(self, town: Town, case_id: int) -> None:
        self.town = town
        self.case_id = case_id

    async def _do(
        self, action: Callable[..., Awaitable[RefundCase]], actor: Actor, *args: object, **more: object
    ) -> RefundCase:
        version = (await see(self.town, self.case_id)).version
        async with self.town.db.begin(bucket_of(self.case_id)) as tx:
            await action(tx, actor, self.case_id, version, *args, **more)
        return await see(self.town, self.case_id)

    async def agree(self, shop: Shop) -> RefundCase:
        return await self._do(aftersale.agree_to_refund, shop.owner)

    async def refuse(self, shop: Shop, text: str = "it was whole when it left") -> RefundCase:
        return await self._do(aftersale.refuse_refund, shop.owner, text)

    async def withdraw(self, shopper: Shopper) -> RefundCase:
        return await self._do(aftersale.withdraw_refund, shopper.actor)

    async def change(self, shopper: Shopper, asked: RefundRequest) -> RefundCase:
        return await self._do(aftersale.change_refund, shopper.actor, asked)

    async def send_back(self, shopper: Shopper, freight: int = 0) -> RefundCase:
        return await self._do(
            aftersale.send_back, shopper.actor, ReturnShipment("sandbox", f"RT{self.case_id}", freight)
        )  # fmt: skip

    async def confirm_return(self, shop: Shop, **more: bool) -> RefundCase:
        return await self._do(aftersale.confirm_return, shop.owner, **more)

    async def replace(self, shop: Shop) -> RefundCase:
        return await self._do(aftersale.send_replacement, shop.owner, ReturnShipment("sandbox", f"RP{self.case_id}"))

    async def confirm_replacement(self, shopper: Shopper) -> RefundCase:
        return await self._do(aftersale.confirm_replacement, shopper.actor)

    async def call(self, actor: Actor) -> RefundCase:
        return await self._do(aftersale.call_platform, actor)

    async def decide(
        self, outcome: str, amount: int = 0, goodwill: int = 0, actor: Actor = STAFF
    ) -> RefundCase:  # fmt: skip
        dispute = (await view(self.town, self.case_id)).dispute
        assert dispute
        decision = aftersale.Decision(outcome, "decided by what is on file", amount, goodwill)
        await aftersale.decide_dispute(self.town.db, actor, self.case_id, dispute.version, decision)
        return await see(self.town, self.case_id)


async def give_address(shop: Shop) -> None:
    """Say where a shop's returns go."""
    async with shop.town.db.begin(bucket_of(shop.id)) as tx:
        await aftersale.set_return_address(tx, shop.owner, shop.id, ADDRESS)


async def run_clocks(town: Town) -> None:
    """Let every order's and every case's clock decide that has run out."""
    await town.deliver()
    await order.run_due_orders(town.db)
    await aftersale.run_due_cases(town.db)
    await town.deliver()


async def bought(town: Town, price: int = 10_000, quantity: int = 1, stock: int = 10) -> tuple[Shop, Shopper, int]:
    """A shop with an address for returns, a shopper, and an order that is paid."""
    shop, shopper = await town.shop(), await town.shopper()
    await give_address(shop)
    order_id = await shopper.buy(await shop.product(price, stock), quantity)
    await town.deliver()
    return shop, shopper, order_id


async def tell_delivered(town: Town, order_id: int, case_id: int = 0) -> None:
    """The courier says that everything of an order (or of a case) was signed for, now."""
    async with town.db.read() as tx:
        parcels = await fulfilment.list_parcels(tx, order_id, case_id)
    for parcel in parcels:
        event = f"{parcel.tracking_no}-signed"
        news = TrackingNews(event, parcel.tracking_no, "delivered", "door", town.db.now(), parcel.parcel_id)
        await fulfilment.record_news(town.db, parcel.courier, news)
    await town.deliver()


def set_clock(town: Town, instant: datetime) -> None:
    """Let it be this instant now."""
    town.clock.shift += instant - town.db.now()
