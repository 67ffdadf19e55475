"""Opening the database of one process: its pools, their settings, and how values travel."""

import asyncpg
import msgspec

from datong.kernel.clock import Clock
from datong.kernel.house import EMPTY_HOUSE, House
from datong.kernel.sql import Doc
from datong.kernel.tx import Db

_IS_SHARDED = "select count(*) from pg_extension where extname = 'citus'"


async def _prepare_connection(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_to_json, decoder=msgspec.json.decode, format="text"
    )


async def _leave_clean(connection: asyncpg.Connection) -> None:
    """Nothing here leaves a setting, lock, cursor or listener behind, so giving back costs no round trip."""
    if connection.is_in_transaction():
        await connection.reset()


def _to_json(value: object) -> str:
    return msgspec.json.encode(value.value if isinstance(value, Doc) else value).decode()


async def open_db(
    dsn: str,
    *,
    house: House = EMPTY_HOUSE,
    pool_size: int = 10,
    clock: Clock | None = None,
    is_clock_movable: bool = False,
) -> Db:
    """Open a pool on a PostgreSQL; each connection speaks jsonb and gives up on a statement after 30 s."""
    settings = {
        "application_name": "datong", "statement_timeout": "30000", "timezone": "UTC", "jit": "off",
        # Planning these small statements costs more than running them; and a plan made while a table was small must
        # still be right when it is large, so rows are found by their keys from the first one on.
        "plan_cache_mode": "force_generic_plan", "enable_seqscan": "off", "random_page_cost": "1.1",
    }  # fmt: skip
    pool, relaxed = [
        await asyncpg.create_pool(
            dsn, min_size=1, max_size=max(size, 2), init=_prepare_connection, reset=_leave_clean, command_timeout=60,
            max_inactive_connection_lifetime=300, server_settings=settings | more,
        )
        for size, more in ((pool_size, {}), (pool_size // 2, {"synchronous_commit": "off"}))
    ]  # fmt: skip
    is_sharded = bool(await pool.fetchval(_IS_SHARDED))
    return Db(
        dsn, pool, relaxed, clock or Clock(), house=house, is_clock_movable=is_clock_movable, is_sharded=is_sharded
    )
