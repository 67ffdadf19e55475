"""Whatever the API's own description allows, and what it does not, is answered without a server error."""

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.app import make_app
from tests.make import Town
from tests.surfaces.conftest import Site
from tests.surfaces.test_api import token_of


@pytest.mark.parametrize("examples", [3, pytest.param(25, marks=pytest.mark.long)])
async def test_no_call_of_any_kind_makes_a_server_error(town: Town, examples: int) -> None:
    app = make_app(town.settings, town.adapters)
    schema = schemathesis.openapi.from_dict(app.openapi_schema.to_schema())
    shopper, shop = await town.shopper(), await town.shop()
    await shopper.fill(await shop.product())
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        site = Site(town, client)
        tokens = ["", await token_of(site, shopper.actor.id), await token_of(site, shop.owner.id)]
        calls: list[tuple[Any, str]] = []
        for found in schema.get_all_operations():
            operation: Any = found.ok()  # type: ignore[union-attr]

            @settings(max_examples=examples, database=None, deadline=None, suppress_health_check=list(HealthCheck))
            @given(case=operation.as_strategy(), token=st.sampled_from(tokens))
            def collect(case: Any, token: str) -> None:  # noqa: ANN401 - a case of Schemathesis has no public type
                calls.append((case, token))

            collect()
        assert len(calls) > 300
        for case, token in calls:
            asked = case.as_transport_kwargs(base_url="http://test")
            headers = {str(name): str(value) for name, value in (asked.get("headers") or {}).items()}
            headers = {name: value for name, value in headers.items() if value.isascii() and value.isprintable()}
            if token:
                headers["authorization"] = f"Bearer {token}"
            answer = await client.request(
                asked["method"], asked["url"], params=asked.get("params"), json=asked.get("json"),
                content=asked.get("data"), headers=headers,
            )  # fmt: skip
            assert answer.status_code < 500, (asked, answer.text)
    await town.check_books()
