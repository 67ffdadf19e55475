"""Tracing: whether requests are reported to an OpenTelemetry collector.

What it needs is an extra, imported only when the settings name a collector.
"""

from importlib import import_module

from litestar.plugins import PluginProtocol

from datong.settings import Settings, SettingsError

NEEDS = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http", "opentelemetry.instrumentation.asgi")


def tracing_plugins(settings: Settings) -> list[PluginProtocol]:
    """The plugins that trace every request; none without `OTEL_EXPORTER_OTLP_ENDPOINT`.

    Raises SettingsError when the extra `otel` is not installed.
    """
    if not settings.otel_endpoint:
        return []
    try:
        for name in NEEDS:
            import_module(name)
    except ModuleNotFoundError as error:
        msg = f"OTEL_EXPORTER_OTLP_ENDPOINT is set, but {error.name} is not installed: pip install 'datong[otel]'"
        raise SettingsError(msg) from None
    plugins: list[PluginProtocol] = import_module("datong.surfaces.otel").make_plugins(settings)
    return plugins
