"""Addresses that have moved: the former one leads to the present one, for one release."""

from typing import Final, Literal
from urllib.parse import quote

from litestar import route
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect
from litestar.types import Method

from datong.surfaces.request_context import AnyRequest

READ_MOVED: Final = 301
WRITE_MOVED: Final = 308
"""308 makes a client send the same method and body once more; 301 is what caches and bookmarks know."""


def moved(method: Method, former: str, present: str) -> HTTPRouteHandler:
    """A handler of the former address, a path of Litestar, that leads to the present one.

    `present` is a whole path that names the same parts in braces; the query goes along. Rights are asked for there.
    """
    status: Literal[301, 308] = READ_MOVED if method == "GET" else WRITE_MOVED

    async def lead_on(request: AnyRequest) -> Redirect:
        """This address has moved."""
        parts = {name: quote(str(value), safe="") for name, value in request.path_params.items()}
        query = f"?{request.url.query}" if request.url.query else ""
        return Redirect(present.format(**parts) + query, status_code=status)

    return route(former, http_method=[method], status_code=status, include_in_schema=False)(lead_on)
