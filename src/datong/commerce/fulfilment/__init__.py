"""Fulfilment: parcels and where they are, and every other way in which goods are handed over.

Owns parcels, tracking events and hand-overs in the buyer's bucket, contents of digital goods in the shop's, and which
order a waybill was used for. Calls
`catalog`, `rulebook`, and the couriers behind their Protocol. Tells `ParcelDelivered`, `DigitalGoodsDue`,
`DigitalGoodsTaken`, `DigitalGoodsReturned`. What a hand-over means for its order is the order's business.
"""

from datong.commerce.fulfilment.digital_goods import (
    DigitalStock,
    add_digital_items,
    drop_digital_items,
    list_digital_stock,
    record_digital,
    return_items,
)
from datong.commerce.fulfilment.handovers import CodeOutcome, Handover, list_handovers, redeem_code, renew_codes
from datong.commerce.fulfilment.parcels import Parcel, list_parcels, open_case_parcel
from datong.commerce.fulfilment.tracking import TrackingEvent, list_tracking, record_news

__all__ = [
    "CodeOutcome",
    "DigitalStock",
    "Handover",
    "Parcel",
    "TrackingEvent",
    "add_digital_items",
    "drop_digital_items",
    "list_digital_stock",
    "list_handovers",
    "list_parcels",
    "list_tracking",
    "open_case_parcel",
    "record_digital",
    "record_news",
    "redeem_code",
    "renew_codes",
    "return_items",
]
