"""Fulfilment: parcels, what is in them, and where they are.

Owns parcels and tracking events, in the buyer's bucket. Calls the couriers behind their Protocol. Tells
`ParcelDelivered`. What a parcel means for its order is the order's business.
"""

from datong.commerce.fulfilment.parcels import Parcel, ParcelLine, list_parcels, open_case_parcel, open_parcel
from datong.commerce.fulfilment.tracking import TrackingEvent, list_tracking, record_news

__all__ = [
    "Parcel",
    "ParcelLine",
    "TrackingEvent",
    "list_parcels",
    "list_tracking",
    "open_case_parcel",
    "open_parcel",
    "record_news",
]
