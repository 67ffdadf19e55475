"""What refusals say to people, by their code; English here is the key of the translations."""

from datong.kernel.refusal import Refusal
from datong.surfaces.language import translate

REFUSALS: dict[str, str] = {
    "kernel.refused": "This is not possible.",
    "kernel.not_found": "There is no such thing here.",
    "kernel.not_allowed": "You may not do this.",
    "kernel.sign_in_needed": "Please log in first.",
    "kernel.invalid": "Something is not right with “%(field)s”: %(reason)s.",
    "kernel.conflict": "This is not possible any more.",
    "kernel.too_many": "Too many attempts. Please try again in %(retry_after)s seconds.",
    "kernel.request_key_reused": "This request key was used before for something else.",
    "kernel.request_in_progress": "This is being worked on at this moment. Please try again in a second.",
    "rulebook.value_refused": "The value of %(name)s does not fit: %(expected)s.",
    "rulebook.scope_unknown": "A parameter belongs to the platform, a storefront, a vertical or a category.",
    "member.login_taken": "This log-in name is taken.",
    "member.password_weak": "A password has at least 8 characters and is not the log-in name.",
    "member.wrong_password": "The log-in name or the password is wrong.",
    "member.too_many_addresses": "You can keep at most 25 addresses.",
    "merchant.one_shop_each": "This identity has a shop already.",
    "merchant.slug_taken": "Another shop has this address.",
    "merchant.last_owner": "A shop keeps at least one owner.",
    "merchant.shop_not_open": "This shop does not trade at present.",
    "merchant.wrong_shop_state": "The shop's state (%(state)s) does not allow this.",
    "catalog.brand_not_authorised": "This shop is not authorised to sell the brand “%(brand)s” here.",
    "catalog.attribute_missing": "The category asks for “%(attribute)s”.",
    "catalog.sku_twice": "Two SKUs have the same properties: %(reason)s.",
    "catalog.title_too_long": "A title has at most %(most)s bytes; a Chinese character counts two.",
    "catalog.price_out_of_bounds": "A price is a whole positive number of cents.",
    "catalog.twice_in_batch": "The same product number stands twice in this batch: %(reason)s.",
    "inventory.stock_short": "Only %(free)s left.",
    "inventory.too_many_held": "You may hold at most %(most)s pieces of one kind without paying. Please pay first.",
    "inventory.hold_lost": "The stock held for this purchase is not there any more.",
    "inventory.stock_held": "%(held)s pieces are held for buyers; there cannot be fewer.",
    "pricing.mixed_currencies": "Goods of different currencies are paid separately.",
    "pricing.not_offered": "This is not on sale any more.",
    "pricing.too_many_templates": "A shop keeps at most 50 freight templates.",
    "pricing.too_many_promotions": "This shop runs as many promotions as it may: %(most)s.",
    "pricing.promotion_moved": "This promotion was changed meanwhile, or has spent more than its new limits allow.",
    "pricing.promotion_used_up": "A promotion was used up in this moment. Please look at the total once more.",
    "voucher.too_many_templates": "A shop offers at most %(most)s kinds of vouchers at once.",
    "voucher.all_claimed": "All of these vouchers are claimed.",
    "voucher.claimed_already": "You have claimed as many of these as you may: %(most)s.",
    "voucher.not_claimable": "These vouchers cannot be claimed now.",
    "order.presale_running": "This product is in a presale already.",
    "order.not_in_presale": "No deposit is taken for this now.",
    "order.deposit_moved": "The balance of this deposit cannot be paid now.",
    "order.voucher_gone": "A voucher or coins of this order are not there any more. Please look at the total once more.",
    "cart.full": "Your cart is full: at most 120 different goods.",
    "order.cart_empty": "Nothing is ticked in your cart.",
    "order.price_moved": "The total has changed. Please look at it once more.",
    "order.too_many_unpaid": "You have %(most)s orders waiting for payment. Please pay or cancel some first.",
    "order.line_unavailable": "Something in your order cannot be bought now.",
    "order.hold_too_old": "This took too long. Please try again.",
    "order.nothing_to_pay": "Nothing of this purchase waits for payment.",
    "order.close_too_fast": "An order can be closed %(seconds)s seconds after it was placed.",
    "order.wrong_state": "The order has moved on; this is not possible any more.",
    "order.nothing_to_ship": "These goods are in a parcel already.",
    "order.cannot_extend": "You can extend once, in the last %(days)s days.",
    "payment.escrow_short": "The money of this order is not where it should be.",
    "payment.amount_differs": "The gateway took another amount than was asked.",
    "payment.balance_short": "The balance is lower than that.",
    "surface.bad_signature": "The signature is not right.",
    "surface.gateway_down": "The payment provider does not answer. Nothing was lost; please try again.",
    "surface.database_away": "The platform is catching its breath. Nothing was lost; please try again in a moment.",
    "surface.unreadable": "Something that was sent cannot be read or kept.",
    "surface.failed": "Something went wrong on our side. It was noted.",
    "surface.stale_form": "This page was open for too long. Please try again.",
}


def say(refusal: Refusal, language: str) -> str:
    """A refusal as a sentence."""
    text = translate(REFUSALS.get(refusal.code, REFUSALS["kernel.refused"]), language)
    try:
        return text % refusal.details()
    except (KeyError, TypeError):
        return text
