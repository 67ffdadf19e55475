"""Identities and bank accounts, checked by a provider that takes its time, refuses, and may not answer at all."""

import asyncio
from typing import Any

import pytest

from datong.adapters.verification import AccountClaim, CheckAnswer, IdentityClaim
from datong.adapters.verification.sandbox import SandboxVerifier
from datong.commerce import merchant, messaging, payment, rulebook
from datong.commerce.merchant.identity_check import VERIFY_IDENTITY, IdentityNotVerified
from datong.commerce.payment.account_check import VERIFY_ACCOUNT, AccountNotVerified, start_account_checks
from datong.commerce.payment.payouts import Payout, schedule_payouts, send_payouts
from datong.commerce.verification import NoVerifier, run_due_checks
from datong.commerce.verification.checks import MAX_ATTEMPTS
from datong.commerce.verification.states import TooManyChecks
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.ids import bucket_of
from datong.kernel.money import Money
from datong.kernel.refusal import Invalid, NotAllowed
from datong.kernel.sql import command, value
from datong.wiring import find_house
from tests.make import Shop, Town

CHECKS = value(int, "select count(*) from sandbox_check")
STATES = value(str, "select state from verification where bkt = $1 and shop_id = $2 order by verification_id")
AGE = command("update verification set attempts = $3 where bkt = $1 and shop_id = $2")
BREAK = command("update verification set provider = 'gone' where bkt = $1 and shop_id = $2")


def sandbox(town: Town) -> SandboxVerifier:
    found = town.adapters.verifiers["sandbox"]
    assert isinstance(found, SandboxVerifier)
    return found


async def need(town: Town, parameter: str) -> None:
    is_needed: object = True
    async with town.db.begin() as tx:
        await rulebook.set_parameter(tx, SYSTEM, parameter, is_needed, reason="law")


async def applied(town: Town, identity: str = "91310000X", name: str = "Brass Ltd") -> tuple[int, Actor]:
    """A shop that waits for a decision, and its owner."""
    founder = (await town.shopper()).actor
    application = merchant.ShopApplication(
        "market", "enterprise", {"en": name}, f"shop-{town.next()}", name, identity, "31", town.category_id
    )
    shop_id = await merchant.apply_for_shop(town.db, founder, application)
    await town.deliver()
    return shop_id, Actor(founder.id, "member", {shop_id: find_house().rights_of("owner")})


async def verify(town: Town, shop_id: int, owner: Actor, identity: str = "91310000X") -> None:
    await merchant.verify_identity(town.db, town.adapters.verifiers, owner, shop_id, identity)


async def decide(town: Town, shop_id: int) -> None:
    await town.db.run(merchant.decide_application, SYSTEM, shop_id, is_approved=True)


async def states(town: Town, shop_id: int) -> list[str]:
    async with town.db.read() as tx:
        return await tx.all(STATES, bucket_of(shop_id), shop_id)


async def wait(town: Town, **time: float) -> None:
    town.move_clock(**(time or {"minutes": 2}))
    await run_due_checks(town.db, town.adapters.verifiers)
    await town.deliver()


async def noticed(town: Town, owner: Actor, shop_id: int) -> list[str]:
    await town.deliver()
    async with town.db.read() as tx:
        found = (await messaging.list_notices(tx, owner, shop_id)).items
    return [each.kind for each in found[::-1] if each.kind.endswith(("verified", "refused"))]


