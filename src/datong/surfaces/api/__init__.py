"""The API: JSON under /api/v1, described by OpenAPI 3.1, with problem details and idempotency keys."""

from collections.abc import Sequence

from litestar import Router
from litestar.types import Middleware

from datong.surfaces.api import (
    aftersale,
    buying,
    goods,
    members,
    operating,
    presales,
    promoting,
    reviews,
    searching,
    selling,
)


def make_router(middleware: Sequence[Middleware]) -> Router:
    """The whole API under one path, behind the given middleware (limits)."""
    return Router(
        path="/api/v1",
        middleware=middleware,
        route_handlers=[
            *members.HANDLERS, *goods.HANDLERS, *buying.HANDLERS, *selling.HANDLERS, *operating.HANDLERS,
            *promoting.HANDLERS,
            *presales.HANDLERS, *aftersale.HANDLERS, *reviews.HANDLERS, *searching.HANDLERS,
        ],
    )  # fmt: skip


__all__ = ["make_router"]
