"""Lives that wander: buyers, a shop and staff who do, by chance, one of the things that may be done where they are.

Each act goes through the door that anyone uses; what is refused has not happened. Whoever stops is left where it is.
"""

from collections.abc import Awaitable, Callable, Sequence
from random import Random

from datong.commerce import aftersale, merchant, order, payment
from datong.commerce.aftersale import CaseState, HelpStatus, RefundCase, RefundRequest, ReturnShipment
from datong.commerce.order import OrderState
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Refusal
from tests.cases import OTHER_STAFF, CaseActions, ask, lines, run_clocks, see, tell_delivered, view
from tests.commerce.test_presale import balance
from tests.make import MALL, Goods, Shop, Shopper, Town
from tests.said import write

Act = Callable[[], Awaitable[object]]
Place = tuple[str, str]
"""A machine and a state of it."""
ASKS = (
    ("REFUND", "quality"), ("REFUND", "not_received"), ("REFUND_AND_RETURN", "no_reason"),
    ("REFUND_AND_RETURN", "quality"), ("EXCHANGE", "damaged"), ("RESHIPPING", "not_received"), ("REFUND", "not_wanted"),
)  # fmt: skip
HANDED = {"pickup": {"place": "Counter 3"}, "service": {"text": "done at noon"}, "digital": {"content": "a key"}}
"""What a shop says with a hand-over that is no parcel."""


class Wanderer:
    """One order, from its placement on, and all that may come after."""

    def __init__(self, town: Town, shop: Shop, shopper: Shopper, chance: Random) -> None:
        self.town = town
        self.shop = shop
        self.shopper = shopper
        self.chance = chance
        self.purchase_id = 0
        self.order_id = 0
        self.deposit_id = 0
        self.cases: list[int] = []

    async def place(self, goods: Sequence[Goods]) -> None:
        """Place an order of these goods."""
        for each in goods:
            await self.shopper.fill(each, self.chance.choice((1, 1, 3)))
        self.purchase_id = await self.shopper.place()
        self.order_id = (await self.shopper.orders(self.purchase_id))[0].order_id

    async def put_down(self, presale_id: int, goods: Goods) -> None:
        """Put down a deposit, mostly paid."""
        self.deposit_id = await self.shopper.put_down(presale_id, goods, pays=self.chance.random() < 0.8)

    async def place_balance(self) -> None:
        """Place the balance, where it can be paid."""
        try:
            self.purchase_id = await balance(self.shopper, self.deposit_id)
        except Refusal:
            return
        self.order_id = (await self.shopper.orders(self.purchase_id))[0].order_id

    async def wander(self, to: Place, steps: int = 20) -> bool:
        """Do one thing after the other until a state is reached; answers whether it was.

        Now and then time goes on and clocks run out.
        """
        for _ in range(steps):
            if not self.order_id:
                return False
            found = await self.places()
            if to in found:
                return True
            choices = await self._choices()
            if not choices:
                return False
            if self.chance.random() < 0.05:
                self.town.move_clock(hours=self.chance.choice((1, 5, 30)))
                await run_clocks(self.town)
                continue
            try:
                await self.chance.choice(choices)()
            except Refusal:
                continue
            await self.town.deliver()
        return False

    async def places(self) -> set[Place]:
        """The states of the order, its latest case and that one's dispute."""
        found: set[Place] = {("order", (await self.shopper.order(self.order_id)).state)}
        if self.cases:
            seen = await view(self.town, self.cases[-1])
            found.add(("case", seen.case.state))
            if seen.dispute is not None:
                found.add(("dispute", str(seen.dispute.cs_status)))
        return found

    async def _choices(self) -> list[Act]:
        if self.cases:
            acts = await self._case_acts(await see(self.town, self.cases[-1]))
            if acts and self.chance.random() < 0.9:
                return acts
        return self._order_acts(await self.shopper.order(self.order_id))

    def _order_acts(self, now: order.ShopOrder) -> list[Act]:
        shopper, order_id = self.shopper, self.order_id
        match now.state:
            case OrderState.WAIT_BUYER_PAY:
                pay: Act = lambda: shopper.pay(self.purchase_id)  # noqa: E731 - one of several
                return [pay] * 6 + [lambda: shopper.close(order_id), self._close]
            case OrderState.WAIT_SELLER_SEND_GOODS:
                return [self._send, self._send, self._send_a_line, self._ask, lambda: shopper.cancel(order_id)]
            case OrderState.SELLER_CONSIGNED_PART:
                return [self._send, self._send_a_line, self._ask, self._ask]
            case OrderState.WAIT_BUYER_CONFIRM_GOODS:
                deliver: Act = lambda: tell_delivered(self.town, order_id)  # noqa: E731 - one of several
                return [self._ask] * 5 + [lambda: shopper.confirm(order_id), deliver, self._extend]
            case OrderState.TRADE_FINISHED:
                return [self._ask, lambda: write(shopper, order_id, "bad", "call 138-0000-0000")]
            case _:
                return []

    async def _case_acts(self, case: RefundCase) -> list[Act]:
        actions, shop, shopper = CaseActions(self.town, case.case_id), self.shop, self.shopper
        dispute = (await view(self.town, case.case_id)).dispute
        waits = _of_dispute(self, actions, dispute.cs_status) if dispute is not None else []
        call: Act = lambda: actions.call(self.chance.choice((shopper.actor, shop.owner)))  # noqa: E731 - one of several
        acts: dict[str, list[Act]] = {
            CaseState.WAIT_SELLER_AGREE: [
                lambda: actions.agree(shop), lambda: actions.refuse(shop), lambda: actions.refuse(shop),
                lambda: actions.withdraw(shopper),
                lambda: actions.change(shopper, RefundRequest("REFUND", "other", 1)),
            ],
            CaseState.SELLER_REFUSE_BUYER: [call, call, call, lambda: actions.agree(shop),
                                            lambda: actions.withdraw(shopper)],
            CaseState.WAIT_BUYER_RETURN_GOODS: [lambda: actions.send_back(shopper)],
            CaseState.WAIT_SELLER_CONFIRM_GOODS: [
                lambda: actions.confirm_return(shop), lambda: actions.refuse(shop), lambda: actions.refuse(shop),
            ],
            CaseState.WAIT_SELLER_SEND_GOODS: [lambda: actions.replace(shop)],
            CaseState.WAIT_BUYER_CONFIRM_GOODS: [lambda: actions.confirm_replacement(shopper)],
            CaseState.WAIT_SELLER_RETURN_GOODS: [lambda: self._give_back(actions)],
            CaseState.WAIT_BUYER_RECEIVE_GOODS: [lambda: actions.confirm_replacement(shopper), call, call],
        }  # fmt: skip
        return waits if waits and self.chance.random() < 0.7 else acts.get(case.state, [])

    async def _close(self) -> None:
        await self.town.db.run(order.close_order, self.shop.owner, self.order_id, "out_of_stock")

    async def _extend(self) -> None:
        await self.town.db.run(order.extend_by_seller, self.shop.owner, self.order_id, 3)

    async def _send(self) -> None:
        """All that is left goes out, each by its method."""
        for method in sorted({line.method for line in await lines(self.town, self.order_id) if not line.parcel_id}):
            await self._hand_over(method)

    async def _send_a_line(self) -> None:
        left = [line for line in await lines(self.town, self.order_id) if not line.parcel_id]
        if left:
            line = self.chance.choice(left)
            await self._hand_over(line.method, line.line_id)

    async def _hand_over(self, method: str, *line_ids: int) -> None:
        key = f"h{self.town.next()}"
        details = HANDED.get(method, {"courier": "sandbox", "tracking_no": f"SB{key}0000"})
        await self.town.db.run(order.hand_over, self.shop.owner, self.order_id, method, details, key, line_ids)

    async def _ask(self) -> None:
        place = self.chance.randrange(len(await lines(self.town, self.order_id)))
        kind, reason = self.chance.choice(ASKS)
        self.cases.append(await ask(self.shopper, self.order_id, kind, reason, line=place))

    async def _give_back(self, actions: CaseActions) -> None:
        sending = ReturnShipment("sandbox", f"GB{actions.case_id}")
        await actions._do(aftersale.send_replacement, self.shop.owner, sending)


