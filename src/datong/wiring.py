"""Wiring: finds the rooms of this installation and makes what one process is handed.

A room is found by its `room.py` in the tree, or by an entry point of the group `datong.rooms` in any installed package. What
it shows is in a `window.py`, found in `surfaces/` or named by an entry point of the group `datong.windows`.
"""

import pkgutil
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points

import httpx

from datong.adapters import Adapters, Courier, Gateway
from datong.adapters.courier.easypost import EasyPostCourier
from datong.adapters.courier.sandbox import SandboxCourier
from datong.adapters.engine.opensearch import OpenSearchEngine
from datong.adapters.engine.tantivy_folder import FolderEngine
from datong.adapters.object_store import ObjectStore
from datong.adapters.payment.sandbox import SandboxGateway
from datong.adapters.payment.stripe import StripeGateway
from datong.kernel.connect import open_db
from datong.kernel.house import House, HouseError, Room, build_house
from datong.kernel.outbox import Deliverer
from datong.kernel.tx import Db
from datong.settings import Settings

WINGS: tuple[tuple[str, ...], ...] = (
    ("channels", "marketing"),
    ("consumer", "industry", "platform"),
    ("commerce",),
    ("adapters",),
    ("kernel",),
)
"""The wings that hold rooms, from top to bottom."""
ROOMS_GROUP = "datong.rooms"
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
    rooms: list[Room] = [import_module(name).ROOM for name in room_modules()]
    for entry in sorted(entry_points(group=ROOMS_GROUP), key=lambda each: each.name):
        try:
            room = entry.load()
        except Exception as error:
            msg = f"the room {entry.name} ({entry.value}) cannot be loaded: {type(error).__name__}: {error}"
            raise HouseError(msg) from error
        if not isinstance(room, Room):
            msg = f"the entry point {entry.name} of {ROOMS_GROUP} is no Room: {entry.value}"
            raise HouseError(msg)
        rooms.append(room)
    return rooms


@lru_cache(maxsize=1)
def find_house() -> House:
    """The house of this installation; frozen, so one serves the whole process. Raises `HouseError`."""
    return build_house(find_rooms(), WINGS)


def make_deliverer(house: House) -> Deliverer:
    """Delivers facts to the reactions of a house."""
    return Deliverer(house.facts, house.reactions)


def make_adapters(db: Db, settings: Settings, client: httpx.AsyncClient) -> Adapters:
    """The adapters that the settings ask for; the sandbox implementations in a demo."""
    gateways: dict[str, Gateway] = {}
    couriers: dict[str, Courier] = {}
    if settings.is_demo:
        gateways["sandbox"] = SandboxGateway(db, settings.secret, settings.base_url)
        couriers["sandbox"] = SandboxCourier(db, settings.secret)
    if settings.stripe_key:
        gateways["stripe"] = StripeGateway(settings.stripe_key, settings.stripe_webhook_secret, client)
    if settings.easypost_key:
        couriers["easypost"] = EasyPostCourier(settings.easypost_key, settings.easypost_webhook_secret, client)
    objects = ObjectStore(settings.objects_url, settings.object_store_options)
    engine = OpenSearchEngine(settings.search_url, client) if settings.search_url else FolderEngine(settings.search_dir)
    return Adapters(db, gateways, couriers, objects, engine, settings.base_url)


async def open_own_db(settings: Settings) -> Db:
    """The database that the settings name."""
    return await open_db(
        settings.database_url, house=find_house(), pool_size=settings.pool_size, is_clock_movable=settings.is_demo
    )


__all__ = ["WINGS", "find_house", "find_rooms", "make_adapters", "make_deliverer", "open_own_db", "room_modules"]
