"""Words of the room `fulfilment`; English here is the key of the translations."""

TIMERS: dict[str, str] = {
    "parcel": "Parcels to follow",
}
