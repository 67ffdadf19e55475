"""Members, shops and their entry, staff, the rulebook. Source: domain.md §1."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from datong.commerce import member, merchant, payment, rulebook
from datong.commerce.fulfilment.methods import PARCEL_DAYS
from datong.commerce.merchant import COMMISSION_BPS
from datong.commerce.merchant.apply_for_shop import OneShopEach
from datong.commerce.merchant.staff import LastOwner
from datong.commerce.rulebook import Parameter
from datong.commerce.rulebook.parameters import SetValue
from datong.commerce.rulebook.set_parameter import ScopeUnknown
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.ids import bucket_for, bucket_of
from datong.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound, TooMany
from datong.kernel.unique_names import claim_name
from datong.wiring import find_house
from tests.make import Town


def application(town: Town, **changes: object) -> merchant.ShopApplication:
    """A good application to the mall, with changes."""
    fields: dict[str, object] = {
        "storefront": "mall", "kind": "specialty", "names": {"en": "Many Brands"}, "slug": "many-brands",
        "legal_name": "Many", "identity": "ID", "ships_from": "31", "category_id": town.category_id, "mark": "TM",
    }  # fmt: skip
    return merchant.ShopApplication(**(fields | changes))  # type: ignore[arg-type]


async def test_a_login_is_one_members_however_it_is_spelled(town: Town) -> None:
    await member.register(town.db, "Li.Lei@Example.org", "correct horse")
    with pytest.raises(member.LoginTaken):
        await member.register(town.db, " li.lei@example.ORG ", "correct horse")
    member_id, token = await member.log_in(town.db, "LI.LEI@example.org", "correct horse", "a")
    async with town.db.read() as tx:
        found = await member.find_session(tx, token)
        assert found
        assert found.member_id == member_id
        assert await member.find_session(tx, token[:-1] + "x") is None
        assert await member.find_session(tx, "9" * 30 + ".x") is None
    await member.log_out(town.db, token)
    async with town.db.read() as tx:
        assert await member.find_session(tx, token) is None


async def test_a_claimed_name_whose_member_was_never_made_is_free_after_a_minute(town: Town) -> None:

    async def never(*_: object) -> bool:
        return False

    async with town.db.begin(bucket_for("half@example.org")) as tx:
        await claim_name(tx, "login", "half@example.org", 99, never)
    with pytest.raises(member.LoginTaken):
        await member.register(town.db, "half@example.org", "correct horse")
    town.move_clock(minutes=2)
    assert await member.register(town.db, "half@example.org", "correct horse")


@pytest.mark.parametrize("password", ["short", "x" * 201, "li@example.org"])
async def test_weak_passwords_are_refused(town: Town, password: str) -> None:
    with pytest.raises(member.PasswordWeak):
        await member.register(town.db, "li@example.org", password)


async def test_guessing_is_limited_by_name_and_the_right_password_is_told_from_no_wrong_one(town: Town) -> None:
    await member.register(town.db, "li@example.org", "correct horse")
    for number in range(5):
        with pytest.raises(member.WrongPassword):
            await member.log_in(town.db, "li@example.org", "wrong horse", f"address {number}")
    with pytest.raises(TooMany):
        await member.log_in(town.db, "li@example.org", "correct horse", "another address")
    town.move_clock(minutes=16)
    assert await member.log_in(town.db, "li@example.org", "correct horse", "another address")


async def test_sessions_end_by_themselves(town: Town) -> None:
    member_id = await member.register(town.db, "li@example.org", "correct horse")
    token = await member.open_session(town.db, member_id, 30)
    town.clock.shift += timedelta(days=31)
    async with town.db.read() as tx:
        assert await member.find_session(tx, token) is None


async def test_addresses_are_the_members_own(town: Town) -> None:
    one, two = await town.shopper(), await town.shopper()
    async with town.db.begin(two.actor.bucket) as tx:
        with pytest.raises(NotFound):
            await member.remove_address(tx, two.actor, one.address_id)
        with pytest.raises(NotFound):
            await member.get_address(tx, two.actor, one.address_id)
        with pytest.raises(NotAllowed):
            await member.list_addresses(tx, Actor(one.actor.id))
        with pytest.raises(Invalid):
            await member.add_address(tx, two.actor, member.AddressDraft("x", "1", "99", "c", "s"))


async def test_a_specialty_shop_with_a_pending_mark_opens_only_when_deposit_and_fee_are_paid(town: Town) -> None:
    founder = Actor(await member.register(town.db, "f@example.org", "correct horse"), "member")
    shop_id = await merchant.apply_for_shop(town.db, founder, application(town))
    bucket = bucket_of(shop_id)
    async with town.db.begin(bucket) as tx:
        await merchant.decide_application(tx, SYSTEM, shop_id, is_approved=True)
        dues = await merchant.get_shop_view(tx, SYSTEM, shop_id)
    months = 13 - town.db.now().month
    assert (dues.deposit_due, dues.fee_due) == (15_000_000, -(-3_000_000 * months // 12))
    async with town.db.begin(bucket) as tx:
        await payment.receive_dues(tx, SYSTEM, shop_id, dues.deposit_due, 0, "first")
        await payment.receive_dues(tx, SYSTEM, shop_id, dues.deposit_due, 0, "first")
        assert (await merchant.get_shop(tx, shop_id)).state == "AWAIT_PAYMENT"
        await payment.receive_dues(tx, SYSTEM, shop_id, 0, dues.fee_due, "second")
        assert (await merchant.get_shop(tx, shop_id)).is_open
        with pytest.raises(Conflict):
            await payment.receive_dues(tx, SYSTEM, shop_id, 1, 0, "third")
    await town.check_books()


async def test_entry_differs_by_brand_as_data_and_one_identity_has_one_shop(town: Town) -> None:
    founder = Actor(await member.register(town.db, "f@example.org", "correct horse"), "member")
    with pytest.raises(Invalid):
        await merchant.apply_for_shop(town.db, founder, application(town, kind="personal"))
    await merchant.apply_for_shop(town.db, founder, application(town))
    with pytest.raises(OneShopEach):
        await merchant.apply_for_shop(town.db, founder, application(town, slug="again"))
    with pytest.raises(Exception, match="slug_taken"):
        await merchant.apply_for_shop(town.db, founder, application(town, identity="ID-2"))


async def test_staff_do_what_their_role_says_and_a_shop_keeps_an_owner(town: Town) -> None:
    shop, helper = await town.shop(), await town.shopper()
    await merchant.set_staff(town.db, shop.owner, shop.id, helper.actor.id, "shipper")
    async with town.db.read() as tx:
        (duty,) = await merchant.list_member_shop_roles(tx, helper.actor.id)
    assert (duty.shop_id, duty.role) == (shop.id, "shipper")
    packer = Actor(helper.actor.id, "member", {shop.id: find_house().rights_of("shipper")})
    with pytest.raises(NotAllowed):
        await merchant.set_staff(town.db, packer, shop.id, packer.id, "owner")
    with pytest.raises(LastOwner):
        await merchant.set_staff(town.db, shop.owner, shop.id, shop.owner.id, "")
    await merchant.set_staff(town.db, shop.owner, shop.id, helper.actor.id, "")
    async with town.db.read() as tx:
        assert await merchant.list_member_shop_roles(tx, helper.actor.id) == []


async def test_a_parameter_takes_effect_when_it_says_in_the_narrowest_scope(town: Town) -> None:
    later = town.db.now() + timedelta(days=1)
    async with town.db.begin() as tx:
        await rulebook.set_parameter(tx, SYSTEM, PARCEL_DAYS.name, 12)
        await rulebook.set_parameter(tx, SYSTEM, PARCEL_DAYS.name, 7, scope_kind="storefront", scope_id=2)
        await rulebook.set_parameter(tx, SYSTEM, PARCEL_DAYS.name, 15, effective_from=later)
    async with town.db.read() as tx:
        rules, now = await rulebook.get_rules(tx), tx.now
    mall = rulebook.Scope(storefront_id=2, category_ids=(5,))
    market = rulebook.Scope(storefront_id=1)
    assert rules.platform_value(PARCEL_DAYS, now) == rules.value(PARCEL_DAYS, now, market) == 12
    assert rules.value(PARCEL_DAYS, now, mall) == 7
    assert rules.value(PARCEL_DAYS, later, market) == 15
    assert rules.platform_value(PARCEL_DAYS, now - timedelta(days=1)) == 10
    with pytest.raises(TypeError, match="storefront"):
        rules.value(PARCEL_DAYS, now)


async def test_the_rulebook_refuses_what_does_not_fit(town: Town) -> None:
    async with town.db.begin() as tx:
        for name, value, refusal in (("no.such", 1, NotFound), (PARCEL_DAYS.name, "ten", Invalid)):
            with pytest.raises(refusal):
                await rulebook.set_parameter(tx, SYSTEM, name, value)
        with pytest.raises(Invalid):
            await rulebook.set_parameter(tx, SYSTEM, PARCEL_DAYS.name, 9, scope_kind="galaxy", scope_id=1)
        for scope, scope_id in (("category", 5), ("vertical", 4), ("storefront", 0), ("platform", 1)):
            with pytest.raises(ScopeUnknown):
                await rulebook.set_parameter(tx, SYSTEM, PARCEL_DAYS.name, 9, scope_kind=scope, scope_id=scope_id)
        for name, outside in (
            (PARCEL_DAYS.name, 0), (PARCEL_DAYS.name, 91), (COMMISSION_BPS.name, 999_999), (COMMISSION_BPS.name, -1),
            ("order.seller_extension_days", [3, 0]), ("merchant.deposit", {"personal": -5}),
            ("search.new_shop_share", 1.01), ("review.watched", ["x" * 30_000]),
        ):  # fmt: skip
            with pytest.raises(Invalid):
                await rulebook.set_parameter(tx, SYSTEM, name, outside)
        with pytest.raises(Invalid):
            past = tx.now - timedelta(days=1)
            await rulebook.set_parameter(tx, SYSTEM, PARCEL_DAYS.name, 9, effective_from=past)
        with pytest.raises(NotAllowed):
            await rulebook.set_parameter(tx, Actor(5, "member"), PARCEL_DAYS.name, 9)


async def test_decisions_made_at_once_go_one_after_another(town: Town) -> None:
    async def decide(days: int) -> int:
        async with town.db.begin() as tx:
            return await rulebook.set_parameter(tx, SYSTEM, PARCEL_DAYS.name, days)

    made = await asyncio.gather(*(decide(days) for days in range(10, 16)))
    assert sorted(made) == list(range(min(made), min(made) + 6))


@pytest.mark.parametrize("each", find_house().parameters.values(), ids=lambda each: each.name)
def test_every_number_of_the_rulebook_has_bounds_and_its_default_is_within(each: Parameter[Any]) -> None:
    assert each.checked(msgspec.to_builtins(each.default)) == each.default
    assert each.bounds or each.kind not in (int, float, list[int], dict[str, int]), "say its bounds"


async def test_what_a_former_release_took_for_a_scope_that_nobody_reads_decides_nothing(town: Town) -> None:
    now = town.db.now()
    rules = rulebook.Rules([SetValue(1, PARCEL_DAYS.name, "category", 5, now - timedelta(days=1), 20)])
    assert rules.value(PARCEL_DAYS, now, rulebook.Scope(1, 4, (5,))) == PARCEL_DAYS.default
