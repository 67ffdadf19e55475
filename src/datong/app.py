"""The web process: the windows of the house behind one ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from litestar import Litestar, Router
from litestar.config.csrf import CSRFConfig
from litestar.contrib.jinja import JinjaTemplateEngine
from litestar.datastructures import MutableScopeHeaders, State
from litestar.middleware.rate_limit import RateLimitConfig
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import ScalarRenderPlugin
from litestar.static_files import create_static_files_router
from litestar.template.config import TemplateConfig
from litestar.types import ControllerRouterHandler, Message, Scope

from datong import __version__
from datong.adapters import Adapters
from datong.kernel.gc_tuning import freeze_gc
from datong.kernel.logs import set_up_logs
from datong.settings import Settings, read_settings
from datong.surfaces import callbacks, design, health, metrics
from datong.surfaces.api_context import refuse_bad_token
from datong.surfaces.audit_middleware import audit_operator_requests
from datong.surfaces.error_responses import error_response
from datong.surfaces.page_rendering import make_environment
from datong.surfaces.protection import PROTECTION
from datong.surfaces.tracing import tracing_plugins
from datong.surfaces.window import Windows
from datong.wiring import find_house, find_windows, make_adapters, open_own_db

SURFACES = Path(__file__).parent / "surfaces"
MAX_BODY = 1_000_000
PROGRAMS = ("/api/", "/callbacks/", "/health", "/metrics", "/schema")


def make_app(settings: Settings, adapters: Adapters | None = None) -> Litestar:
    """The application. With `adapters`, it uses their database (tests); else it opens its own."""

    @asynccontextmanager
    async def living(app: Litestar) -> AsyncIterator[None]:
        if adapters is not None:
            yield
            return
        db = await open_own_db(settings)
        async with httpx.AsyncClient(timeout=10) as client:
            app.state.adapters = make_adapters(db, settings, client)
            try:
                yield
            finally:
                await app.state.adapters.engine.close()
                await db.close()

    house = adapters.db.house if adapters is not None else find_house()
    windows = find_windows(house)
    app = Litestar(
        route_handlers=_handlers(settings, windows),
        lifespan=[living],
        exception_handlers={Exception: error_response},
        before_send=[_secure],
        request_max_body_size=MAX_BODY,
        csrf_config=CSRFConfig(
            secret=settings.secret,
            cookie_name="datong_csrf",
            cookie_secure=settings.base_url.startswith("https"),
            exclude=[f"^{prefix}" for prefix in PROGRAMS],
        ),
        template_config=TemplateConfig(
            instance=JinjaTemplateEngine.from_environment(make_environment(settings, windows))
        ),
        openapi_config=OpenAPIConfig(
            title="Datong",
            version=__version__,
            description="One marketplace mechanism under many brands. Ids are decimal strings; amounts are whole "
            "minor units. Errors are RFC 9457 problem details with a stable `code`.",
            path="/schema",
            render_plugins=[ScalarRenderPlugin()],
        ),
        state=State({"settings": settings, "adapters": adapters, "windows": windows}),
        plugins=tracing_plugins(settings),
        logging_config=None,
        debug=False,
        pdb_on_exception=False,
    )
    metrics.count_requests(app)
    return app


def _handlers(settings: Settings, windows: Windows) -> list[ControllerRouterHandler]:
    """What the application answers: the windows of the rooms by frame, and what belongs to no room."""
    limit = RateLimitConfig(rate_limit=("minute", settings.api_requests_per_minute))
    return [
        Router(
            path="/api/v1",
            before_request=refuse_bad_token,
            middleware=[limit.middleware, audit_operator_requests],
            route_handlers=windows.handlers("api"),
        ),
        *callbacks.HANDLERS,
        *health.HANDLERS,
        *metrics.HANDLERS,
        *windows.handlers("other"),
        *windows.handlers("shoppers"),
        *windows.handlers("workbench"),
        Router(path="/", middleware=[audit_operator_requests], route_handlers=windows.handlers("console")),
        *(design.HANDLERS if settings.is_demo else []),
        create_static_files_router(path="/static", directories=[SURFACES / "static"], cache_control=None),
        create_static_files_router(path="/media", directories=[settings.media_dir], name="media"),
    ]


async def _secure(message: Message, _: Scope) -> None:
    """Headers that every answer carries, pages, errors and files alike."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in PROTECTION.items():
            headers.setdefault(name, value)


def create_app() -> Litestar:
    """For uvicorn: the application by the environment's settings."""
    settings = read_settings()
    set_up_logs(settings.log_level)
    app = make_app(settings)
    freeze_gc()
    return app


__all__ = ["create_app", "make_app"]
