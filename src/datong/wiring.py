"""Wiring: finds the rooms of this installation and makes what one process is handed.

A room is found by its `room.py` in the tree, or by an entry point of the group `datong.rooms` in any installed package.
What it shows is in a `window.py`, found in `surfaces/` or named by an entry point of the group `datong.windows`.
"""

import pkgutil
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import httpx

from datong.adapters import Adapters, Courier, Gateway, Verifier
from datong.adapters.courier.easypost import EasyPostCourier
from datong.adapters.courier.sandbox import SandboxCourier
from datong.adapters.engine.opensearch import OpenSearchEngine
from datong.adapters.engine.tantivy_folder import FolderEngine
from datong.adapters.object_store import ObjectStore
from datong.adapters.payment.sandbox import SandboxGateway
from datong.adapters.payment.stripe import StripeGateway
from datong.adapters.verification.sandbox import SandboxVerifier
from datong.kernel.connect import open_db
from datong.kernel.house import House, HouseError, Room, build_house
from datong.kernel.outbox import Deliverer
from datong.kernel.tx import Db
from datong.settings import Settings

if TYPE_CHECKING:
    from datong.surfaces.window import Windows

Found = TypeVar("Found")

WINGS: tuple[tuple[str, ...], ...] = (
    ("channels", "marketing"),
    ("consumer", "industry", "platform"),
    ("commerce",),
    ("adapters",),
    ("kernel",),
)
"""The wings that hold rooms, from top to bottom."""
ROOMS_GROUP = "datong.rooms"
WINDOWS_GROUP = "datong.windows"
LONE_ROOMS = ("datong.kernel", "datong.adapters")
"""Wings that are one room each."""


def room_modules() -> list[str]:
    """The dotted names of the `room.py` modules in the tree, sorted."""
    found = [f"{lone}.room" for lone in LONE_ROOMS]
    for wing in {name for group in WINGS for name in group}:
        try:
            package = import_module(f"datong.{wing}")
        except ModuleNotFoundError:
            continue
        if package.__name__ not in LONE_ROOMS:
            inside = pkgutil.iter_modules(package.__path__, f"datong.{wing}.")
            found += [f"{each.name}.room" for each in inside if each.ispkg]
    return sorted(found)


def find_rooms() -> list[Room]:
    """Every room in the tree and of installed packages; raises `HouseError` for one that cannot be loaded."""
    return [*(import_module(name).ROOM for name in room_modules()), *_load_entries(ROOMS_GROUP, Room)]


def _load_entries(group: str, kind: type[Found]) -> list[Found]:
    """What installed packages name in a group of entry points, sorted by name."""
    found: list[Found] = []
    for entry in sorted(entry_points(group=group), key=lambda each: each.name):
        try:
            loaded = entry.load()
        except Exception as error:
            msg = f"{entry.name} of {group} ({entry.value}) cannot be loaded: {type(error).__name__}: {error}"
            raise HouseError(msg) from error
        if not isinstance(loaded, kind):
            msg = f"{entry.name} of {group} ({entry.value}) is no {kind.__name__}"
            raise HouseError(msg)
        found.append(loaded)
    return found


@lru_cache(maxsize=1)
def find_house() -> House:
    """The house of this installation; frozen, so one serves the whole process. Raises `HouseError`."""
    return build_house(find_rooms(), WINGS)


def find_windows(house: House) -> "Windows":
    """What the rooms of a house show: windows in `surfaces/` and of installed packages. Raises `HouseError`."""
    surfaces = import_module("datong.surfaces")
    found = [
        import_module(f"{each.name}.window").WINDOW
        for each in pkgutil.iter_modules(surfaces.__path__, "datong.surfaces.")
        if each.ispkg
    ]
    found += _load_entries(WINDOWS_GROUP, import_module("datong.surfaces.window").Window)
    make_windows = import_module("datong.surfaces.window").make_windows
    shared = import_module("datong.surfaces.refusal_texts").SHARED
    made: Windows = make_windows(house, found, shared, Path(surfaces.__path__[0]) / "locale")
    return made


def make_deliverer(house: House) -> Deliverer:
    """Delivers facts to the reactions of a house."""
    return Deliverer(house.facts, house.reactions)


def make_adapters(db: Db, settings: Settings, client: httpx.AsyncClient) -> Adapters:
    """The adapters that the settings ask for; the sandbox implementations in a demo."""
    gateways: dict[str, Gateway] = {}
    couriers: dict[str, Courier] = {}
    verifiers: dict[str, Verifier] = {}
    if settings.is_demo:
        gateways["sandbox"] = SandboxGateway(db, settings.secret, settings.base_url)
        couriers["sandbox"] = SandboxCourier(db, settings.secret)
        verifiers["sandbox"] = SandboxVerifier(db)
    if settings.stripe_key:
        gateways["stripe"] = StripeGateway(settings.stripe_key, settings.stripe_webhook_secret, client)
    if settings.easypost_key:
        couriers["easypost"] = EasyPostCourier(settings.easypost_key, settings.easypost_webhook_secret, client)
    objects = ObjectStore(settings.objects_url, settings.object_store_options)
    engine = OpenSearchEngine(settings.search_url, client) if settings.search_url else FolderEngine(settings.search_dir)
    return Adapters(db, gateways, couriers, objects, engine, settings.base_url, verifiers)


async def open_own_db(settings: Settings) -> Db:
    """The database that the settings name."""
    return await open_db(
        settings.database_url, house=find_house(), pool_size=settings.pool_size, is_clock_movable=settings.is_demo
    )


__all__ = [
    "WINGS",
    "find_house",
    "find_rooms",
    "find_windows",
    "make_adapters",
    "make_deliverer",
    "open_own_db",
    "room_modules",
]
