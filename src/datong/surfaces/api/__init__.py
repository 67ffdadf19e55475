"""The API: JSON under /api/v1, described by OpenAPI 3.1, with problem details and idempotency keys."""

from litestar import Router

from datong.surfaces.api import buying, goods, members, operating, selling

router = Router(
    path="/api/v1",
    route_handlers=[
        *members.HANDLERS, *goods.HANDLERS, *buying.HANDLERS, *selling.HANDLERS, *operating.HANDLERS,
    ],
)  # fmt: skip

__all__ = ["router"]
