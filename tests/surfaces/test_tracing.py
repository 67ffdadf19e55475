"""Traces: a span for each request, named by its route; off without a collector, and a sentence without the extra."""

import sys

import httpx
import msgspec
import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from datong.app import make_app
from datong.settings import SettingsError, read_settings
from datong.surfaces import otel, tracing
from tests.make import Town

COLLECTOR = "http://127.0.0.1:4318/"


def test_without_a_collector_nothing_is_traced(town: Town) -> None:
    assert town.settings.otel_endpoint == ""
    assert tracing.tracing_plugins(town.settings) == []


def test_the_standard_variable_switches_it_on(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings({"OTEL_EXPORTER_OTLP_ENDPOINT": COLLECTOR, "DATONG_SECRET": "x"})
    assert settings.otel_endpoint == COLLECTOR
    asked: list[str] = []

    def export_to(endpoint: str) -> InMemorySpanExporter:
        asked.append(endpoint)
        return InMemorySpanExporter()

    monkeypatch.setattr(otel, "OTLPSpanExporter", export_to)
    plugins = tracing.tracing_plugins(settings)
    assert len(plugins) == 2
    assert asked == ["http://127.0.0.1:4318/v1/traces"]


def test_without_the_extra_a_sentence_says_what_to_install(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)
    settings = msgspec.structs.replace(town.settings, otel_endpoint=COLLECTOR)
    with pytest.raises(SettingsError, match=r"opentelemetry\.sdk is not installed: pip install 'datong\[otel\]'"):
        make_app(settings, town.adapters)


async def test_a_request_is_one_span_named_by_its_route(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    spans = InMemorySpanExporter()
    settings = msgspec.structs.replace(town.settings, otel_endpoint=COLLECTOR)
    plugins = otel.make_plugins(settings, SimpleSpanProcessor(spans))
    monkeypatch.setattr("datong.app.tracing_plugins", lambda _: plugins)
    app = make_app(settings, town.adapters)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/p/77", headers={"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"})).status_code == 404
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/static/tokens.css")).status_code == 200
    finished = spans.get_finished_spans()
    assert [span.name for span in finished] == ["GET /p/{product_id}"]
    span = finished[0]
    assert span.attributes is not None
    assert span.attributes["http.route"] == "/p/{product_id}"
    assert span.resource.attributes["service.name"] == "datong-web"
    assert span.context is not None
    assert f"{span.context.trace_id:x}" == "a" * 32, "it goes on with the caller's trace"