async def test_an_application_is_approved_once_its_identity_is_verified(town: Town) -> None:
    await need(town, VERIFY_IDENTITY.name)
    shop_id, owner = await applied(town)
    with pytest.raises(IdentityNotVerified):
        await decide(town, shop_id)
    with pytest.raises(Invalid):
        await verify(town, shop_id, owner, "another")
    await verify(town, shop_id, owner, " 91310000x ")
    assert await states(town, shop_id) == ["PENDING"]
    with pytest.raises(IdentityNotVerified):
        await decide(town, shop_id)
    await verify(town, shop_id, owner)
    await wait(town)
    await verify(town, shop_id, owner)
    assert await states(town, shop_id) == ["VERIFIED"], "it is not checked twice"
    await decide(town, shop_id)
    assert await noticed(town, owner, shop_id) == ["shop_identity_verified"]
    async with town.db.read() as tx:
        found = await merchant.get_identity_check(tx, owner, shop_id)
        assert (found.is_needed, found.state, found.reason) == (True, "VERIFIED", "")
    await town.check_books()


async def test_where_it_is_not_needed_an_application_is_approved_without(town: Town) -> None:
    shop_id, _ = await applied(town)
    await decide(town, shop_id)


async def test_a_rejection_needs_no_identity(town: Town) -> None:
    await need(town, VERIFY_IDENTITY.name)
    shop_id, _ = await applied(town)
    await town.db.run(merchant.decide_application, SYSTEM, shop_id, is_approved=False, reason="no")


@pytest.mark.parametrize(
    ("identity", "reason"),
    [("unknown-7", "not found in the register"), ("closed-7", "no longer active")],
)
async def test_what_the_provider_refuses_is_refused_with_its_reason(town: Town, identity: str, reason: str) -> None:
    await need(town, VERIFY_IDENTITY.name)
    shop_id, owner = await applied(town, identity)
    await verify(town, shop_id, owner, identity)
    await wait(town)
    async with town.db.read() as tx:
        found = await merchant.get_identity_check(tx, owner, shop_id)
    assert (found.state, found.reason) == ("REFUSED", reason)
    assert await noticed(town, owner, shop_id) == ["shop_identity_refused"]
    with pytest.raises(IdentityNotVerified):
        await decide(town, shop_id)
    await verify(town, shop_id, owner, identity)
    assert await states(town, shop_id) == ["REFUSED", "PENDING"]


async def test_a_number_that_belongs_to_another_name_is_refused(town: Town) -> None:
    sandbox_ = sandbox(town)
    claims = [IdentityClaim(n, "company", name, "9131") for n, name in ((1, "Brass Ltd"), (2, "BRASS ltd"), (3, "Tin"))]
    for claim in claims:
        assert (await sandbox_.open_check(claim)).outcome == "pending"
    town.move_clock(seconds=31)
    answers = [await sandbox_.find_check(each.check_id, "") for each in claims]
    assert [each.outcome if each else "" for each in answers] == ["verified", "verified", "refused"]
    assert await sandbox_.find_check(1, "other") is None
    assert await sandbox_.find_check(9, "") is None


async def test_a_slow_check_is_asked_after_until_it_is_answered(town: Town) -> None:
    shop_id, owner = await applied(town, "slow-1")
    await verify(town, shop_id, owner, "slow-1")
    for _ in range(20):
        await wait(town, hours=2)
    assert await states(town, shop_id) == ["PENDING"]
    await wait(town, hours=10)
    assert await states(town, shop_id) == ["VERIFIED"]


@pytest.mark.parametrize(("fault", "ends"), [("fail_before", "LOST"), ("lose_answer", "VERIFIED")])
async def test_an_unknown_outcome_is_asked_for_and_never_guessed(town: Town, fault: str, ends: str) -> None:
    shop_id, owner = await applied(town)
    setattr(sandbox(town).faults, fault, 1)
    await verify(town, shop_id, owner)
    assert await states(town, shop_id) == ["REQUESTED"]
    await wait(town)
    assert await states(town, shop_id) == [ends]
    await verify(town, shop_id, owner)
    await wait(town)
    assert (await states(town, shop_id))[-1] == "VERIFIED"
    async with town.db.read() as tx:
        assert await tx.one(CHECKS) == 1, "the provider checked it once"


async def test_many_at_once_start_one_check(town: Town) -> None:
    shop_id, owner = await applied(town)
    await asyncio.gather(*(verify(town, shop_id, owner) for _ in range(6)))
    assert await states(town, shop_id) == ["PENDING"]


