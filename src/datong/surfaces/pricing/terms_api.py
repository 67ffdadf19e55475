"""What calls of promotions and of vouchers share: whose they are, and the terms of a discount as JSON."""

from collections.abc import Mapping
from typing import Any

import msgspec

from datong.commerce import voucher
from datong.kernel.refusal import Invalid
from datong.surfaces.request_context import read_id

Texts = dict[str, str]


def read_terms(raw: Mapping[str, Any]) -> voucher.Terms:
    """Terms out of a body; ids may be strings. Refuses `Invalid` naming what is wrong."""
    try:
        return msgspec.convert(raw, voucher.Terms, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid("terms", str(error)) from None


def terms_view(terms: Mapping[str, Any]) -> dict[str, Any]:
    """Terms as they are sent: ids as decimal strings."""
    shown = dict(terms)
    shown["reach"] = {
        name: [str(each) if isinstance(each, int) else each for each in ids]
        for name, ids in dict(terms.get("reach") or {}).items()
    }
    tiers = []
    for tier in terms.get("tiers") or []:
        gift = tier.get("gift")
        ids = {"product_id": str(gift["product_id"]), "sku_id": str(gift["sku_id"])} if gift else {}
        tiers.append(tier | ({"gift": gift | ids} if gift else {}))
    return shown | {"tiers": tiers}


def owner_of(shop_id: str) -> int:
    """Whose promotions: a shop's, or the platform's."""
    return 0 if shop_id == "platform" else read_id(shop_id, "shop")


Owner = str
