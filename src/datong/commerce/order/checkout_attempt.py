"""One attempt to place: what a caller brings, and what the stages make of it."""

from collections.abc import Sequence

from datong.commerce import inventory
from datong.commerce.member import Address
from datong.commerce.order.deposits import Deposit
from datong.commerce.pricing import BudgetUse, LineRequest, Quote
from datong.kernel.actor import Actor
from datong.kernel.money import Money
from datong.kernel.request import hash_of


class Attempt:
    """One caller's way through the stages: each fills in its part, or settles it with a refusal."""

    __slots__ = (
        "address", "address_id", "agreed", "body_hash", "buyer", "chosen", "claimed", "deposit_ids", "deposits", "hold",
        "is_from_cart", "keeps_coins", "key", "lines", "notes", "outcome", "purchase_id", "quote", "uses", "wanted",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 - what a shopper decides
        self,
        buyer: Actor,
        address_id: int,
        agreed: Money,
        key: str,
        notes: dict[int, str],
        wanted: Sequence[LineRequest],
        chosen: frozenset[int] | None,
        deposit_ids: Sequence[int],
        *,
        keeps_coins: bool = False,
    ) -> None:
        self.buyer = buyer
        self.address_id = address_id
        self.agreed = agreed
        self.key = key
        self.notes = notes
        self.wanted = wanted
        self.lines: Sequence[LineRequest] = ()
        self.deposit_ids = tuple(deposit_ids)
        self.deposits: list[Deposit] = []
        self.is_from_cart = not wanted and not deposit_ids
        self.chosen = chosen
        self.keeps_coins = keeps_coins
        lines = [
            (each.product_id, each.sku_id, each.quantity, *([each.source] if each.source else [])) for each in wanted
        ]
        body = [
            address_id,
            agreed,
            sorted(notes.items()),
            *([lines] if lines else []),
            *([sorted(chosen)] if chosen is not None else []),
            *([{"deposits": sorted(deposit_ids)}] if deposit_ids else []),
            *([{"keeps_coins": True}] if keeps_coins else []),
        ]
        self.body_hash = hash_of(body)
        self.purchase_id = 0
        self.claimed = 0
        """Which attempt under the key this is; 0 before it has claimed it."""
        self.outcome: Exception | None = None
        self.address: Address | None = None
        """None where nothing of it travels."""
        self.quote: Quote
        self.uses: Sequence[BudgetUse] = ()
        self.hold: inventory.Hold

    @property
    def is_under_way(self) -> bool:
        """Claimed, and nothing against it so far."""
        return self.claimed > 0 and self.outcome is None
