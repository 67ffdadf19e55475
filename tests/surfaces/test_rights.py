"""Who gets what: every route of every window, walked by everyone. A route that is not in the table fails the walk."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from litestar import Litestar

from datong.app import make_app
from datong.commerce import member
from datong.commerce.member import CENTRES
from datong.commerce.merchant.staff import STAFF_ROLES
from datong.surfaces.request_context import make_guest
from datong.wiring import find_house
from tests.stage import ROLES, Stage, set_the_stage
from tests.surfaces.calls import CALLS
from tests.surfaces.conftest import Site
from tests.surfaces.routes import FORMS, MOVED, PAGES, ROLES_WITH, allowed

ELSEWHERE = ("/schema", "/static", "/media", "/callbacks")
"""Files, the description of the API, and doors that ask for a signature."""
REFUSED = {401, 403, 404}
API = "/api/v1"


def routes_of(app: Litestar) -> set[tuple[str, str]]:
    """Every method and route, with the names of its parts."""
    return {
        (method, re.sub(r":\w+}", "}", route.path))
        for route in app.routes
        for method in getattr(route, "methods", ())
        if method not in {"OPTIONS", "HEAD"} and not route.path.startswith(ELSEWHERE)
    }


def test_every_route_is_in_the_table(site: Site) -> None:
    known = {("GET", path) for path in PAGES} | {("POST", path) for path in FORMS}
    known |= {(call.split(" ")[0], API + call.split(" ")[1]) for call in CALLS}
    known |= {(route.split(" ")[0], route.split(" ")[1]) for route in MOVED}
    assert routes_of(make_app(site.town.settings, site.town.adapters)) == known


def test_the_roles_are_as_wide_as_the_table_says() -> None:
    for name, roles in ROLES_WITH.items():
        scope, _, right = name.partition(":")
        if scope == "shop" and right:
            assert {role for role in STAFF_ROLES if right in find_house().rights_of(role)} == set(roles), name
        elif scope == "operator" and right:
            assert {centre for centre in CENTRES if right in find_house().rights_of(centre)} == set(roles), name


class Walk:
    """Asks as someone, and notes what was not as the table says."""

    def __init__(self, site: Site, stage: Stage) -> None:
        self.site = site
        self.stage = stage
        self.wrong: list[str] = []
        self.csrf = ""

    async def ask(self, method: str, path: str, role: str, body: Any = None) -> int:  # noqa: ANN401 - any body
        """The status someone gets; a log-in page in place of the thing counts as 401."""
        token = self.stage.tokens[role]
        headers = {"authorization": f"Bearer {token}"} if token and path.startswith(API) else {}
        sent: dict[str, Any] = {"json": body} if body is not None else {}
        if path.startswith(API):
            headers["idempotency-key"] = f"walk-{role}"
        else:
            headers["cookie"] = f"datong_session={token}" + (f"; datong_csrf={self.csrf}" if self.csrf else "")
            if method == "POST":
                path, _, fields = path.partition("?")
                sent = {"data": {"_csrf_token": self.csrf} | dict(parse_qsl(fields))}
        answer = await self.site.client.request(method, path, headers=headers, **sent)
        self.site.client.cookies.clear()
        if method == "GET" and path == "/log-in" and not self.csrf:
            self.csrf = answer.cookies["datong_csrf"]
        is_sent_away = answer.headers.get("location", "").startswith("/log-in")
        return 401 if is_sent_away else answer.status_code

    async def step(self, method: str, path: str, who: str, roles: Iterable[str], body: Any = None) -> None:  # noqa: ANN401 - any body
        """One route by several people."""
        may = allowed(who)
        for role in roles:
            status = await self.ask(method, path.format(**self.stage.things), role, body)
            is_fine = status not in {401, 403} and status < 500 if role in may else status in REFUSED
            if method == "GET" and role in may:
                is_fine = status in {200, 302, 303}
            if not is_fine:
                self.wrong.append(f"{method} {path} as {role}: {status}")


async def test_everyone_walks_through_every_page(site: Site) -> None:
    walk = Walk(site, await set_the_stage(site.town))
    await walk.ask("GET", "/log-in", "guest")
    for path, who in PAGES.values():
        if "/review-pictures/" not in path:
            await walk.step("GET", path, who, ROLES)
    for path, who in FORMS.values():
        # Strangers first: what the others do may move things on.
        await walk.step("POST", path, who, [role for role in ROLES if role not in allowed(who)])
    for path, who in FORMS.values():
        await walk.stage.log_in_all() if path in {"/log-out", "/me/security/sessions"} else None
        await walk.step("POST", path, who, allowed(who))
        await walk.stage.log_in_all() if path in {"/log-out", "/me/security/sessions"} else None
    assert walk.wrong == [], "\n".join(walk.wrong)
    await site.town.check_books()


def body_for(schema: dict[str, Any], parts: dict[str, Any]) -> Any:  # noqa: ANN401 - of JSON
    """The least that fits a schema of the API's own description."""
    if "$ref" in schema:
        return body_for(parts[schema["$ref"].rpartition("/")[2]], parts)
    if "oneOf" in schema or "anyOf" in schema:
        return body_for((schema.get("oneOf") or schema["anyOf"])[0], parts)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        known = schema.get("properties", {})
        return {name: body_for(known[name], parts) for name in schema.get("required", [])}
    if kind == "string":
        return {"date-time": "2030-01-01T00:00:00Z", "date": "2030-01-01"}.get(str(schema.get("format")), "1")
    return {"array": [], "integer": 1, "number": 1, "boolean": True}.get(str(kind))


