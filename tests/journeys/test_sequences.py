"""Two thousand lives of purchases over HTTP, in any valid order, with jumps of the clock; then nobody does anything.

Three shops of both brands, presale balances with other goods, prices that change, parts of orders sent, exchanges,
returns, disputes and appeals. Whatever is asked is answered or refused, nothing fails; once time alone has gone on for
120 days nothing is open and every identity of the audit holds.
"""

import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from random import Random
from typing import Any

import httpx
import pytest

from datong.commerce import catalog, member, qualification
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from datong.kernel.invariants import audit
from datong.kernel.refusal import Refusal
from datong.simulation.stage import chance_of
from tests.cases import give_address
from tests.make import MALL, Goods, Shop
from tests.races.test_left_alone import ALONE, OPEN, STEP, states, sweep
from tests.surfaces.conftest import Site, app_over

SEQUENCES = 250
SEEDS = 8
STEPS = 14
BUYERS = 12
HOURS = (1, 1, 5, 20, 30, 50, 100, 250)
REFUSED = {404, 409, 422}
Answer = dict[str, Any]
Act = Callable[[], Awaitable[object]]


class Stall:
    """A shop with what it sells at once and ahead."""

    def __init__(self, shop: Shop, goods: list[Goods], ahead: Goods) -> None:
        self.shop = shop
        self.owner = shop.owner.id
        self.goods = goods
        self.ahead = ahead
        self.presale_id = 0


class Fair:
    """Everybody who takes part, each by its member id; who is logged out by time logs in again."""

    def __init__(self, site: Site, chance: Random) -> None:
        self.site = site
        self.town = site.town
        self.chance = chance
        self.stalls: list[Stall] = []
        self.buyers: list[tuple[int, str]] = []
        self.staff: list[int] = []
        self.tokens: dict[int, str] = {}
        self.seen: Counter[str] = Counter()

    async def call(self, method: str, path: str, who: int, body: object = None) -> httpx.Response:
        """One call, answered or refused; anything else is a fault."""
        key = f"q{self.town.next()}"
        for _ in range(2):
            answer = await self.site.call(method, path, self.tokens.get(who, "nobodys"), body, key)
            if answer.status_code != 401:
                break
            self.tokens[who] = await member.open_session(self.town.db, who)
        # Whoever decided a case does not decide its appeal.
        refused = REFUSED | ({403} if path.endswith("/appeal") and who in self.staff else set())
        assert answer.status_code < 300 or answer.status_code in refused, (method, path, body, answer.text)
        self.seen[f"{method} {path.rpartition('/')[2].strip('0123456789')} {answer.status_code // 100}"] += 1
        return answer

    async def ask(self, method: str, path: str, who: int, body: object = None) -> Answer:
        """What came back, nothing for a refusal."""
        answer = await self.call(method, path, who, body)
        found = answer.json() if answer.status_code < 300 and answer.content else {}
        return found if isinstance(found, dict) else {"items": found}

    async def open(self) -> None:
        """Three shops, a dozen buyers, two of the staff."""
        brands = await catalog.ensure_brands(self.town.db, ["Auric"])
        for number in range(3):
            shop = await self.town.shop(*((MALL, "flagship") if number == 1 else ()))
            async with self.town.db.begin(bucket_of(shop.id)) as tx:
                await qualification.authorise_brand(tx, SYSTEM, shop.id, brands["auric"].brand_id, "R")
            await give_address(shop)
            freight = await shop.freight(600, 200, free_from=20_000)
            goods = [
                await shop.product(price, 100_000, brand="Auric", freight=freight, method=method)
                for price, method in ((9_900, "parcel"), (24_900, "surface"), (70_001, "parcel"), (3_000, "pickup"))
            ]
            self.stalls.append(Stall(shop, goods, await shop.product(60_000, 100_000, brand="Auric")))
        for _ in range(BUYERS):
            shopper = await self.town.shopper()
            self.buyers.append((shopper.actor.id, str(shopper.address_id)))
        for _ in range(2):
            staff = (await self.town.shopper()).actor.id
            async with self.town.db.begin(bucket_of(staff)) as tx:
                await member.appoint_operator(tx, SYSTEM, staff, ["platform"])
            self.staff.append(staff)

    async def jump(self) -> None:
        """Some time goes on, and whatever runs out in it does."""
        self.town.move_clock(hours=self.chance.choice(HOURS))
        await sweep(self.town)

    def pays(self) -> bool:
        """Most buyers pay."""
        return self.chance.random() < 0.9

    async def pay(self, path: str, who: int) -> None:
        """Pay at the sandbox, which calls back once, twice, late or never."""
        url = (await self.ask("POST", path, who, {})).get("pay_url", "")
        if url:
            await self.town.gateway.settle(url.rpartition("/")[2], self.chance.choice(("", "twice", "lost")))  # type: ignore[arg-type]
            await self.site.call_back()
            await self.town.deliver()


