"""How refusals and failures are answered: a problem document to programs, a page to people."""

import logging
from typing import Any

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException
from litestar.response import Template

from datong.adapters.engine import EngineDown
from datong.adapters.object_store import ObjectsDown
from datong.adapters.payment import GatewayDown
from datong.commerce.member import WrongPassword
from datong.kernel.actor import SignInNeeded
from datong.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound, Refusal, TooMany
from datong.kernel.tx import is_lost, is_unstorable
from datong.surfaces.language import translate
from datong.surfaces.refusal_texts import SHARED, refusal_text
from datong.surfaces.request_context import AnyRequest, language_of

log = logging.getLogger("datong.surfaces")
PROBLEM = "application/problem+json"
STATUSES: tuple[tuple[type[Refusal], int], ...] = (
    (SignInNeeded, 401),
    (WrongPassword, 401),
    (NotFound, 404),
    (NotAllowed, 403),
    (Invalid, 422),
    (TooMany, 429),
    (Conflict, 409),
    (Refusal, 409),
)
FORBIDDEN = 403
UNPROCESSABLE = 422
UNAVAILABLE = 503
SERVER_ERROR = 500


class Problem(msgspec.Struct, frozen=True):
    """RFC 9457 problem details, with the refusal's code and its data."""

    title: str
    status: int
    code: str
    detail: str = ""
    type: str = "about:blank"
    details: dict[str, Any] = {}


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    return next(status for kind, status in STATUSES if isinstance(refusal, kind))


def is_program(request: AnyRequest) -> bool:
    """Whether a program asks, which wants data, and not a person, who wants a page."""
    return request.url.path.startswith(("/api/", "/callbacks/", "/health"))


def problem_of(error: Exception, language: str) -> Problem:
    """Any error as a problem; what is not a refusal says nothing of its inside."""
    if isinstance(error, Refusal):
        text = refusal_text(error, language)
        return Problem(text, status_of(error), error.code, str(error), details=error.details())
    if isinstance(error, HTTPException):
        # What the framework found wrong with the request (bad JSON, a field too many, no such page).
        extra = error.extra if isinstance(error.extra, list) else []
        if error.status_code == FORBIDDEN and "CSRF" in str(error.detail):
            return Problem(translate(SHARED["surface.stale_form"], language), FORBIDDEN, "surface.stale_form")
        parts = [
            str(each.get("key", "")) + ": " + str(each.get("message", "")) for each in extra if isinstance(each, dict)
        ]
        detail = "; ".join(parts) or str(error.detail)
        return Problem(str(error.detail)[:200], error.status_code, "surface.bad_request", detail[:500])
    status, code = _failure_of(error)
    return Problem(translate(SHARED[code], language), status, code)


def _failure_of(error: Exception) -> tuple[int, str]:
    """The status and code of what is neither a refusal nor the framework's word."""
    if is_unstorable(error) or isinstance(error, RecursionError | UnicodeError):
        # A text with a NUL, a number no column holds, JSON nested without end: whoever sent it is told.
        return UNPROCESSABLE, "surface.unreadable"
    if isinstance(error, GatewayDown):
        return UNAVAILABLE, "surface.gateway_down"
    if isinstance(error, EngineDown):
        return UNAVAILABLE, "surface.engine_down"
    if isinstance(error, ObjectsDown):
        return UNAVAILABLE, "surface.objects_down"
    if is_lost(error):
        return UNAVAILABLE, "surface.database_away"
    return SERVER_ERROR, "surface.failed"


def error_response(request: AnyRequest, error: Exception) -> Response[Any]:
    """The exception handler of the whole application."""
    language = language_of(request)
    problem = problem_of(error, language)
    if problem.status >= SERVER_ERROR:
        log.error("a request failed", exc_info=error, extra={"path": request.url.path, "status": problem.status})
    headers: dict[str, str] = {}
    if problem.status == UNAVAILABLE:
        headers["retry-after"] = "1"
    if isinstance(error, TooMany):
        headers["retry-after"] = str(error.retry_after)
    if is_program(request):
        return Response(problem, status_code=problem.status, media_type=PROBLEM, headers=headers)
    if isinstance(error, SignInNeeded) and request.method == "GET":
        return Response(None, status_code=303, headers={"location": f"/log-in?next={request.url.path}"})
    context = {"problem": problem, "language": language, "_": lambda text: translate(text, language)}
    return Template("error.html", context=context, status_code=problem.status, headers=headers)