async def test_a_shop_has_so_many_checks_a_day(town: Town) -> None:
    shop_id, owner = await applied(town, "unknown-1")
    for _ in range(5):
        await verify(town, shop_id, owner, "unknown-1")
        await wait(town)
    with pytest.raises(TooManyChecks):
        await verify(town, shop_id, owner, "unknown-1")
    town.move_clock(hours=24)
    await verify(town, shop_id, owner, "unknown-1")


async def test_without_a_provider_nothing_is_begun(town: Town) -> None:
    shop_id, owner = await applied(town)
    with pytest.raises(NoVerifier):
        await merchant.verify_identity(town.db, {}, owner, shop_id, "91310000X")
    assert await states(town, shop_id) == []


async def test_strangers_neither_start_nor_see_a_check(town: Town) -> None:
    shop_id, _ = await applied(town)
    for nobody in ((await town.shop()).owner, (await town.shopper()).actor, Actor(9)):
        with pytest.raises(NotAllowed):
            await verify(town, shop_id, nobody)
        async with town.db.read() as tx:
            with pytest.raises(NotAllowed):
                await merchant.get_identity_check(tx, nobody, shop_id)


class Deaf:
    """A verifier whose answers cannot be taken."""

    code = "sandbox"

    async def open_check(self, claim: IdentityClaim | AccountClaim) -> CheckAnswer:
        raise AssertionError(claim)

    async def find_check(self, check_id: int, provider_ref: str) -> CheckAnswer | None:
        raise ValueError((check_id, provider_ref))


async def test_one_check_that_fails_stops_no_other(town: Town) -> None:
    (bad, bad_owner), (good, good_owner) = await applied(town), await applied(town, "other", "Tin Ltd")
    await verify(town, bad, bad_owner)
    await verify(town, good, good_owner, "other")
    async with town.db.begin(bucket_of(bad)) as tx:
        await tx.run(BREAK, tx.bucket, bad)
    await wait(town)
    assert (await states(town, bad), await states(town, good)) == (["PENDING"], ["VERIFIED"])
    shop_id, owner = await applied(town, "third", "Zinc Ltd")
    await verify(town, shop_id, owner, "third")
    town.move_clock(minutes=2)
    deaf: dict[str, Any] = {"sandbox": Deaf()}
    assert await run_due_checks(town.db, deaf) > 0
    assert await states(town, shop_id) == ["PENDING"]
    async with town.db.begin(bucket_of(bad)) as tx:
        await tx.run(AGE, tx.bucket, bad, MAX_ATTEMPTS)
    await wait(town, hours=2)
    assert (await states(town, bad), await states(town, shop_id)) == (["LOST"], ["VERIFIED"])


async def paid_shop(town: Town, account: str) -> Shop:
    """A shop with a balance of 200 yuan and an account."""
    shop, shopper = await town.shop(), await town.shopper()
    order_id = await shopper.buy(await shop.product(20_000))
    await shop.ship(order_id)
    await shopper.confirm(order_id)
    await town.deliver()
    await town.db.run(payment.set_payout_account, shop.owner, shop.id, "sandbox", account)
    return shop


async def ask_payout(shop: Shop, key: str = "k") -> int:
    amount = Money(10_000, "CNY")
    return await shop.town.db.run(payment.request_payout, shop.owner, shop.id, amount, key)


async def check_accounts(town: Town) -> None:
    await start_account_checks(town.db, town.adapters.verifiers)
    await wait(town)


async def account_of(shop: Shop) -> tuple[bool, str, str]:
    async with shop.town.db.read() as tx:
        found = await payment.find_payout_account(tx, shop.owner, shop.id)
    assert found is not None
    return found.is_check_needed, found.state, found.reason


