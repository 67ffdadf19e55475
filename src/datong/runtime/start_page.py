"""The page that is served while the demo town is built: how far it is, in both languages, until the web process runs.

A process of its own that needs no database: `python -m datong.runtime.start_page`. Every page is answered with 503 and
`Retry-After`, every call of the API with problem details; `/health/live` answers as always, `/health` says `building`.
"""

import signal
import sys
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from datong.runtime.building import Building, BuildState
from datong.settings import Settings, read_settings
from datong.surfaces.language import LANGUAGES, Words, read_catalogues, translate
from datong.surfaces.protection import PROTECTION

SURFACES = Path(__file__).parents[1] / "surfaces"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
RETRY_SECONDS = 2
BUILDING = 503


class StartPage:
    """What is answered while the town is built."""

    def __init__(self, settings: Settings) -> None:
        self._building = Building(settings)
        self._words = Words(read_catalogues([SURFACES / "locale"]), {})
        self._pages = Environment(
            loader=FileSystemLoader(SURFACES / "templates"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip

    def answer(self, path: str, accepted: str, cookie: str = "") -> tuple[int, str, bytes]:
        """Status, media type and body for a path, with the `Accept-Language` and the language cookie of who asks."""
        state = self._building.find() or BuildState("done", 100, is_fresh=False)
        if path == "/health/live":
            return 200, "application/json", msgspec.json.encode({"status": "ok"})
        if path == "/health":
            health = {"status": "building", "step": state.step, "percent": state.percent}
            return BUILDING, "application/json", msgspec.json.encode(health)
        if path.startswith("/static/"):
            return self._file(path.removeprefix("/static/"))
        if path.startswith("/api/"):
            problem = {"type": "about:blank", "title": "The demo town is being built.", "status": BUILDING}
            return BUILDING, "application/problem+json", msgspec.json.encode(problem | {"code": "surface.building"})
        language = self._words.in_language(language_asked(accepted, cookie))
        page = self._pages.get_template("start.html")
        text = page.render(state=state, language=str(language), _=lambda text: translate(text, language))
        return BUILDING, "text/html; charset=utf-8", text.encode()

    def _file(self, name: str) -> tuple[int, str, bytes]:
        found = {each.name: each for each in (SURFACES / "static").iterdir()}.get(name)
        if found is None or found.suffix not in KINDS:
            return 404, "text/plain", b"Not found."
        return 200, KINDS[found.suffix], found.read_bytes()


def language_asked(accepted: str, cookie: str) -> str:
    """The language chosen by cookie, else the first one of `Accept-Language` that we speak, else English."""
    chosen = [part.partition("=")[2] for part in cookie.split("; ") if part.startswith("datong_language=")]
    asked = [part.partition(";")[0].strip()[:2].lower() for part in accepted.split(",")]
    return next((code for code in [*chosen, *asked] if code in LANGUAGES), "en")


def make_server(settings: Settings) -> ThreadingHTTPServer:
    """The server, bound to the address of the web process. Raises `OSError` when that is taken."""
    start = StartPage(settings)

    class Handler(BaseHTTPRequestHandler):
        server_version = "datong"
        sys_version = ""

        def _answer(self) -> None:
            accepted, cookie = self.headers.get("accept-language", ""), self.headers.get("cookie", "")
            status, kind, body = start.answer(urlsplit(self.path).path, accepted, cookie)
            self.send_response(status)
            headers = {"content-type": kind, "content-length": str(len(body)), "cache-control": "no-store"}
            for name, value in (headers | PROTECTION).items():
                self.send_header(name, value)
            if status == BUILDING:
                self.send_header("retry-after", str(RETRY_SECONDS))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - names that http.server asks for

        def log_message(self, *_: object) -> None:
            """Nothing: one line a second of everyone who waits says nothing."""

    return ThreadingHTTPServer((settings.host, settings.port), Handler)


def main(arguments: Sequence[str]) -> int:
    """Serve until told to stop; says how long after an instant of the monotonic clock, if given, it began to."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    settings = read_settings()
    with make_server(settings) as server:
        for began_at in arguments:
            seconds = time.monotonic() - float(began_at)
            print(  # noqa: T201 - the command line speaks
                f"datong: first page after {seconds:.1f} s at {settings.base_url}; the demo town is built behind it",
                file=sys.stderr, flush=True,
            )  # fmt: skip
        server.serve_forever(poll_interval=0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
