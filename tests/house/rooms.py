"""What the checks of the house know of it: its files, its rooms, its statements."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import datong
from datong.kernel.house import Room
from datong.kernel.sql import Statement

SOURCE = Path(datong.__file__).parent
ROOT = SOURCE.parents[1]
WIRING = {"wiring", "invariants", "demo", "simulation", "importers", "cli", "app", "worker"}


def modules() -> Iterator[ModuleType]:
    """Every module of the house, imported."""
    for found in pkgutil.walk_packages(datong.__path__, "datong."):
        if ".migrations" not in found.name:
            yield importlib.import_module(found.name)


def statements() -> Iterator[tuple[ModuleType, str, Statement]]:
    """Every SQL constant with its module and name."""
    for module in modules():
        for name, value in vars(module).items():
            found = value if isinstance(value, tuple) else (value,)
            for each in found:
                query = getattr(each, "query", each)
                if isinstance(query, Statement):
                    yield module, name, query


def module_of(room: Room) -> str:
    """The package of a room: datong.commerce.order; a wing that is one room is its own package."""
    return f"datong.{room.wing}" if room.name == room.wing else f"datong.{room.wing}.{room.name}"


def room_of(module: str) -> str:
    """The room a module is in: datong.commerce.order.place_purchase is in datong.commerce.order."""
    parts = module.split(".")
    return ".".join(parts[:3]) if parts[1:2] in (["commerce"], ["consumer"], ["platform"]) else ".".join(parts[:2])
