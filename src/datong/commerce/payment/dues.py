"""A shop's dues: what came in by bank transfer is booked, and the shop opens when all is there in time."""

from datong.commerce.merchant import get_shop, record_dues_paid
from datong.commerce.payment.ledger import PLATFORM, Leg, post
from datong.commerce.storefront import get_storefronts
from datong.kernel.actor import Actor
from datong.kernel.money import Money
from datong.kernel.refusal import Invalid
from datong.kernel.request import remember
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case


@use_case("shop_id")
async def receive_dues(tx: Tx, actor: Actor, shop_id: int, deposit: int, fee: int, request_key: str) -> None:
    """Book a transfer of a shop: its deposit (the shop's own, kept) and its annual fee (income). Once a key.

    The key is kept in the shop's bucket. Refuses `WrongShopState` when the shop does not wait for it, `DuesOver`
    after the date.
    """
    actor.must("operator:dues:record")
    if deposit < 0 or fee < 0 or deposit + fee == 0:
        raise Invalid("deposit", "what came in")
    shop = await get_shop(tx, shop_id)
    if await remember(tx, shop_id, request_key, [deposit, fee], shop_id) is not None:
        return
    currency = (await get_storefronts(tx)).get(shop.storefront_id).currency
    await record_dues_paid(tx, shop_id, deposit, fee)
    legs = [Leg("bank", PLATFORM, -deposit - fee), Leg("deposit", shop_id, deposit), Leg("fee", PLATFORM, fee)]
    await post(tx, legs, currency, "dues", shop_id)


async def give_back_dues(tx: Tx, shop_id: int, deposit: Money, fee: Money) -> None:
    """What a shop that never opened had paid in, deposit and fee, is in its balance."""
    legs = [
        Leg("deposit", shop_id, -deposit.amount), Leg("fee", PLATFORM, -fee.amount),
        Leg("shop_balance", shop_id, deposit.amount + fee.amount),
    ]  # fmt: skip
    if moved := [leg for leg in legs if leg.amount]:
        await post(tx, moved, deposit.currency, "dues_returned", shop_id)
