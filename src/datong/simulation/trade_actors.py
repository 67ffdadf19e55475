"""The lives of a rehearsal: shoppers who buy, pay, wait, complain and praise.

Shops that send, forget, refuse and give in.

Every life decides by chance of its own, seeded by its number, so a rehearsal can be played again.
"""

from collections.abc import Sequence
from functools import partial
from random import Random

import msgspec

from datong.adapters.payment.sandbox import Manner, SandboxGateway
from datong.commerce import cart, member, order
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.simulation.aftersale_actors import Aftermath
from datong.simulation.stage import Stage, chance_of
from datong.wiring import find_house


class Buyer(msgspec.Struct, frozen=True):
    """A shopper and where goods go."""

    actor: Actor
    address_id: int


class Seller(msgspec.Struct, frozen=True):
    """A shop, whoever answers for it, and what it sells: (product, SKU)."""

    shop_id: int
    goods: Sequence[tuple[int, int]]

    @property
    def staff(self) -> Actor:
        """The shop's owner."""
        return Actor(1, "member", {self.shop_id: find_house().rights_of("owner")})


class Cast(msgspec.Struct, frozen=True):
    """Everyone on the stage."""

    buyers: Sequence[Buyer]
    sellers: Sequence[Seller]
    staff: tuple[Actor, Actor]


class Life:
    """One purchase from the wish to whatever becomes of it."""

    def __init__(self, stage: Stage, cast: Cast, seed: int, number: int) -> None:
        self._stage = stage
        self._cast = cast
        self._name = f"{seed}/{number}"
        self._random = chance_of(self._name)
        self._buyer = self._random.choice(list(cast.buyers))

    def _is(self, chance: float) -> bool:
        return self._random.random() < chance

    async def live(self, begins_in_hours: float) -> None:
        """Wish, place, pay; then each shop's part goes its own way."""
        stage = self._stage
        await stage.wait(begins_in_hours)
        sellers = self._random.sample(list(self._cast.sellers), 2 if self._is(0.2) else 1)
        purchase_id = await stage.attempt("placed", lambda: self._place(sellers))
        if purchase_id is None:
            return
        async with stage.db.read() as tx:
            orders = (await order.get_purchase(tx, self._buyer.actor, purchase_id)).orders
        if self._is(0.06):
            return  # never paid: the clock closes it
        await stage.wait(self._random.expovariate(1))
        if self._is(0.02):
            await stage.attempt("closed unpaid", lambda: self._close(orders[0].order_id))
        await self._pay(purchase_id)
        for each in orders:
            seller = next(one for one in self._cast.sellers if one.shop_id == each.shop_id)
            own = chance_of(f"{self._name}/{orders.index(each)}")
            stage.begin(self._go_on(each.order_id, seller, own))

    async def _place(self, sellers: Sequence[Seller]) -> int:
        db, actor = self._stage.db, self._buyer.actor
        for seller in sellers:
            for product_id, sku_id in self._random.sample(list(seller.goods), 2 if self._is(0.25) else 1):
                await cart.put_in_cart(db, actor, product_id, sku_id, self._random.choice((1, 1, 1, 2, 3)))
        async with db.read() as tx:
            address = await member.get_address(tx, actor, self._buyer.address_id)
            agreed = (await cart.get_cart(tx, actor, address.region)).ticked.total
        return await order.place_purchase(db, actor, self._buyer.address_id, agreed, f"life-{self._name}")

    async def _close(self, order_id: int) -> None:
        async with self._stage.db.begin(bucket_of(order_id)) as tx:
            await order.close_order(tx, self._buyer.actor, order_id, "not_wanted")

    async def _pay(self, purchase_id: int) -> None:
        """Pay at the sandbox in one of the ways things go: well, declined first, called back late, twice, or never."""
        manners: tuple[Manner, ...] = ("paid",) * 16 + ("late", "twice", "lost", "declined")
        manner = self._random.choice(manners)
        for _ in range(4):
            paid = await self._stage.attempt("paid", partial(self._settle, purchase_id, manner))
            if paid and manner != "declined":
                return
            manner = "paid" if manner == "declined" else manner
            await self._stage.wait(1)

    async def _settle(self, purchase_id: int, manner: Manner) -> bool:
        adapters = self._stage.adapters
        url = await order.pay_purchase(
            adapters.db, adapters.gateways, self._buyer.actor, purchase_id, "sandbox", adapters.base_url
        )
        gateway = adapters.gateways["sandbox"]
        if isinstance(gateway, SandboxGateway):
            await gateway.settle(url.rpartition("/")[2], manner)
        return True

    async def _go_on(self, order_id: int, seller: Seller, chance: Random) -> None:
        """One order after payment: sent or not, waited for or not, and what comes after."""
        stage = self._stage
        aftermath = Aftermath(stage, self._cast.staff, self._buyer.actor, seller.staff, order_id, chance)
        await stage.wait(2)
        if chance.random() < 0.03:  # noqa: PLR2004 - chances of a life
            await stage.attempt("cancelled", lambda: self._cancel(order_id))
            return
        if chance.random() < 0.05:  # noqa: PLR2004 - chances of a life
            await aftermath.complain_before_sending(chance.choice((1.0, 20.0, 60.0)))
        await stage.wait(chance.expovariate(1 / 12) + (60 if chance.random() < 0.06 else 0))  # noqa: PLR2004 - chances of a life
        if chance.random() < 0.03:  # noqa: PLR2004 - chances of a life
            # The shop forgets it; the buyer asks for the money, and silence gives it back.
            await stage.wait(72)
            await aftermath.complain_before_sending(0)
            return
        await stage.attempt("sent", lambda: self._send(seller, order_id, chance))
        await stage.wait(46 + chance.expovariate(1 / 20))
        await self._send_rest(seller, order_id)
        if chance.random() < 0.14:  # noqa: PLR2004 - chances of a life
            await aftermath.complain()
        if chance.random() < 0.65:  # noqa: PLR2004 - chances of a life
            await stage.wait(chance.uniform(1, 120))
            await stage.attempt("confirmed", lambda: self._confirm(order_id))
        await aftermath.look_back()

    async def _cancel(self, order_id: int) -> None:
        async with self._stage.db.begin(bucket_of(order_id)) as tx:
            await order.cancel_paid_order(tx, self._buyer.actor, order_id, "not_wanted")

    async def _send(self, seller: Seller, order_id: int, chance: Random) -> None:
        async with self._stage.db.begin(bucket_of(order_id)) as tx:
            lines = await order.lines_of(tx, order_id)
            first = [lines[0].line_id] if len(lines) > 1 and chance.random() < 0.3 else []  # noqa: PLR2004 - chances of a life
            await order.ship_order(tx, seller.staff, order_id, "sandbox", f"SB{order_id}", "first", first)

    async def _send_rest(self, seller: Seller, order_id: int) -> None:
        async with self._stage.db.begin(bucket_of(order_id)) as tx:
            if (await order.lock_order(tx, order_id)).state != order.OrderState.SELLER_CONSIGNED_PART:
                return
            await order.ship_order(tx, seller.staff, order_id, "sandbox", f"SB{order_id}-2", "rest")
        self._stage.done["sent the rest"] += 1

    async def _confirm(self, order_id: int) -> None:
        async with self._stage.db.begin(bucket_of(order_id)) as tx:
            await order.confirm_order(tx, self._buyer.actor, order_id)