async def test_everyone_calls_everything(site: Site) -> None:
    stage = await set_the_stage(site.town)
    walk = Walk(site, stage)
    description = (await site.client.get("/schema/openapi.json")).json()
    parts = description["components"]["schemas"]

    def body_of(call: str) -> Any:  # noqa: ANN401 - any body
        method, route = call.split(" ")
        said = description["paths"][API + route][method.lower()].get("requestBody")
        content = said["content"].get("application/json") if said else None
        return body_for(content["schema"], parts) if content else None

    for is_first in (True, False):
        for call, (path, who) in CALLS.items():
            may = allowed(who)
            roles = [role for role in ROLES if (role not in may) == is_first]
            if call == "DELETE /sessions/current" or (call.startswith("GET") and not is_first):
                continue
            await walk.step(call.split(" ")[0], API + path, who, roles, body_of(call))
    for call, (path, who) in CALLS.items():
        if call.startswith("GET"):
            await walk.step("GET", API + path, who, allowed(who))
    assert walk.wrong == [], "\n".join(walk.wrong)


GIVE_TOKENS = {"POST /members", "POST /sessions", "POST /guests"}


async def test_a_token_that_is_nobodys_gets_401_from_every_call(site: Site) -> None:
    """A guest may call some of them, but not whoever believes to be signed in."""
    stage = await set_the_stage(site.town)
    over = stage.tokens["stranger"]
    await member.log_out(site.town.db, over)
    signed = make_guest(site.town.next(), "another secret")
    wrong: list[str] = []
    for token in (over, "", "nobodys", signed, "g.1.x"):
        headers = {"authorization": f"Bearer {token}", "idempotency-key": "once"}
        for call, (path, _) in CALLS.items():
            method, _, route = call.partition(" ")
            answer = await site.client.request(method, API + path.format(**stage.things), headers=headers)
            is_refused = answer.status_code == 401 and answer.json()["code"] == "kernel.token_invalid"
            if is_refused == (call in GIVE_TOKENS):
                wrong.append(f"{method} {route} with {token[:3]!r}: {answer.status_code}")
    assert wrong == [], "\n".join(wrong)