class Life:
    """A purchase and what comes of it."""

    def __init__(self, fair: Fair) -> None:
        self.fair = fair
        self.chance = fair.chance
        self.buyer, self.address_id = self.chance.choice(fair.buyers)
        self.deposits: list[str] = []
        self.stalls = self.chance.sample(fair.stalls, self.chance.choice((1, 1, 2, 3)))
        self.orders: dict[str, Stall] = {}
        self.case_id = ""

    async def ask(self, method: str, path: str, body: object = None, who: int = 0) -> Answer:
        """As the buyer, or as somebody else."""
        return await self.fair.ask(method, path, who or self.buyer, body)

    async def begin(self) -> None:
        """Place goods of some shops, with a balance among them at times."""
        if self.chance.random() < 0.2:
            await self._put_down()
        lines = [
            {
                "product_id": str(goods.product_id),
                "sku_id": str(goods.sku_id),
                "quantity": self.chance.choice((1, 1, 3)),
            }
            for stall in self.stalls
            for goods in self.chance.sample(stall.goods, self.chance.choice((1, 2)))
        ]
        quoted = await self.ask("POST", "/quotes", {"lines": lines})
        place = {"address_id": self.address_id, "lines": lines, "agreed": quoted["total"], "deposits": self.deposits}
        placed = await self._place(place)
        if not placed:
            return
        if self.chance.random() < 0.2:
            await self._change_price()
        if self.fair.pays():
            await self.fair.pay(f"/purchases/{placed['id']}/payments", self.buyer)
        seen = await self.ask("GET", f"/purchases/{placed['id']}")
        by_id = {str(each.shop.id): each for each in self.fair.stalls}
        self.orders = {each["id"]: by_id[each["shop_id"]] for each in seen["orders"]}

    async def _place(self, place: dict[str, Any]) -> Answer:
        """Place at what it costs: who is told that it costs something else agrees to that."""
        for _ in range(2):
            answer = await self.fair.call("POST", "/purchases", self.buyer, place)
            found: Answer = answer.json()
            if answer.status_code == 201:
                return found
            if found["code"] != "order.price_moved":
                break
            place |= {"agreed": found["details"]["asked"]}
        return {}

    async def _put_down(self) -> None:
        """Put a deposit down, and mostly come back for the balance in time."""
        stall, town = self.chance.choice(self.stalls), self.fair.town
        body = {"sku_id": str(stall.ahead.sku_id), "quantity": self.chance.choice((1, 2))}
        made = await self.ask("POST", f"/presales/{stall.presale_id}/deposits", body)
        if not made:
            with contextlib.suppress(Refusal):
                stall.presale_id = await stall.shop.presale(stall.ahead, 6_000, minus=3_000)
            made = await self.ask("POST", f"/presales/{stall.presale_id}/deposits", body)
        if not made:
            return
        await self.fair.pay(f"/deposits/{made['id']}/payments", self.buyer)
        if self.chance.random() < 0.8:
            self.deposits.append(made["id"])
            found = (await self.ask("GET", "/deposits"))["items"]
            (mine,) = [each for each in found if each["id"] == made["id"]]
            if mine["state"] == "DEPOSIT_PAID":
                opens = datetime.fromisoformat(mine["balance_from"])
                town.move_clock(seconds=max(0.0, (opens - town.db.now()).total_seconds() + 60))
                await sweep(town)

    async def _change_price(self) -> None:
        """The seller asks more, or less, from now on."""
        stall = self.chance.choice(self.stalls)
        goods = self.chance.choice([*stall.goods, stall.ahead])
        price = goods.price * self.chance.choice((1, 2, 3)) // self.chance.choice((1, 2))
        await catalog.set_list_prices(self.fair.town.db, stall.shop.owner, stall.shop.id, goods.product_id, {"": price})

    async def step(self) -> None:
        """One thing that somebody may do where the life is."""
        if self.chance.random() < 0.15:
            await self.fair.jump()
        elif self.case_id and self.chance.random() < 0.75:
            await self._step_case()
        elif self.orders:
            await self._step_order(self.chance.choice(sorted(self.orders)))

    async def _step_order(self, order_id: str) -> None:
        seen = await self.ask("GET", f"/orders/{order_id}")
        stall, path = self.orders[order_id], f"/orders/{order_id}"
        match seen["order"]["state"]:
            case "WAIT_BUYER_PAY":
                await self.ask("POST", f"{path}/close", {"reason": "not_wanted"}, self.chance.choice((0, stall.owner)))
            case "WAIT_SELLER_SEND_GOODS" | "SELLER_CONSIGNED_PART":
                acts: list[Act] = [lambda: self._send(path, seen, stall)] * 5
                acts += [lambda: self._ask_back(path, seen), lambda: self.ask("POST", f"{path}/cancel", {})]
                await self.chance.choice(acts)()
            case "WAIT_BUYER_CONFIRM_GOODS":
                acts = [lambda: self._ask_back(path, seen)] * 4
                acts += [
                    lambda: self.ask("POST", f"{path}/confirm"), lambda: self.ask("POST", f"{path}/extend"),
                    lambda: self.ask("POST", f"{path}/seller-extension", {"days": 3}, stall.owner),
                ]  # fmt: skip
                await self.chance.choice(acts)()
            case "TRADE_FINISHED":
                await self._ask_back(path, seen)

    async def _send(self, path: str, seen: Answer, stall: Stall) -> None:
        waiting = [line for line in seen["lines"] if line["state"] == "WAITING"]
        if not waiting:
            return
        line = self.chance.choice(waiting)
        if line["method"] == "pickup":
            body: dict[str, Any] = {"method": "pickup", "details": {"place": "Counter 3"}}
            await self.ask("POST", f"{path}/handovers", body, stall.owner)
            return
        body = {"courier": "sandbox", "tracking_no": f"SQ{self.fair.town.next():08}"}
        if self.chance.random() < 0.4:
            body["line_ids"] = [line["id"]]
        await self.ask("POST", f"{path}/parcels", body, stall.owner)

    async def _ask_back(self, path: str, seen: Answer) -> None:
        line = self.chance.choice(seen["lines"])
        options = (await self.ask("GET", f"{path}/lines/{line['id']}/refund-options"))["items"]
        if not options:
            return
        option = self.chance.choice(options)
        body = {
            "line_id": line["id"], "kind": option["kind"], "reason": self.chance.choice(option["reasons"]),
            "is_received": self.chance.random() < 0.5, "amount": self.chance.choice((0, 0, 1)),
        }  # fmt: skip
        made = await self.ask("POST", f"{path}/refunds", body)
        self.case_id = made.get("id", self.case_id)

    async def _step_case(self) -> None:
        seen = await self.ask("GET", f"/refunds/{self.case_id}")
        case, dispute = seen["case"], seen["dispute"]
        stall = self.orders[case["order_id"]]
        if dispute and self.chance.random() < 0.7 and await self._step_dispute(seen, stall):
            return
        acts = {
            "WAIT_SELLER_AGREE": (("agree", stall.owner), ("refuse", stall.owner), ("refuse", stall.owner),
                                  ("withdraw", 0)),
            "SELLER_REFUSE_BUYER": (("call", 0), ("call", 0), ("call", stall.owner), ("withdraw", 0)),
            "WAIT_BUYER_RETURN_GOODS": (("send-back", 0), ("send-back", 0), ("withdraw", 0)),
            "WAIT_SELLER_CONFIRM_GOODS": (("take-back", stall.owner), ("refuse", stall.owner)),
            "WAIT_SELLER_SEND_GOODS": (("replace", stall.owner),),
            "WAIT_BUYER_CONFIRM_GOODS": (("confirm", 0),),
            "WAIT_SELLER_RETURN_GOODS": (("replace", stall.owner),),
            "WAIT_BUYER_RECEIVE_GOODS": (("confirm", 0), ("call", 0)),
        }.get(case["state"], ())  # fmt: skip
        if acts:
            action, who = self.chance.choice(acts)
            await self._act(action, who, case["version"])
        else:
            self.case_id = ""

    async def _act(self, action: str, who: int, version: int) -> None:
        body = {"version": version, "text": "it was whole when it left", "courier": "sandbox",
                "tracking_no": f"SQ{self.fair.town.next():08}"}  # fmt: skip
        await self.ask("POST", f"/refunds/{self.case_id}/actions/{action}", body, who)

    async def _step_dispute(self, seen: Answer, stall: Stall) -> bool:
        """What may be done while the platform helps; answers whether something was."""
        dispute, staff = seen["dispute"], self.chance.choice(self.fair.staff)
        version, path = dispute["version"], f"/operator/disputes/{self.case_id}"
        if dispute["status"] == 10:
            for who in (self.buyer, stall.owner):
                await self._act("ready", who, seen["case"]["version"])
        elif dispute["status"] == 3:
            outcome = self.chance.choice(("refund", "return_first", "reject"))
            body = {"version": version, "outcome": outcome, "reason": "as the pictures show",
                    "amount": self.chance.choice((0, 1)), "goodwill": self.chance.choice((0, 100))}  # fmt: skip
            await self.ask("POST", f"{path}/decision", body, staff)
        elif dispute["status"] in {8, 9}:
            await self._act("appeal", self.chance.choice((self.buyer, stall.owner)), seen["case"]["version"])
        elif dispute["status"] == 11:
            body = {"version": version, "reason": "looked at once more", "amount": self.chance.choice((0, 1))}
            await self.ask("POST", f"{path}/appeal", body, staff)
        else:
            return False
        return True


@pytest.mark.long
@pytest.mark.parametrize("seed", range(SEEDS))
async def test_whatever_is_done_over_http_the_books_hold_and_all_of_it_ends(site: Site, seed: int) -> None:
    fair = Fair(site, chance_of(f"sequences {seed}"))
    await fair.open()
    lives: list[Life] = []
    for _ in range(SEQUENCES):
        life = Life(fair)
        lives = [*lives[-5:], life]
        await app_over(fair.town)  # the limit of calls a minute is not what this is about
        await life.begin()
        for _ in range(STEPS):
            await fair.chance.choice([life, life, *lives]).step()
        await fair.town.deliver()
    assert await audit(fair.town.db) == {}
    await sweep(fair.town)
    assert (await states(fair.town)).keys() & OPEN, "somebody was left somewhere"
    for _ in range(ALONE // STEP + 1):
        fair.town.clock.shift += STEP
        await sweep(fair.town)
    assert {place: count for place, count in (await states(fair.town)).items() if place in OPEN} == {}
    assert await audit(fair.town.db) == {}
