"""Turns: what must be done by one transaction at a time waits here until the one before has ended."""

from datong.kernel.sql import value
from datong.kernel.tx import Tx

_WAIT = value(str, "select pg_advisory_xact_lock($1)::text")


async def take_turn(tx: Tx, key: int) -> None:
    """Wait until no other transaction has this turn, and keep it until this one ends.

    What it reads after that, it reads as the one before has left it. `key` is an id, or a number that its caller owns.
    """
    await tx.one(_WAIT, key)
