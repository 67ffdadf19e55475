"""Where lines come from: the kinds that rooms declare, and whether a source still holds when it is bought."""

from collections.abc import Awaitable, Callable, Iterable

from datong.facts.order import LineSource
from datong.kernel.house import House, Port
from datong.kernel.refusal import Invalid
from datong.kernel.tx import Tx

MAX_TEXT = 100


class SourceKind(Port, frozen=True, kw_only=True):
    """A kind of source. `key` is its name; `check` answers whether a source of it still holds at this moment.

    A source that does not hold any more is left off the order line; the purchase goes on without it.
    """

    check: Callable[[Tx, LineSource], Awaitable[bool]]


def checked_source(house: House, source: LineSource) -> LineSource:
    """The source, if a room knows its kind; raises `Invalid` for an unknown kind or texts that are too long."""
    if not source:
        return source
    if source.kind not in house.ports(SourceKind):
        raise Invalid("source.kind", ", ".join(house.ports(SourceKind)) or "none is known here")
    if any(len(text) > MAX_TEXT or not text.isprintable() for text in (source.ref, source.token)):
        raise Invalid("source", f"at most {MAX_TEXT} printable characters each")
    return source


async def holding_sources(tx: Tx, sources: Iterable[LineSource]) -> set[LineSource]:
    """Which of these sources still hold; each is asked once."""
    kinds = tx.house.ports(SourceKind)
    held: set[LineSource] = set()
    for source in set(sources):
        if source and source.kind in kinds and await kinds[source.kind].check(tx, source):
            held.add(source)
    return held
