"""Favourites and footprints: what a member keeps, and what a member looked at.

Owns favourites (kept products and shops) and footprints (products seen). Calls `rulebook`; names and prices come from
the catalogue's own door, read by the pages. Tells nothing. Everything is in the member's bucket, belongs to the member
alone and can be erased.
"""

from datong.consumer.favourite.favourites import KINDS, add_favourite, is_favourite, list_favourites, remove_favourite
from datong.consumer.favourite.recently_viewed import erase_recently_viewed, list_recently_viewed, record_view

__all__ = [
    "KINDS",
    "add_favourite",
    "erase_recently_viewed",
    "is_favourite",
    "list_favourites",
    "list_recently_viewed",
    "record_view",
    "remove_favourite",
]
