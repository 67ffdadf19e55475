"""OpenTelemetry: one span for each request, named by its route. Imported only where the extra `otel` is installed.

Sampling, headers and the service's name are set by the standard `OTEL_…` variables, which the SDK reads by itself.
"""

import asyncio

from litestar.config.app import AppConfig
from litestar.enums import ScopeType
from litestar.plugins import InitPlugin
from litestar.plugins.opentelemetry import OpenTelemetryConfig, OpenTelemetryPlugin
from litestar.types import ASGIApp, Receive, Scope, Send
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from datong import __version__
from datong.settings import Settings

UNTRACED = ["^/health", "^/metrics", "^/static/", "^/media/"]
"""What is asked for all the time, and files: their spans would hide the others."""


class RouteNames(InitPlugin):
    """Names the request's span by its route, which is known only after routing, and flushes spans at the end."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Add the layer and the last flush; answers the same configuration."""
        app_config.middleware = [*app_config.middleware, name_span]
        app_config.on_shutdown = [*app_config.on_shutdown, self.flush]
        return app_config

    async def flush(self) -> None:
        """Send what is left; in a thread, since it waits for the collector."""
        await asyncio.to_thread(self._provider.shutdown)


def name_span(app: ASGIApp) -> ASGIApp:
    """The layer that gives the current span the template of its route in place of an address with ids."""

    async def named(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            template = scope["path_template"]
            span = trace.get_current_span()
            span.update_name(f"{scope['method']} {template}")
            span.set_attribute("http.route", template)
        await app(scope, receive, send)

    return named


def make_plugins(settings: Settings, processor: SpanProcessor | None = None) -> list[InitPlugin]:
    """The plugins that trace an application; spans go to the settings' collector, or to `processor`."""
    named = Resource({"service.name": "datong-web", "service.version": __version__})
    provider = TracerProvider(resource=named.merge(OTELResourceDetector().detect()), shutdown_on_exit=False)
    exporter = f"{settings.otel_endpoint.rstrip('/')}/v1/traces"
    provider.add_span_processor(processor or BatchSpanProcessor(OTLPSpanExporter(endpoint=exporter)))
    config = OpenTelemetryConfig(tracer_provider=provider, exclude=UNTRACED, exclude_spans=["receive", "send"])
    return [OpenTelemetryPlugin(config), RouteNames(provider)]
