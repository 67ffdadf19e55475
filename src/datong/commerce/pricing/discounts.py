"""Tools: what lowers a price in one purchase (a promotion in force, a voucher), and the layers they work on. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from datong.commerce.catalog import ProductScopeSets
from datong.commerce.rulebook import Parameter
from datong.commerce.voucher import Terms
from datong.kernel.money import MAX_AMOUNT


class Layer(msgspec.Struct, frozen=True):
    """One step of the stack. `per` says within what `most` tools win: each shop, or the whole purchase."""

    code: str
    base: Literal["item", "remaining"] = "item"
    """By what a cut is shared out: item-level prices, or what is left of the lines."""
    per: Literal["shop", "purchase"] = "shop"
    most: int = 1
    """How many tools of this layer win; 0: every one."""


LAYERS: Parameter[Sequence[Layer]] = Parameter(
    "pricing.layers",
    list[Layer],
    [
        Layer("item"),
        Layer("shop"),
        Layer("shop_voucher"),
        Layer("member", per="purchase"),
        Layer("cross", per="purchase", most=0),
        Layer("voucher", per="purchase"),
        Layer("envelope", base="remaining", per="purchase", most=10),
        Layer("coins", base="remaining", most=1),
    ],
    "domain.md §5: L1 item price to L7 coins [10][8]; member price between shop coupon and cross-store (GK); "
    "§9: at most 10 red envelopes an order",
)
LINE_POLICY: Parameter[str] = Parameter(
    "pricing.line_policy",
    Literal["cap", "disallow"],
    "cap",
    "domain.md §5: since 2020 a deduction stops at what is left of a line; before, the tool fell away",
)
REMAINDER: Parameter[str] = Parameter(
    "pricing.remainder",
    Literal["largest", "last"],
    "largest",
    "correctness.md §2: largest remainder; domain.md §5 (TOP): the last line takes the rest",
)


class Discount(msgspec.Struct, frozen=True):
    """A promotion in force, or a voucher that the buyer holds."""

    tool_id: int
    version: int
    owner_id: int
    """The shop whose it is; 0: the platform's."""
    titles: dict[str, str]
    terms: Terms
    goods: ProductScopeSets
    is_voucher: bool = False
    is_limited: bool = False
    """Whether each use is counted before the purchase is written."""
    budget_left: int = MAX_AMOUNT
    uses_left: int = MAX_AMOUNT
    enrolled: frozenset[int] = frozenset()
    """Shops that take part, of those in this purchase."""
    ends_at: datetime | None = None
