"""How much of a line's commission and cuts is undone when some of its money goes back: in proportion, summing exactly.

Each part is counted from nothing, not from the step before, so however many steps a refund takes, all of a line undoes
all of it, to the minor unit. Pure. Source: domain.md §3 (settlement), §5 (partial refund).
"""

from collections.abc import Sequence

from datong.commerce.catalog import LineState
from datong.commerce.order.queries import OrderLine
from datong.commerce.payment import LineParts
from datong.facts.order import AdjustmentFact, SettlementPartFact


def undone(whole: int, line: OrderLine, refunded: int) -> int:
    """What is undone of `whole` (minor units) once so much of the line's price went back."""
    return whole * refunded // line.payable if line.payable else 0


def cuts_between(line: OrderLine, before: int, after: int, voucher_ids: Sequence[int]) -> list[AdjustmentFact]:
    """What of the line's cuts is undone between two amounts given back, for each tool and each who pays for it."""
    found: dict[tuple[int, str], int] = {}
    for cut in line.cuts:
        whole = int(str(cut["amount"]))
        part = undone(whole, line, after) - undone(whole, line, before)
        place = (int(str(cut["rule"])), str(cut["funder"]))
        found[place] = found.get(place, 0) + part
    return [
        AdjustmentFact(tool_id, tool_id not in voucher_ids, funder, amount)
        for (tool_id, funder), amount in sorted(found.items())
        if amount
    ]


def cuts_left(lines: Sequence[OrderLine], voucher_ids: Sequence[int]) -> list[AdjustmentFact]:
    """What each promotion and voucher lowered these lines by, for each who pays, less what was given back."""
    found: dict[tuple[int, str, bool], int] = {}
    for line in lines:
        for cut in cuts_between(line, line.refunded, line.payable, voucher_ids):
            place = (cut.tool_id, cut.funder, cut.is_promotion)
            found[place] = found.get(place, 0) + cut.amount
        if not line.payable and line.state != LineState.GIVEN_BACK:
            for gift in line.cuts:
                place = (int(str(gift["rule"])), str(gift["funder"]), True)  # vouchers give nothing along
                found[place] = found.get(place, 0) + int(str(gift["amount"]))
    return [
        AdjustmentFact(tool, is_promotion, funder, amount)
        for (tool, funder, is_promotion), amount in sorted(found.items())
    ]


def parts_left(lines: Sequence[OrderLine]) -> list[SettlementPartFact]:
    """What of these lines goes to others, less what was given back."""
    return LineParts.total(
        part for line in lines for part in line.settlement_parts.between(line.refunded, line.payable)
    )
