"""Settlement parts: what of an order goes to somebody beside its shop and the platform's commission. Pure.

A room that pays somebody out of sales (a publisher, a referrer, an agency) provides a `SettlementPart`. What each line
owes is frozen at placement, taken out of the shop's earnings when the trade succeeds, and undone in proportion by a
refund.
Source: domain.md §3 (settlement), §33.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import msgspec

from datong.commerce.rulebook import Rules, Scope
from datong.facts.order import LineSource, SettlementPartFact
from datong.kernel.house import House, Port


class SettledLine(msgspec.Struct, frozen=True):
    """A line as it is placed: whose it is, where it came from, and what the buyer pays for it in minor units."""

    shop_id: int
    sku_id: int
    product_id: int
    scope: Scope
    payable: int
    source: LineSource


class Part(msgspec.Struct, frozen=True):
    """One part of a line: to whom, on which ledger account, how much of which base, by which rate and rule version."""

    name: str
    account: str
    payee_id: int
    base: int
    rate_bps: int
    amount: int
    version: int


class SettlementPart(Port, frozen=True, kw_only=True):
    """A named part. `key` is its name; `parts` answers what of it a line owes (none: nothing), and is pure.

    `account` is a ledger account that the room declares; the amount stands there in the buyer's bucket until the room's
    reaction to `OrderFinished` or `OrderRefunded` brings it to its payee.
    """

    account: str
    parts: Callable[[SettledLine, Rules, datetime], Sequence[tuple[int, int, int]]]
    """Payee, rate in basis points of the line's price, and the rule's version."""


class LineParts:
    """The frozen parts of one line whose buyer pays `payable` minor units for it."""

    def __init__(self, parts: Iterable[Part], payable: int) -> None:
        self.parts = list(parts)
        self._payable = payable

    @classmethod
    def freeze(cls, house: House, line: SettledLine, commission: int, rules: Rules, at: datetime) -> "LineParts":
        """What a line owes at this moment, in the order of the rooms.

        Together it is at most what commission leaves of the price, so a later part gets less.
        """
        left = line.payable - commission
        frozen: list[Part] = []
        for name, kind in house.ports(SettlementPart).items():
            for payee_id, rate_bps, version in kind.parts(line, rules, at):
                amount = min(max(line.payable * rate_bps // 10_000, 0), left)
                if amount:
                    frozen.append(Part(name, kind.account, payee_id, line.payable, rate_bps, amount, version))
                    left -= amount
        return cls(frozen, line.payable)

    @classmethod
    def read(cls, kept: Sequence[object], payable: int) -> "LineParts":
        """Parts as an order line keeps them."""
        return cls(msgspec.convert(kept, list[Part]), payable)

    def repriced(self, payable: int, commission: int) -> "LineParts":
        """The same parts of a line whose price was changed before payment: payee, rate and version stay."""
        left = payable - commission
        changed: list[Part] = []
        for part in self.parts:
            amount = min(payable * part.rate_bps // 10_000, left)
            left -= amount
            if amount:
                changed.append(msgspec.structs.replace(part, base=payable, amount=amount))
        return LineParts(changed, payable)

    def between(self, before: int, after: int) -> list[Part]:
        """What is undone when the money given back of the line grows from `before` to `after`.

        Counted from nothing, not from the step before, so that all of a line undoes all of it to the minor unit.
        """
        whole = self._payable
        undone = [part.amount * after // whole - part.amount * before // whole if whole else 0 for part in self.parts]
        return [
            msgspec.structs.replace(part, amount=amount)
            for part, amount in zip(self.parts, undone, strict=True)
            if amount
        ]

    @staticmethod
    def total(parts: Iterable[Part]) -> list[SettlementPartFact]:
        """Parts of many lines, summed by name, account and payee."""
        found: dict[tuple[str, str, int], int] = {}
        for part in parts:
            place = (part.name, part.account, part.payee_id)
            found[place] = found.get(place, 0) + part.amount
        return [SettlementPartFact(*place, amount) for place, amount in sorted(found.items())]