def _of_dispute(who: Wanderer, actions: CaseActions, status: int) -> list[Act]:
    """What may be done while a dispute waits for somebody; nothing if it does not."""
    town, case_id = who.town, actions.case_id
    sides = (who.shopper.actor, who.shop.owner)

    async def hand_in() -> None:
        await aftersale.add_evidence(town.db, town.adapters.objects, who.chance.choice(sides), case_id, b"%PDF-1.7 it")

    async def be_ready() -> None:
        for actor in sides:
            await town.db.run(aftersale.complete_evidence, actor, case_id)

    async def decide() -> None:
        outcome = who.chance.choice(("refund", "return_first", "reject"))
        await actions.decide(outcome, who.chance.choice((0, 1)), who.chance.choice((0, 100)))

    async def appeal() -> None:
        await town.db.run(aftersale.appeal_decision, who.chance.choice(sides), case_id, "there is a film of it")

    async def end_appeal() -> None:
        dispute = (await view(town, case_id)).dispute
        assert dispute
        await aftersale.decide_appeal(
            town.db, OTHER_STAFF, case_id, dispute.version, who.chance.choice((0, 1)), "looked at once more"
        )

    acts: dict[HelpStatus, list[Act]] = {
        HelpStatus.EVIDENCE: [hand_in, be_ready, be_ready],
        HelpStatus.IN: [decide],
        HelpStatus.APPEAL: [end_appeal],
        HelpStatus.BUYER_WINS: [appeal],
        HelpStatus.SELLER_WINS: [appeal],
    }
    return acts.get(HelpStatus(status), [])


async def wander_into_the_market(town: Town, chance: Random) -> int:
    """A shop that applies, and comes as far as chance has it; answers its id."""
    number = town.next()
    founder = (await town.shopper()).actor
    application = merchant.ShopApplication(
        storefront=MALL, kind="flagship", names={"en": f"Applied {number}"}, slug=f"applied-{number}",
        legal_name="Applied", identity=f"A-{number}", ships_from="31", category_id=town.category_id,
    )  # fmt: skip
    shop_id = await merchant.apply_for_shop(town.db, founder, application)
    way = chance.randrange(6)
    if way == 0:
        return shop_id
    async with town.db.begin(bucket_of(shop_id)) as tx:
        await merchant.decide_application(tx, SYSTEM, shop_id, is_approved=way != 1, reason="no papers")
        if way > 2:
            due = await merchant.get_shop_view(tx, SYSTEM, shop_id)
            part = due.deposit_due if way > 3 else 20_000
            await payment.receive_dues(tx, SYSTEM, shop_id, part, due.fee_due if way > 3 else 0, "dues")
        if way == 5:
            await merchant.restrict_shop(tx, SYSTEM, shop_id, is_restricted=True, reason="looked at")
    return shop_id
