"""Wiring: what one process is made of. Imports everything; only app, worker and the command line import it."""

from types import ModuleType

import httpx

import datong.commerce.aftersale.reactions
import datong.commerce.catalog.reactions
import datong.commerce.fulfilment.reactions
import datong.commerce.inventory.reactions
import datong.commerce.member.reactions
import datong.commerce.merchant.reactions
import datong.commerce.messaging.reactions
import datong.commerce.order.reactions
import datong.commerce.payment.reactions
import datong.commerce.pricing.reactions
import datong.commerce.review.reactions
import datong.commerce.voucher.reactions
import datong.consumer.favourite.reactions
import datong.platform.search.reactions
from datong.adapters import Adapters, Courier, Gateway
from datong.adapters.courier.easypost import EasyPostCourier
from datong.adapters.courier.sandbox import SandboxCourier
from datong.adapters.engine.opensearch import OpenSearchEngine
from datong.adapters.engine.tantivy_folder import FolderEngine
from datong.adapters.object_store import ObjectStore
from datong.adapters.payment.sandbox import SandboxGateway
from datong.adapters.payment.stripe import StripeGateway
from datong.facts import ALL
from datong.kernel.connect import open_db
from datong.kernel.fact import AnyReaction, Reaction, Sweep
from datong.kernel.outbox import Deliverer
from datong.kernel.tx import Db
from datong.settings import Settings

ROOMS: tuple[ModuleType, ...] = (
    datong.commerce.aftersale.reactions,
    datong.commerce.catalog.reactions,
    datong.commerce.fulfilment.reactions,
    datong.commerce.inventory.reactions,
    datong.commerce.member.reactions,
    datong.commerce.merchant.reactions,
    datong.commerce.messaging.reactions,
    datong.commerce.order.reactions,
    datong.commerce.payment.reactions,
    datong.commerce.pricing.reactions,
    datong.commerce.review.reactions,
    datong.commerce.voucher.reactions,
    datong.consumer.favourite.reactions,
    datong.platform.search.reactions,
)


def reactions() -> list[AnyReaction]:
    """Every reaction of the house."""
    return [each for room in ROOMS for each in vars(room).values() if isinstance(each, Reaction)]


def sweeps() -> list[Sweep]:
    """Every sweep of the house."""
    return [each for room in ROOMS for each in vars(room).values() if isinstance(each, Sweep)]


def deliverer() -> Deliverer:
    """The one who brings facts to their reactions."""
    return Deliverer(ALL, reactions())


def make_adapters(db: Db, settings: Settings, client: httpx.AsyncClient) -> Adapters:
    """The plugs that the settings ask for; the sandbox ones in a demo."""
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
    return await open_db(settings.database_url, pool_size=settings.pool_size, is_clock_movable=settings.is_demo)
