"""Use cases say whose bucket they write, so that whoever calls them does not have to know.

`@use_case("order_id")` declares that a function which takes `tx` first works in the bucket of that parameter: an id, or
an `Actor` (its own bucket). `@use_case()` declares one that writes only tables that are not sharded. The function
itself is unchanged and composes in its caller's transaction; `Db.run` opens the transaction that it declares.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from datong.kernel.ids import bucket_of

Act = TypeVar("Act", bound=Callable[..., Awaitable[Any]])
_MARK = "__datong_bucket__"


def use_case(owner: str = "") -> Callable[[Act], Act]:
    """Declare the parameter whose bucket a use case writes; empty: none.

    Raises `TypeError` for an unknown parameter.
    """

    def declare(act: Act) -> Act:
        names = list(inspect.signature(act).parameters)
        if owner and owner not in names[1:]:
            msg = f"{act.__qualname__} has no parameter {owner}"
            raise TypeError(msg)
        setattr(act, _MARK, (owner, names.index(owner) - 1 if owner else -1))
        return act

    return declare


def bucket_of_call(act: Callable[..., Any], args: Sequence[object], kwargs: Mapping[str, object]) -> int | None:
    """The bucket that a call (without its `tx`) writes, or None. Raises `TypeError` for what is no use case."""
    mark = getattr(act, _MARK, None)
    if mark is None:
        msg = f"{getattr(act, '__qualname__', act)} does not declare whose bucket it writes"
        raise TypeError(msg)
    owner, place = mark
    if not owner:
        return None
    value = kwargs[owner] if owner in kwargs else args[place]
    bucket = getattr(value, "bucket", None)
    return bucket if isinstance(bucket, int) else bucket_of(value)  # type: ignore[arg-type]  # an id, by declaration
