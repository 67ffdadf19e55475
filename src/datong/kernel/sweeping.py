"""Sweeping: what is due is done item by item, and one that fails stops no other."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from datong.kernel.tx import is_lost

log = logging.getLogger("datong.sweep")
Item = TypeVar("Item")


async def one_by_one(items: Iterable[Item], act: Callable[[Item], Awaitable[object]]) -> None:
    """Act on each item in turn. One that fails is logged and met again at the next sweep.

    Raises only what says that the database is away.
    """
    for each in items:
        try:
            await act(each)
        except Exception as error:
            if is_lost(error):
                raise
            log.exception("an item of a sweep failed", extra={"item": repr(each)})
