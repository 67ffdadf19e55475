"""Deciding about a shop: approve or reject, take its dues, open it, restrict it."""

from datetime import datetime, timedelta

import msgspec

from datong.commerce.merchant.dues import PAY_DAYS, dues_of
from datong.commerce.merchant.identity_check import check_identity_verified
from datong.commerce.merchant.queries import RECENT, Shop, get_shop, get_shop_view
from datong.commerce.merchant.states import ShopState, WrongShopState, sources_of
from datong.commerce.rulebook import Scope, get_rules
from datong.facts.merchant import ShopOpened, ShopStateChanged
from datong.kernel.actor import SYSTEM, Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Conflict, Invalid
from datong.kernel.sql import changed, command
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case


class DuesPaid(msgspec.Struct, frozen=True):
    """What is paid and what was due."""

    storefront_id: int
    deposit_paid: int
    deposit_due: int
    fee_paid: int
    fee_due: int


class DuesOver(Conflict):
    """The dues were to be paid until `dues_by`; the application is closed."""

    code = "merchant.dues_over"

    def __init__(self, dues_by: datetime) -> None:
        self.dues_by = dues_by.isoformat()


APPROVE = command(
    """
    update shop set state = 'AWAIT_PAYMENT', deposit_due = $3, fee_due = $4, dues_by = $5, rules_version = $6
    where bkt = $1 and shop_id = $2 and state = any($7)
    """
)
MOVE = command("update shop set state = $3, reason = $4 where bkt = $1 and shop_id = $2 and state = any($5)")
ADD_DUES = changed(
    DuesPaid,
    """
    update shop set deposit_paid = deposit_paid + $3, fee_paid = fee_paid + $4
    where bkt = $1 and shop_id = $2 and state = 'AWAIT_PAYMENT' and (dues_by is null or dues_by > $5)
      and deposit_paid + $3 <= deposit_due and fee_paid + $4 <= fee_due
    returning storefront_id, deposit_paid, deposit_due, fee_paid, fee_due
    """,
)
OPEN = command(
    """
    update shop set state = 'OPEN', opened_at = $3
    where bkt = $1 and shop_id = $2 and state = 'AWAIT_PAYMENT'
      and deposit_paid >= deposit_due and fee_paid >= fee_due
    """
)


@use_case("shop_id")
async def decide_application(tx: Tx, actor: Actor, shop_id: int, *, is_approved: bool, reason: str = "") -> None:
    """Approve (the shop then owes its dues) or reject with a reason.

    Refuses `WrongShopState`, `IdentityNotVerified`.
    """
    actor.must("operator:shop:decide")
    shop = await get_shop(tx, shop_id)
    if not is_approved:
        if not reason.strip():
            raise Invalid("reason", "say why")
        await _move(tx, shop, ShopState.REJECTED, reason)
        return
    await check_identity_verified(tx, shop_id)
    rules = await get_rules(tx)
    scope = Scope(storefront_id=shop.storefront_id, category_ids=(shop.category_id,))
    dues = dues_of(rules, tx.now, scope, shop.kind, shop.mark)
    by = tx.now + timedelta(days=rules.value(PAY_DAYS, tx.now, scope))
    sources = sources_of(ShopState.AWAIT_PAYMENT)
    if not await tx.run(
        APPROVE, bucket_of(shop_id), shop_id, dues.deposit, dues.annual_fee, by, rules.version, sources
    ):
        raise WrongShopState(shop.state)
    if dues.deposit == 0 and dues.annual_fee == 0:
        await _open_if_paid(tx, shop_id, shop.storefront_id)


async def record_dues_paid(tx: Tx, shop_id: int, deposit: int, fee: int) -> None:
    """What a shop paid in, called by the room that moved the money; opens the shop when all is there.

    Refuses `WrongShopState` when the shop does not wait for it, or when it is more than is due, and `DuesOver` after
    the date: what comes late is sent back, and the applicant applies again.
    """
    paid = await tx.maybe(ADD_DUES, bucket_of(shop_id), shop_id, deposit, fee, tx.now)
    if paid is None:
        shop = await get_shop_view(tx, SYSTEM, shop_id)
        if shop.state == ShopState.AWAIT_PAYMENT and shop.dues_by and shop.dues_by <= tx.now:
            raise DuesOver(shop.dues_by)
        raise WrongShopState(shop.state)
    await _open_if_paid(tx, shop_id, paid.storefront_id)


@use_case("shop_id")
async def restrict_shop(tx: Tx, actor: Actor, shop_id: int, *, is_restricted: bool, reason: str) -> None:
    """Take a shop off the market for a while, or let it back."""
    actor.must("operator:shop:decide")
    await _move(tx, await get_shop(tx, shop_id), ShopState.RESTRICTED if is_restricted else ShopState.OPEN, reason)


async def _open_if_paid(tx: Tx, shop_id: int, storefront_id: int) -> None:
    RECENT.forget(shop_id)
    if await tx.run(OPEN, bucket_of(shop_id), shop_id, tx.now):
        tx.emit(ShopOpened(shop_id=shop_id, storefront_id=storefront_id, opened_at=tx.now))


async def _move(tx: Tx, shop: Shop, target: ShopState, reason: str) -> None:
    RECENT.forget(shop.shop_id)
    sources = [state for state in sources_of(target) if state != ShopState.AWAIT_PAYMENT]
    if not await tx.run(MOVE, bucket_of(shop.shop_id), shop.shop_id, target.value, reason, sources):
        raise WrongShopState((await get_shop(tx, shop.shop_id)).state)
    tx.emit(
        ShopStateChanged(shop_id=shop.shop_id, storefront_id=shop.storefront_id, state=target.value, changed_at=tx.now)
    )
