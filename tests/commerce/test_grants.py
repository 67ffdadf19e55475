"""A benefit that one programme gives through another is given once, out of the giver's budget."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from datong.commerce import member, voucher
from datong.commerce.member import Grant, GrantTerms
from datong.commerce.member.grants import GrantUnknown
from datong.commerce.voucher import Terms, Tier
from datong.commerce.voucher.claim_voucher import NotClaimable, claim_in
from datong.commerce.voucher.grants import MAX_COINS
from datong.kernel.house import Room, build_house
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.sql import rows, value
from datong.kernel.tx import Tx
from datong.wiring import WINGS, find_rooms
from tests.make import Shop, Shopper, Town, open_town
from tests.races.test_races import outcome


class Given(msgspec.Struct, frozen=True):
    """A grant as it is noted."""

    name: str
    key: str
    refused: str


GIVEN = rows(Given, "select name, key, refused from grant_given where bkt = $1 and owner_id = $2 order by name, key")
CLAIMED = value(int, "select claimed from voucher_template where bkt = $1 and template_id = $2")


class NoCakeLeft(Conflict):
    """The sandbox room has nothing left."""

    code = "cake.none_left"


async def give_cake(tx: Tx, owner_id: int, key: str, terms: GrantTerms) -> None:
    """A cake of the sandbox room: a tag that ends never."""
    if terms.get("is_none_left"):
        raise NoCakeLeft
    await member.put_tag(tx, owner_id, f"cake:{terms['kind']}:{key}", None, "cake")


CAKES = Room(name="cake", wing="consumer", uses=("member",), provides=(Grant(key="cake", give=give_cake),))


@pytest.fixture
async def town(dsn: str) -> AsyncIterator[Town]:
    async with open_town(dsn, house=build_house([*find_rooms(), CAKES], WINGS)) as opened:
        yield opened


async def give(shopper: Shopper, name: str, key: str, terms: dict[str, Any]) -> bool:
    return await shopper.town.db.run(member.give_grant, name, shopper.actor.id, key, terms)


async def noted(shopper: Shopper) -> list[Given]:
    async with shopper.town.db.read() as tx:
        return await tx.all(GIVEN, shopper.actor.bucket, shopper.actor.id)


async def coins(shopper: Shopper) -> int:
    async with shopper.town.db.read() as tx:
        return (await voucher.get_coins(tx, [shopper.actor.id])).get(shopper.actor.id, 0)


async def coupon(shop: Shop, total: int, per_member: int = 1) -> tuple[int, dict[str, Any]]:
    template_id = await shop.coupon(500, total=total, per_member=per_member)
    return template_id, {"template_id": str(template_id)}


async def test_many_connections_give_one_key_and_one_is_given(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    template_id, terms = await coupon(shop, total=10, per_member=5)
    given = await asyncio.gather(
        *(give(shopper, "coins", "birthday", {"amount": 300}) for _ in range(12)),
        *(give(shopper, "coupon", "birthday", terms) for _ in range(12)),
        *(give(shopper, "cake", "birthday", {"kind": "plum"}) for _ in range(12)),
    )
    assert Counter(given) == {True: 3, False: 33}
    await town.deliver()
    assert (await coins(shopper), len(await shopper.wallet())) == (300, 1)
    async with town.db.read() as tx:
        assert await tx.one(CLAIMED, template_id % 4096, template_id) == 1
        assert await member.tags_of(tx, [shopper.actor.id]) == {shopper.actor.id: {"cake:plum:birthday"}}
    assert await give(shopper, "coins", "next", {"amount": 300})
    assert await coins(shopper) == 600
    await town.check_books()


async def test_a_coupon_that_is_not_to_be_had_is_known_as_such(town: Town) -> None:
    shop = await town.shop()
    shoppers = [await town.shopper() for _ in range(3)]
    _, terms = await coupon(shop, total=2)
    for key in ("welcome", "again"):
        await give(shoppers[0], "coupon", key, terms)
        await town.deliver()
    for shopper in shoppers[1:]:
        await give(shopper, "coupon", "welcome", terms)
        await town.deliver()
    assert [len(await each.wallet()) for each in shoppers] == [1, 1, 0]
    reasons = [{given.key: given.refused for given in await noted(each)} for each in shoppers]
    assert reasons == [
        {"welcome": "", "again": "voucher.claimed_already"},
        {"welcome": ""},
        {"welcome": "voucher.all_claimed"},
    ]
    await town.check_books()


async def test_what_is_refused_was_not_given_and_may_be_given_later(town: Town) -> None:
    shopper = await town.shopper()
    wrong: list[tuple[str, str, dict[str, Any], str]] = [
        ("horse", "k", {}, "member.grant_unknown"),
        ("coins", "k", {"amount": 0}, "kernel.invalid"),
        ("coins", "k", {"amount": MAX_COINS + 1}, "kernel.invalid"),
        ("coins", "k", {"amount": "many"}, "kernel.invalid"),
        ("coins", "k", {"amount": 1, "for": "nothing"}, "kernel.invalid"),
        ("coins", "", {"amount": 1}, "kernel.invalid"),
        ("coins", "k" * 121, {"amount": 1}, "kernel.invalid"),
        ("coupon", "k", {"template_id": "4097"}, "kernel.not_found"),
        ("coupon", "k", {"template_id": "9" * 19}, "kernel.not_found"),
        ("coupon", "k", {"template_id": "x"}, "kernel.invalid"),
        ("coupon", "k", {}, "kernel.invalid"),
        ("cake", "k", {"is_none_left": True}, "cake.none_left"),
    ]
    for name, key, terms, code in wrong:
        assert await outcome(give(shopper, name, key, terms)) == code, (name, terms)
    assert (await noted(shopper), await coins(shopper)) == ([], 0)
    assert await give(shopper, "coins", "k", {"amount": 7})
    assert await noted(shopper) == [Given("coins", "k", "")]
    assert await coins(shopper) == 7


async def test_nothing_is_given_in_anothers_bucket(town: Town) -> None:
    one, other = await town.shopper(), await town.shopper()
    with pytest.raises(RuntimeError, match="writes bucket"):
        async with town.db.begin(one.actor.bucket) as tx:
            await member.give_grant(tx, "coins", other.actor.id, "k", {"amount": 1})
    assert await coins(other) == 0


async def test_refusals_name_what_is_unknown() -> None:
    assert GrantUnknown("horse").details() == {"thing": "grant", "id": "horse"}
    assert issubclass(GrantUnknown, NotFound)
    assert not issubclass(GrantUnknown, Invalid)


async def test_a_granted_voucher_of_members_lowers_their_price(town: Town) -> None:
    shop, shopper = await town.shop(), await town.shopper()
    goods = await shop.product(10_000)
    terms = Terms("shop_voucher", [Tier("minus", 700)])
    template_id = await town.offer("coupon", terms, shop.owner, shop.id)
    assert await give(shopper, "coupon", "k", {"template_id": str(template_id)})
    await town.deliver()
    await shopper.fill(goods)
    assert (await shopper.total()).amount == 9_300


async def test_nobody_claims_of_a_template_that_is_not_there(town: Town) -> None:
    shopper = await town.shopper()
    unknown = (await town.db.ids()).new(7)
    async with town.db.begin(7) as tx:
        with pytest.raises(NotClaimable):
            await claim_in(tx, unknown, shopper.actor.id, tx.new_id(shopper.actor.bucket))
