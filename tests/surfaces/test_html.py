"""Every page is valid HTML in both languages, asks the database a few times at most, and is light on a phone."""

import asyncio
import gzip
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.clocks import stand_still
from tests.house.rooms import ROOT
from tests.stage import Stage, set_the_stage
from tests.surfaces.conftest import Site
from tests.surfaces.routes import PAGES, allowed
from tests.surfaces.test_pages import Browser

VALIDATOR = ROOT / "frontend" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
NO_PAGES = (
    "/health",
    "/metrics",
    "/pictures",
    "/review-pictures",
    "/talk/",
    "/shops/by-id",
    "/v/",
    "/search/suggestions",
    "/console/shops/find",
)
FILES = ("look.css", "/papers/", "/files/", ".csv")
MAX_ASKS = 11
"""Fewer than twelve statements a page."""
MAX_BYTES = 100_000
ORDER = ("guest", "shopper", "owner", "platform", "industry", "consumer")


def role_for(who: str) -> str:
    """Whose eyes a page is looked at with: the one with the most to see."""
    if who in {"all", "member"}:
        return "shopper"
    return next(role for role in ORDER if role in allowed(who))


def pages() -> dict[str, tuple[str, str]]:
    """Every page that is HTML: its path, and who looks at it."""
    return {
        route: (path, "guest" if route in {"/log-in", "/join"} else role_for(who))
        for route, (path, who) in PAGES.items()
        if not route.startswith(NO_PAGES) and not any(part in route for part in FILES) and route != "/workbench"
    }


async def browsers(site: Site, stage: Stage) -> dict[str, Browser]:
    """A browser for everyone."""
    found = {role: Browser(site) for role in stage.tokens}
    for role, browser in found.items():
        if stage.tokens[role]:
            browser.cookies["datong_session"] = stage.tokens[role]
    return found


async def test_the_validator_finds_no_error_in_any_page(site: Site, tmp_path: Path) -> None:
    java = shutil.which("java")
    if java is None or not VALIDATOR.exists():
        pytest.skip("the HTML validator needs Java and the front end's checking tools")
    stage = await set_the_stage(site.town)
    people = await browsers(site, stage)
    for route, (path, role) in pages().items():
        for language in ("en", "zh"):
            text = await people[role].get(path.format(**stage.things), language=language)
            name = re.sub(r"\W+", "_", route).strip("_") or "home"
            (tmp_path / f"{name}-{language}.html").write_text(text)
    command = [java, "-jar", str(VALIDATOR), "--errors-only", "--format", "json", "--skip-non-html", str(tmp_path)]
    run = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, said = await run.communicate()
    wrong: dict[str, str] = {}
    for each in json.loads(said)["messages"]:
        if each["type"] == "error":
            place = f"{Path(each['url']).name} {each.get('extract', '')[:200]!r}"
            wrong.setdefault(re.sub(r"\d{4}-\S+|“\d+[^”]*”", "…", each["message"]), place)
    assert wrong == {}, "\n".join(f"{message}\n    {place}" for message, place in wrong.items())


async def test_no_page_asks_more_than_a_few_times(site: Site) -> None:
    stage = await set_the_stage(site.town)
    people = await browsers(site, stage)
    stand_still(site.town)
    found: dict[str, int] = {}
    for route, (path, role) in pages().items():
        shown = path.format(**stage.things)
        await people[role].get(shown)
        before = site.town.db.round_trips
        await people[role].get(shown)
        found[route] = site.town.db.round_trips - before
    assert {route: asks for route, asks in found.items() if asks > MAX_ASKS} == {}


async def test_a_shoppers_page_is_light(site: Site) -> None:
    stage = await set_the_stage(site.town)
    people = await browsers(site, stage)
    weights: dict[str, int] = {}
    for route, (path, role) in pages().items():
        text = await people[role].get(path.format(**stage.things))
        links = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js)[^"]*)"', text)
        assert links, route
        for link in set(links) - weights.keys():
            answer = await site.client.get(link)
            assert answer.status_code == 200
            weights[link] = len(gzip.compress(answer.content))
        weight = sum(weights[link] for link in links)
        assert weight < MAX_BYTES, (route, weight)
        assert " style=" not in text, f"{route} has a style of its own, which the content security policy refuses"
        assert "<script>" not in text, route
        assert len(gzip.compress(text.encode())) < 30_000, route