async def test_money_is_paid_out_to_a_verified_account_alone(town: Town) -> None:
    await need(town, VERIFY_ACCOUNT.name)
    shop = await paid_shop(town, "acct_good")
    with pytest.raises(AccountNotVerified):
        await ask_payout(shop)
    assert await schedule_payouts(town.db) == 0
    assert await account_of(shop) == (True, "", "")
    await check_accounts(town)
    assert await account_of(shop) == (True, "VERIFIED", "")
    payout_id = await ask_payout(shop)
    assert payout_id
    assert await noticed(town, shop.owner, shop.id) == ["shop_account_verified"]
    await send_payouts(town.db, town.adapters.gateways)
    await town.check_books()


async def test_an_account_that_is_refused_is_given_again(town: Town) -> None:
    await need(town, VERIFY_ACCOUNT.name)
    shop = await paid_shop(town, "acct_closed")
    await check_accounts(town)
    assert await account_of(shop) == (True, "REFUSED", "no longer active")
    await town.db.run(payment.set_payout_account, shop.owner, shop.id, "sandbox", "acct_open")
    assert await account_of(shop) == (True, "", "")
    await check_accounts(town)
    assert await account_of(shop) == (True, "VERIFIED", "")


async def send_payout(shop: Shop) -> Payout:
    """The shop's only payout, after those that are due were sent."""
    await send_payouts(shop.town.db, shop.town.adapters.gateways)
    async with shop.town.db.read() as tx:
        (payout,) = (await payment.list_payouts(tx, shop.owner, shop.id)).items
    return payout


async def test_a_payout_goes_where_it_was_asked_for_though_the_account_was_changed(town: Town) -> None:
    await need(town, VERIFY_ACCOUNT.name)
    shop = await paid_shop(town, "acct_good")
    await check_accounts(town)
    await ask_payout(shop)
    await town.db.run(payment.set_payout_account, shop.owner, shop.id, "sandbox", "acct_thief")
    payout = await send_payout(shop)
    assert (payout.state, payout.destination) == ("PAID", "acct_good")
    await town.check_books()


async def test_a_payout_waits_when_accounts_have_to_be_verified_meanwhile(town: Town) -> None:
    shop = await paid_shop(town, "acct_good")
    await ask_payout(shop)
    await need(town, VERIFY_ACCOUNT.name)
    payout = await send_payout(shop)
    assert (payout.state, payout.reason) == ("REQUESTED", "the account is not verified")
    await town.db.run(payment.set_payout_account, shop.owner, shop.id, "sandbox", "acct_good")
    await check_accounts(town)
    town.move_clock(hours=2)
    assert (await send_payout(shop)).state == "PAID"
    await town.check_books()


async def test_a_payout_to_an_account_that_nobody_will_verify_goes_back_to_the_balance(town: Town) -> None:
    shop = await paid_shop(town, "acct_good")
    await ask_payout(shop)
    await need(town, VERIFY_ACCOUNT.name)
    await town.db.run(payment.set_payout_account, shop.owner, shop.id, "sandbox", "acct_other")
    payout = await send_payout(shop)
    assert (payout.state, payout.reason) == ("DECLINED", "the account was changed")
    await check_accounts(town)
    assert await ask_payout(shop, "again"), "the balance has it again"
    await town.check_books()


async def test_without_the_rule_accounts_are_not_checked(town: Town) -> None:
    shop = await paid_shop(town, "acct_closed")
    assert await start_account_checks(town.db, town.adapters.verifiers) == 0
    assert await account_of(shop) == (False, "", "")
    assert await ask_payout(shop)


async def test_one_account_that_cannot_be_checked_stops_no_other(town: Town) -> None:
    await need(town, VERIFY_ACCOUNT.name)
    shop = await paid_shop(town, "acct_a")
    assert await start_account_checks(town.db, {}) == 1
    assert await start_account_checks(town.db, {}) == 0, "it waits"
    town.move_clock(hours=2)
    await check_accounts(town)
    assert await account_of(shop) == (True, "VERIFIED", "")
