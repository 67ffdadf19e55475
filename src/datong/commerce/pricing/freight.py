"""What freight costs: pure. Source: domain.md §3, freight template (TOP).

fee = start_fee + ceil(max(0, q - start) / add) * add_fee, by the template of each line. Lines of one
template are summed first; of several templates the highest start fee is charged once, and the increments
of all (GK). A template with a free rule that is met charges nothing.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from datong.kernel.refusal import Invalid

MAX_FEE = 99_999
"""999.99 in minor units."""


class FreightArea(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fees for some regions; no regions: everywhere else. Standards in pieces, grams or cubic centimetres."""

    start_standard: int
    start_fee: int
    add_standard: int
    add_fee: int
    regions: list[str] = []


class FreeRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Freight is free from this goods amount and this many pieces on (0: not a condition), but not there.

    The amount is of item-level prices, as every threshold's (domain.md §5): a coupon takes nobody's free freight away.
    """

    min_amount: int = 0
    min_pieces: int = 0
    excluded_regions: list[str] = []


class FreightTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shop's terms: how quantity is measured, the fees by area, when it is free."""

    valuation: Literal["pieces", "weight", "volume"]
    areas: list[FreightArea]
    free: list[FreeRule] = []

    def area_for(self, region: str) -> FreightArea:
        """The fees of a region: its own area, else the nationwide one."""
        default = next(area for area in self.areas if not area.regions)
        return next((area for area in self.areas if region in area.regions), default)


class FreightLine(msgspec.Struct, frozen=True):
    """What of a line freight depends on: measures are of all its pieces together, `goods` at item-level prices."""

    template_id: int
    pieces: int
    grams: int
    volume_cm3: int
    goods: int


def check_template(template: FreightTemplate) -> None:
    """Refuse a template that leaves a region without a fee, or has fees out of bounds."""
    if sum(1 for area in template.areas if not area.regions) != 1:
        raise Invalid("areas", "exactly one nationwide area")
    if len(template.areas) > 50 or len(template.free) > 5:  # noqa: PLR2004 - the limits that the refusal names
        raise Invalid("areas", "at most 50 areas and 5 free rules")
    for area in template.areas:
        if not 0 <= area.start_fee <= MAX_FEE or not 0 <= area.add_fee <= MAX_FEE:
            raise Invalid("start_fee", "0 to 999.99")
        if area.add_fee > area.start_fee and area.start_fee != 0:
            raise Invalid("add_fee", "at most the start fee, unless that is 0")
        if area.start_standard < 1 or area.add_standard < 1:
            raise Invalid("start_standard", "at least 1")


def freight_of(lines: Sequence[FreightLine], templates: dict[int, FreightTemplate], region: str) -> int:
    """The freight of one order in minor units; template 0 is free."""
    used = {line.template_id for line in lines if line.template_id in templates}
    if not used:
        return 0
    starts: list[int] = []
    increments = 0
    for template_id in sorted(used):
        template = templates[template_id]
        group = [line for line in lines if line.template_id == template_id]
        if _is_free(template, group, region):
            continue
        area = template.area_for(region)
        quantity = sum(_measure(line, template.valuation) for line in group)
        starts.append(area.start_fee)
        increments += -(-max(0, quantity - area.start_standard) // area.add_standard) * area.add_fee
    return max(starts, default=0) + increments


def _is_free(template: FreightTemplate, group: Sequence[FreightLine], region: str) -> bool:
    goods, pieces = sum(line.goods for line in group), sum(line.pieces for line in group)
    for rule in template.free:
        if region in rule.excluded_regions or not (rule.min_amount or rule.min_pieces):
            continue
        if goods >= rule.min_amount and pieces >= rule.min_pieces:
            return True
    return False


def _measure(line: FreightLine, valuation: str) -> int:
    return {"pieces": line.pieces, "weight": line.grams, "volume": line.volume_cm3}[valuation]
