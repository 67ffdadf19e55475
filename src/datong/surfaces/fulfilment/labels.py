"""Words of the room `fulfilment`; English here is the key of the translations."""

TIMERS: dict[str, str] = {
    "parcel": "Parcels to follow",
}
METHODS: dict[str, str] = {
    "parcel": "Parcel",
    "surface": "Surface post",
    "overseas": "Direct from overseas",
    "pickup": "Collect at the shop",
    "digital": "Digital delivery",
    "service": "Service, nothing is sent",
    "none": "Nothing to deliver",
}
"""How goods are handed over; a method of another package is shown by its name."""
LINE_PLACES: dict[str, str] = {
    "pickup.WAITING": "Being prepared",
    "pickup.HANDED_OVER": "Ready to collect",
    "pickup.RECEIVED": "Collected",
    "digital.WAITING": "Contents to come",
    "digital.RECEIVED": "Delivered",
    "service.WAITING": "To be performed",
    "service.HANDED_OVER": "Performed",
    "service.RECEIVED": "Performed",
    "none.RECEIVED": "Done",
}
"""Where a line is, by its method and state; parcels say it themselves."""
REFUSALS: dict[str, str] = {
    "fulfilment.waybill_used": "The tracking number %(tracking_no)s is used for another parcel.",
}
