"""Who asks through the API: a bearer token, and the request's key."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar.params import Parameter

from datong.kernel.actor import Actor, TokenInvalid
from datong.kernel.refusal import Invalid
from datong.kernel.tx import Db, Tx
from datong.surfaces.request_context import (
    AnyRequest,
    actor_of,
    actor_of_request,
    db_of,
    is_known,
    settings_of,
    token_of,
)

Key = Annotated[str | None, Parameter(header="Idempotency-Key", max_length=100)]
Cursor = Annotated[str, Parameter(query="cursor", max_length=200)]
InState = Annotated[str, Parameter(query="state", max_length=40, description="one of the order states; empty: all")]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant that is sent in: with its offset, so that it can be compared with any other."""
Limit = Annotated[int, Parameter(query="limit", ge=1, le=100)]
PathId = Annotated[str, Parameter(pattern="^[0-9]{1,19}$", description="an id, as a decimal string")]

GIVES_TOKEN = {"gives_token": True}
"""Said by calls that hand out a token: whichever one is sent along is not looked at."""


async def refuse_bad_token(request: AnyRequest) -> None:
    """Before every call: refuses `TokenInvalid` for a bearer token that is nobody's, whatever is asked for.

    A client signs in again with its old one still on, so calls that give a token (`GIVES_TOKEN`) do not look at it.
    It is no guard, for whose sake the framework copies the whole handler at every call.
    """
    header = request.headers.get("authorization", "")
    if not header.lower().startswith("bearer") or request.route_handler.opt.get("gives_token"):
        return
    token = token_of(request)
    if is_known(request, token):
        return
    async with db_of(request).read() as tx:
        actor = await actor_of(tx, token, settings_of(request).secret)
    if not actor.id:
        raise TokenInvalid


async def who(request: AnyRequest, tx: Tx) -> Actor:
    """The actor behind the bearer token, with the rights of this moment."""
    return await actor_of_request(request, tx, is_fresh=True)


async def shopper(request: AnyRequest, tx: Tx) -> Actor:
    """The actor behind the bearer token, where only what is its own is asked for; at most two seconds old."""
    return await actor_of_request(request, tx)


async def asker(request: AnyRequest) -> tuple[Db, Actor]:
    """The database, and who asks: for a call that then writes in a transaction of its own."""
    db = db_of(request)
    async with db.read() as tx:
        return db, await who(request, tx)


def must_have_key(key: str | None) -> str:
    """Refuse a write that could happen twice."""
    if not key:
        raise Invalid("Idempotency-Key", "this call needs one")
    return key
