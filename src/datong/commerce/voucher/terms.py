"""The terms of a discount, as data: on which layer and goods, from which amount or pieces, what happens, who pays.

Pure.

A shop's promotion, a platform's campaign, a coupon and a red envelope all have terms. `pricing` applies them; this room
keeps those that somebody holds. Source: domain.md §5 (layers, mjs tool), §6, §9.
"""

from typing import Literal

import msgspec

from datong.commerce.catalog import ProductScope
from datong.kernel.money import MAX_AMOUNT
from datong.kernel.refusal import Invalid

Kind = Literal["price", "percent", "minus", "gift", "free_freight"]
PLATFORM_FUNDER = "platform"
SHOP_FUNDER = "shop"
WHOLE = 10_000
MAX_TIERS = 10
SHOP_LAYERS = frozenset({"item", "shop", "shop_voucher", "envelope", "coins"})


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who pays which part of a cut, in basis points; all shares of a tool are the whole."""

    funder: str
    bps: int


class Gift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is given along."""

    product_id: int
    sku_id: int
    quantity: int = 1


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From this amount (minor units) and this number of pieces in reach: what happens.

    `price`: a piece costs `value`. `percent`: `value` basis points are taken off. `minus`: `value` is taken off.
    """

    kind: Kind
    value: int = 0
    amount: int = 0
    pieces: int = 0
    gift: Gift | None = None
    except_regions: list[str] = []


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a tool does, to whom and at whose cost."""

    layer: str
    tiers: list[Tier]
    reach: ProductScope = ProductScope()
    funders: list[Share] = msgspec.field(default_factory=lambda: [Share(SHOP_FUNDER, WHOLE)])
    is_repeated: bool = False
    """Every X off Y: as often as the amount or the pieces hold it."""
    ceiling: int = 0
    """The most it takes off at once, in minor units; 0: no ceiling."""
    floor: int = 0
    """Item level: no piece is sold below this, whatever was typed in."""
    excludes: list[str] = []
    """Layers that no longer work on the lines this one worked on."""
    is_official: bool = False
    """Item level: an official activity's price wins over lower ones."""
    audience: str = ""
    """A tag that the buyer must have; empty: everyone."""
    token: str = ""
    """A token that the line must carry, such as a live session's; empty: none."""
    is_enrolled: bool = False
    """Only goods of shops that take part."""


def check_terms(terms: Terms, *, owner_id: int) -> Terms:
    """Refuse terms that make no sense or that their owner may not set (a shop pays for its own and reaches its own)."""
    if not 1 <= len(terms.tiers) <= MAX_TIERS:
        raise Invalid("tiers", f"1 to {MAX_TIERS}")
    if sum(share.bps for share in terms.funders) != WHOLE or any(share.bps < 0 for share in terms.funders):
        raise Invalid("funders", "their shares are 10,000 basis points together")
    if any(share.funder not in {SHOP_FUNDER, PLATFORM_FUNDER} for share in terms.funders):
        raise Invalid("funders", "shop or platform")
    if owner_id and [share.funder for share in terms.funders] != [SHOP_FUNDER]:
        raise Invalid("funders", "a shop pays for its own promotion")
    if owner_id and (terms.layer not in SHOP_LAYERS or terms.is_official):
        raise Invalid("layer", ", ".join(sorted(SHOP_LAYERS)))
    if min(terms.ceiling, terms.floor) < 0:
        raise Invalid("ceiling", "not below zero")
    terms.reach.check()
    for tier in terms.tiers:
        _check_tier(tier, is_item=terms.layer == "item")
    by_threshold = [(tier.amount, tier.pieces) for tier in terms.tiers]
    if len(set(by_threshold)) < len(by_threshold) or by_threshold != sorted(by_threshold):
        raise Invalid("tiers", "each with a higher threshold than the one before")
    if terms.is_repeated and any(not tier.amount and not tier.pieces for tier in terms.tiers):
        raise Invalid("tiers", "what is repeated needs a threshold")
    return terms


def _check_tier(tier: Tier, *, is_item: bool) -> None:
    if not (0 <= tier.amount <= MAX_AMOUNT and 0 <= tier.pieces <= MAX_AMOUNT):
        raise Invalid("amount", "not below zero")
    if tier.kind == "percent" and not 0 < tier.value <= WHOLE:
        raise Invalid("value", "1 to 10,000 basis points")
    if tier.kind in {"price", "minus"} and not 0 < tier.value <= MAX_AMOUNT:
        raise Invalid("value", "a whole positive number of cents")
    if tier.kind == "price" and not is_item:
        raise Invalid("kind", "a fixed price is an item's")
    if is_item and (tier.kind in {"gift", "free_freight"} or tier.amount or tier.pieces):
        raise Invalid("kind", "an item's price has no threshold: price, percent or minus")
    if tier.kind == "gift" and (tier.gift is None or not 1 <= tier.gift.quantity <= 99):  # noqa: PLR2004 - pieces of a gift, as the refusal says
        raise Invalid("gift", "what is given, 1 to 99 pieces")
    if tier.kind == "minus" and tier.amount and tier.value > tier.amount:
        raise Invalid("value", "not more than the amount it is taken off from")
