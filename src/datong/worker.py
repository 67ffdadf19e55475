"""The worker: delivers facts and runs the sweeps. Any number of workers may run; each may be killed at any point."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

import httpx

from datong.adapters import Adapters
from datong.adapters.callback_queue import send_callbacks
from datong.adapters.courier.sandbox import SandboxCourier
from datong.kernel.gc_tuning import freeze_gc
from datong.kernel.heartbeat import record_heartbeat
from datong.kernel.logs import set_up_logs
from datong.kernel.outbox import prune
from datong.kernel.tx import LOST, Db
from datong.settings import Settings
from datong.surfaces.metrics_port import MetricsPort
from datong.wiring import make_adapters, make_deliverer, open_own_db

log = logging.getLogger("datong.worker")
Duty = tuple[str, float, Callable[[], Awaitable[int]]]
IDLE_SECONDS = 1.0
PRUNE_SECONDS = 3600
BEAT_SECONDS = 15.0
"""How often a sweep that does well is noted."""
FEW = 100
GATHER_SECONDS = 0.02
"""After a few facts the next ones are let gather for a moment: together they cost hardly more than one alone."""


async def run_worker(settings: Settings) -> None:
    """Work until told to stop."""
    set_up_logs(settings.log_level)
    freeze_gc()
    stop = asyncio.Event()
    for sig in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sig, stop.set)
    db = await open_own_db(settings)
    async with httpx.AsyncClient(timeout=10) as client:
        adapters = make_adapters(db, settings, client)
        port = MetricsPort(db, settings)
        await port.open()
        tasks = [asyncio.create_task(_deliver(adapters, stop))]
        for name, seconds, act in _duties(adapters, settings, client):
            tasks.append(asyncio.create_task(_repeat(db, name, seconds, act, stop)))
        log.info("the worker is at work", extra={"duties": len(tasks)})
        await stop.wait()
        await asyncio.gather(*tasks)
        await port.close()
        await adapters.engine.close()
    await db.close()


def _duties(adapters: Adapters, settings: Settings, client: httpx.AsyncClient) -> list[Duty]:
    duties: list[Duty] = [
        (sweep.name, sweep.seconds, partial(sweep.act, adapters)) for sweep in adapters.db.house.sweeps
    ]
    duties.append(("kernel.prune", PRUNE_SECONDS, partial(prune, adapters.db)))
    courier = adapters.couriers.get("sandbox")
    if isinstance(courier, SandboxCourier):
        duties.append(("plugs.sandbox_courier", 1.0, courier.move_parcels))
        duties.append(("plugs.callbacks", 0.25, partial(send_callbacks, adapters.db, settings.secret, client)))
    return duties


async def _deliver(adapters: Adapters, stop: asyncio.Event) -> None:
    """Deliver whenever a fact is told, and look by itself every second."""
    deliver, wake = make_deliverer(adapters.db.house), asyncio.Event()
    await adapters.db.listen(wake)
    while not stop.is_set():
        wake.clear()
        try:
            if delivered := await deliver.deliver(adapters.db):
                if delivered < FEW:
                    await _pause(stop, stop, GATHER_SECONDS)
                continue
        except LOST as error:
            log.warning("the database is away", extra={"error": type(error).__name__})
        except Exception:
            log.exception("delivery failed")
        await _pause(wake, stop, IDLE_SECONDS)


async def _repeat(db: Db, name: str, seconds: float, act: Callable[[], Awaitable[int]], stop: asyncio.Event) -> None:
    noted, did = 0.0, 0
    while not stop.is_set():
        reason = ""
        try:
            did += await act()
        except LOST:
            log.warning("a sweep could not reach the database", extra={"sweep": name})
            await _pause(stop, stop, seconds)
            continue
        except Exception as error:
            log.exception("a sweep failed", extra={"sweep": name})
            reason = f"{type(error).__name__}: {error}"
        now = asyncio.get_running_loop().time()
        if reason or now - noted > BEAT_SECONDS:
            with suppress(*LOST):
                await record_heartbeat(db, name, seconds, did, reason)
                noted, did = now, 0
        await _pause(stop, stop, seconds)


async def _pause(wake: asyncio.Event, stop: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.create_task(event.wait()) for event in {wake, stop}]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
