"""Everything an operator does through a window is written down.

A layer around the windows, so that none can forget it.
"""

from typing import Any

import msgspec
from litestar.connection import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from datong.kernel.refusal import Refusal
from datong.platform import governance
from datong.surfaces.request_context import AnyRequest, db_of, sender

READING = frozenset({"GET", "HEAD", "OPTIONS"})
OPERATORS = ("/console/", "/api/v1/operator/", "/api/v1/owners/")
"""Where operators act; shops act on promotions of their own there too, and are not noted."""
SECRET = ("password", "secret", "token", "credential", "private_key", "api_key")
"""A field whose name has one of these in it, in any case and at any depth, is not written down; nor is an `answer`."""
DEEPEST = 20
MAX_TEXT = 300
MAX_FIELDS = 60
FAILED_FROM = 400


def audit_operator_requests(app: ASGIApp) -> ASGIApp:
    """The layer: notes each writing request of someone who is an operator, before it is worked on and after."""

    async def noted(scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] != ScopeType.HTTP
            or str(scope["method"]) in READING
            or not scope["path"].startswith(OPERATORS)
        ):
            await app(scope, receive, send)
            return
        request: AnyRequest = Request(scope, receive, send)
        act_id = await _begin(request)
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        outcome = "failed"
        try:
            await app(scope, receive, sending)
            outcome = "done" if status < FAILED_FROM else f"refused: {status}"
        except Refusal as refusal:
            outcome = f"refused: {refusal.code}"
            raise
        finally:
            if act_id:
                await governance.end_act(db_of(request), act_id, outcome)

    return noted


async def _begin(request: AnyRequest) -> int:
    """The act's id; 0 for who is no operator."""
    db, actor = db_of(request), await sender(request, is_fresh=True)
    if not actor.operator_rights:
        return 0
    action = f"{request.method} {request.route_handler.fn.__name__}"
    return await governance.begin_act(db, actor.id, action, request.url.path[:MAX_TEXT], await _details(request))


async def _details(request: AnyRequest) -> dict[str, object]:
    """What was sent, without secrets and cut short."""
    if request.content_type[0] in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        pairs = [(name, value) for name, value in (await request.form()).multi_items() if isinstance(value, str)]
        return {name: text[:MAX_TEXT] for name, text in pairs[:MAX_FIELDS] if not is_secret(name)}
    body = await request.body()
    try:
        sent: Any = msgspec.json.decode(body) if body else {}
    except msgspec.MsgspecError:
        return {}
    plain = _without_secrets(sent)
    if not isinstance(plain, dict):
        return {"body": str(plain)[:MAX_TEXT]}
    return {str(name): str(value)[:MAX_TEXT] for name, value in list(plain.items())[:MAX_FIELDS]}


def is_secret(name: str) -> bool:
    """Whether what a field of this name holds may be written down nowhere."""
    lower = name.lower()
    return lower == "answer" or any(word in lower for word in SECRET)


def _without_secrets(value: Any, depth: int = 0) -> Any:  # noqa: ANN401 - any JSON
    """JSON with every secret field taken out, at every depth; what lies deeper than anyone sends is cut off."""
    if depth > DEEPEST:
        return "..."
    if isinstance(value, dict):
        return {name: _without_secrets(each, depth + 1) for name, each in value.items() if not is_secret(str(name))}
    if isinstance(value, list):
        return [_without_secrets(each, depth + 1) for each in value]
    return value
