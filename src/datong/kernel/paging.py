"""Keyset paging: a page starts after the last row of the one before, however large the table."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from datong.kernel.refusal import Invalid

Item = TypeVar("Item")
MAX_LIMIT = 100
LATEST = (4 * 10**15, 2**63 - 1)
"""Where a list with the latest first starts: an instant key after every row's."""


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """Some rows and where to go on; `next_cursor` is empty on the last page."""

    items: list[Item]
    next_cursor: str = ""


def clamp_limit(limit: int) -> int:
    """Between 1 and 100 rows a page; refuses anything else."""
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid("limit", f"1 to {MAX_LIMIT}")
    return limit


def make_page(found: Sequence[Item], limit: int, key: Callable[[Item], Sequence[int]]) -> Page[Item]:
    """Make a page of `limit` rows out of up to `limit + 1` found ones; `key` gives a row's sort key."""
    items = list(found[:limit])
    return Page(items, encode_cursor(key(items[-1])) if len(found) > limit else "")


def instant_key(at: datetime, row_id: int) -> list[int]:
    """The sort key of a list by instant: its microseconds since 1970, and the row's id among equals."""
    return [round(at.timestamp() * 1_000_000), row_id]


def encode_cursor(key: Sequence[int]) -> str:
    """A sort key of whole numbers as an opaque text."""
    return base64.urlsafe_b64encode(msgspec.json.encode(list(key))).decode().rstrip("=")


def decode_cursor(cursor: str, start: Sequence[int]) -> list[int]:
    """The sort key to go on after; `start` where there is no cursor. Refuses what was not given out here."""
    if not cursor:
        return list(start)
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        key = msgspec.json.decode(raw, type=list[int])
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise Invalid("cursor", "not one of ours") from None
    if len(key) != len(start) or any(abs(part) >= 2**63 for part in key):
        raise Invalid("cursor", "not one of ours")
    return key
