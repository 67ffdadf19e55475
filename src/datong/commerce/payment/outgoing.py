"""Money that leaves: whoever sends it has claimed it, and asks what became of an earlier try before trying again.

A claim moves the row's next turn into the future by one conditional write, so of two workers one sends. What it is
moved to is also the claim's token: an answer that comes after somebody else has claimed the row may still say that the
money went, which is true whoever asked, and nothing else.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from datong.adapters.payment import TransferAnswer

SEND_LEASE = timedelta(minutes=2)
"""How long a worker may take to ask the provider; longer than any call waits for its answer."""
Order = TypeVar("Order")


async def send_or_find(
    find: Callable[[Order], Awaitable[TransferAnswer | None]],
    send: Callable[[Order], Awaitable[TransferAnswer]],
    order: Order,
    *,
    was_asked: bool,
) -> TransferAnswer:
    """What became of an order: looked up where it may have been sent before, sent where the provider knows of none.

    So nothing is sent twice after the provider has forgotten the key of the first time. Raises `GatewayDown` when it
    cannot be known.
    """
    known = await find(order) if was_asked else None
    return known or await send(order)
