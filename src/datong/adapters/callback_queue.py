"""How the sandbox makers call back: kept first, sent by the worker, signed when sent, tried again for a day."""

import asyncio
import logging
from datetime import datetime, timedelta

import httpx
import msgspec

from datong.adapters.signatures import sign
from datong.kernel.sql import command, rows
from datong.kernel.tx import Db, Tx

log = logging.getLogger("datong.sandbox")
MAX_ATTEMPTS = 12
AT_ONCE = 8


class DueCallback(msgspec.Struct, frozen=True):
    """A call-back that is due."""

    callback_id: int
    url: str
    header: str
    body: str
    attempts: int


PUT = command("insert into sandbox_callback (url, header, body, due_at) values ($1, $2, $3, $4)")
DUE = rows(
    DueCallback,
    """
    select callback_id, url, header, body, attempts from sandbox_callback
    where delivered_at is null and due_at <= $1 order by due_at, callback_id limit 50
    """,
)
SENT = command("update sandbox_callback set delivered_at = $2 where callback_id = $1")
LATER = command("update sandbox_callback set attempts = attempts + 1, due_at = $2 where callback_id = $1")
GIVE_UP = command("update sandbox_callback set delivered_at = $2, attempts = attempts + 1 where callback_id = $1")


async def put_callback(tx: Tx, url: str, header: str, event: object, due_at: datetime) -> None:
    """Keep a call-back to be sent when it is due."""
    await tx.run(PUT, url, header, msgspec.json.encode(event).decode(), due_at)


async def send_callbacks(db: Db, secret: str, client: httpx.AsyncClient) -> int:
    """Send what is due, side by side; an answer other than 2xx is tried again with growing pauses."""
    async with db.read() as tx:
        due = await tx.all(DUE, tx.now)
    gate = asyncio.Semaphore(AT_ONCE)

    async def send_one(each: DueCallback) -> None:
        async with gate:
            await _send(db, secret, client, each)

    await asyncio.gather(*(send_one(each) for each in due))
    return len(due)


async def _send(db: Db, secret: str, client: httpx.AsyncClient, each: DueCallback) -> None:
    body = each.body.encode()
    try:
        answer = await client.post(
            each.url, content=body, headers={each.header: sign(secret, body), "content-type": "application/json"}
        )
        is_taken = answer.is_success
    except httpx.HTTPError:
        is_taken = False
    async with db.begin() as tx:
        if is_taken:
            await tx.run(SENT, each.callback_id, tx.now)
        elif each.attempts + 1 >= MAX_ATTEMPTS:
            log.error("a sandbox call-back was never taken", extra={"callback_id": each.callback_id})
            await tx.run(GIVE_UP, each.callback_id, tx.now)
        else:
            await tx.run(LATER, each.callback_id, tx.now + timedelta(seconds=2**each.attempts))
