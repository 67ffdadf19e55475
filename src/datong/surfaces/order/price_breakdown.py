"""Why an order cost what it cost: what each promotion and voucher took off, and who paid for it."""

from collections.abc import Sequence

import msgspec

from datong.commerce import order
from datong.surfaces.request_context import pick


def explain_cuts(lines: Sequence[order.OrderLine], language: str) -> list[tuple[str, str, int]]:
    """Name, funder and amount of everything that lowered these lines, in the order in which it worked."""
    found: dict[tuple[str, str], int] = {}
    for line in lines:
        for cut in line.cuts:
            name = pick(msgspec.convert(cut.get("titles") or {}, dict[str, str]), language) or "–"
            place = (name, str(cut["funder"]))
            found[place] = found.get(place, 0) + msgspec.convert(cut["amount"], int)
    return [(name, funder, amount) for (name, funder), amount in found.items()]


def saved_by_name(lines: Sequence[order.OrderLine], language: str) -> list[tuple[str, int]]:
    """The same for the buyer, who does not ask who paid."""
    found: dict[str, int] = {}
    for name, _, amount in explain_cuts(lines, language):
        found[name] = found.get(name, 0) + amount
    return list(found.items())
