"""A hand-over as the API gives it."""

from datetime import datetime
from typing import Any

import msgspec

from datong.commerce.fulfilment import Handover


class HandoverView(msgspec.Struct, frozen=True):
    """Lines handed over otherwise than in a parcel; `code` is the buyer's to be collected by, hidden from the shop."""

    id: str
    method: str
    words: dict[str, Any]
    code: str
    made_at: datetime
    received_at: datetime | None


def handover_view(each: Handover) -> HandoverView:
    """How lines were handed over."""
    words = {name: said for name, said in each.words.items() if name != "item_ids"}
    return HandoverView(str(each.handover_id), each.method, words, each.code, each.made_at, each.received_at)
