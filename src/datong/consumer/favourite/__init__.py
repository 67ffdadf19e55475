"""Favourites and footprints: what a member keeps, and what a member looked at.

Owns kept products and shops, and the trail of products seen. Calls `rulebook`; names and prices come from the catalogue's
own door, read by the pages. Tells nothing. Everything is in the member's bucket, belongs to the member alone and can be erased.
"""

from datong.consumer.favourite.keeping import (
    KINDS,
    MOST_KEPT,
    Favourite,
    FavouritesFull,
    forget,
    is_kept,
    keep,
    list_kept,
)
from datong.consumer.favourite.trailing import Footprint, erase_footprints, leave_footprint, list_footprints

__all__ = [
    "KINDS",
    "MOST_KEPT",
    "Favourite",
    "FavouritesFull",
    "Footprint",
    "erase_footprints",
    "forget",
    "is_kept",
    "keep",
    "leave_footprint",
    "list_footprints",
    "list_kept",
]
