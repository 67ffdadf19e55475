"""Use cases whose first line asks for a right refuse someone without it before they touch anything.

They are called by a member who has no rights anywhere and by a guest, with nothing in place of transaction and things:
a use case that looks at something first trips over it. `refuses_first.txt` and `refuses_guests_first.txt` name those
that refuse at once; both only grow. What belongs to whoever asks is refused to guests alone.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import datong.commerce
import datong.consumer
import datong.platform
from datong.kernel.actor import Actor
from datong.kernel.refusal import NotAllowed

STRANGER = Actor(4096 * 4097 + 5, "member")
GUEST = Actor(4096 * 4097 + 5)
LISTS = {"refuses_first.txt": STRANGER, "refuses_guests_first.txt": GUEST}


def use_cases() -> Iterator[tuple[str, object]]:
    """Every function that a door gives out and that someone asks for, by room and name."""
    for wing in (datong.commerce, datong.consumer, datong.platform):
        for found in pkgutil.iter_modules(wing.__path__):
            door = importlib.import_module(f"{wing.__name__}.{found.name}")
            for name in door.__all__:
                deed = getattr(door, name)
                if inspect.iscoroutinefunction(deed) and Actor in _annotations(deed):
                    yield f"{found.name}.{name}", deed


def _annotations(deed: object) -> list[object]:
    assert callable(deed)
    return [each.annotation for each in inspect.signature(deed).parameters.values()]


async def refuses_at_once(deed: object, actor: Actor = STRANGER) -> bool:
    """Whether someone without rights is refused before anything else is looked at."""
    assert callable(deed)
    args: list[object] = []
    named: dict[str, object] = {}
    for each in inspect.signature(deed).parameters.values():
        value = actor if each.annotation is Actor else 3 if each.annotation is int else None
        if each.kind is each.KEYWORD_ONLY:
            named[each.name] = value
        elif each.default is each.empty:
            args.append(value)
    try:
        await deed(*args, **named)
    except NotAllowed:
        return True
    except Exception:  # noqa: BLE001 - whatever it trips over
        return False
    return False


@pytest.mark.parametrize("list_", LISTS)
async def test_who_has_no_right_is_refused_before_anything_is_touched(list_: str) -> None:
    found = {name for name, deed in use_cases() if await refuses_at_once(deed, LISTS[list_])}
    known = set(Path(__file__).with_name(list_).read_text().split())
    assert known - found == set(), "these no longer refuse at once, or have another name"
    assert found - known == set(), f"these refuse at once: add them to {list_}"


async def test_a_use_case_that_looks_first_is_seen() -> None:
    async def looks_first(tx: object, actor: Actor, shop_id: int) -> None:
        tx.look()  # type: ignore[attr-defined]  # it trips here
        actor.must("shop:order:read", shop_id)

    async def asks_nothing(tx: object, actor: Actor, shop_id: int) -> None:
        """Never asks for a right."""

    async def asks_first(tx: object, actor: Actor, shop_id: int) -> None:
        actor.must("shop:order:read", shop_id)

    assert not await refuses_at_once(looks_first)
    assert not await refuses_at_once(asks_nothing)
    assert await refuses_at_once(asks_first)
