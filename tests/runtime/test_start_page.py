"""The first start of a demo: a page at once, the town behind it, and what happens when its builder dies."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from datong.runtime.building import STEPS, Building
from datong.runtime.commands.up import ATTEMPTS, build_town, for_building
from datong.runtime.start_page import StartPage, language_asked, make_server
from datong.runtime.supervisor import CannotStart, is_new_folder
from datong.settings import Settings


def settings_in(folder: Path, port: int = 0, database_url: str = "") -> Settings:
    return Settings(data_dir=folder, port=port, secret="s", database_url=database_url)  # noqa: S106 - a key of this test


def test_the_file_goes_on_step_by_step_and_remembers_whose_the_database_is(tmp_path: Path) -> None:
    building = Building(settings_in(tmp_path))
    building.write("people")
    assert building.find() is None, "a town that `up` did not begin is not noted"
    building.begin(is_fresh=True)
    shown: list[int] = []
    for step in STEPS:
        for share in (0.0, 0.5, 2.0):
            building.write(step, share)
            state = building.find()
            assert state is not None
            assert (state.step, state.is_fresh) == (step, True)
            shown.append(state.percent)
    assert shown == sorted(shown)
    assert (shown[0], shown[-1]) == (0, 100)
    building.path.write_text("{")
    assert building.find() is None
    building.end()
    building.end()
    assert not building.path.exists()


def test_the_page_says_how_far_it_is_in_both_languages(tmp_path: Path) -> None:
    building = Building(settings_in(tmp_path))
    building.begin(is_fresh=True)
    building.write("month", 0.5)
    page = StartPage(settings_in(tmp_path))
    for step in STEPS:
        building.write(step)
        assert page.answer("/anything", "en")[0] == 503
    building.write("month", 0.5)
    state = building.find()
    assert state is not None
    status, kind, body = page.answer("/", "zh-CN,zh;q=0.9")
    assert (status, kind) == (503, "text/html; charset=utf-8")
    assert "演示小镇正在搭建" in body.decode()
    assert f"{state.percent}%" in body.decode()
    assert "The demo town is being built" in page.answer("/p/1", "fr, en;q=0.5")[2].decode()
    assert page.answer("/health/live", "")[0] == 200
    assert msgspec.json.decode(page.answer("/health", "")[2]) == {
        "status": "building", "step": "month", "percent": state.percent,
    }  # fmt: skip
    assert page.answer("/api/v1/cart", "")[:2] == (503, "application/problem+json")
    assert page.answer("/static/parts.css", "")[:2] == (200, "text/css")
    assert page.answer("/static/../app.py", "")[0] == 404


def test_the_language_is_the_chosen_one_or_the_first_that_is_spoken() -> None:
    assert language_asked("en, zh;q=0.9", "a=b; datong_language=zh") == "zh"
    assert language_asked("fr, zh-TW;q=0.9, en;q=0.8", "datong_language=fr") == "zh"
    assert language_asked("", "") == "en"


def test_whoever_asks_is_told_when_to_ask_again(tmp_path: Path) -> None:
    server = make_server(settings_in(tmp_path))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        for method in ("GET", "HEAD", "POST"):
            asked = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
            asked.request(method, "/cart?x=1")
            answer = asked.getresponse()
            assert (answer.status, answer.headers["retry-after"]) == (503, "2")
            assert "default-src 'self'" in answer.headers["content-security-policy"]
            assert bool(answer.read()) == (method != "HEAD")
            asked.close()
    finally:
        server.shutdown()
        server.server_close()


def builders(*codes: str) -> tuple[Callable[[], subprocess.Popen[bytes]], list[subprocess.Popen[bytes]]]:
    """A function that starts one program after the other, and those that it started."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "-c", codes[len(started)]]))
        return started[-1]

    return start, started


def test_a_builder_that_was_killed_begins_anew() -> None:
    start, started = builders("import os; os.kill(os.getpid(), 9)", "pass")
    anew: list[int] = []
    build_town(start, lambda: anew.append(len(started)), lambda: None)
    assert [each.returncode for each in started] == [-9, 0]
    assert anew == [1]


def test_a_builder_that_never_succeeds_is_given_up() -> None:
    start, started = builders(*["raise SystemExit(3)"] * ATTEMPTS)
    with pytest.raises(CannotStart, match="could not be built"):
        build_town(start, lambda: None, lambda: None)
    assert len(started) == ATTEMPTS


def test_ctrl_c_stops_the_builder() -> None:
    start, (started) = builders("import time; time.sleep(60)")

    def watch() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_town(start, lambda: None, watch)
    assert started[0].poll() == -signal.SIGTERM


def test_only_a_database_of_its_own_is_new_and_is_not_waited_for(tmp_path: Path) -> None:
    assert is_new_folder(settings_in(tmp_path))
    assert not is_new_folder(settings_in(tmp_path, database_url="postgresql://x/y"))
    (tmp_path / "pgdata").mkdir()
    (tmp_path / "pgdata" / "PG_VERSION").write_text("18\n")
    assert not is_new_folder(settings_in(tmp_path))
    for url, made in (("postgresql://x/y", "?"), ("postgresql://x/y?host=z", "&")):
        assert (
            for_building(settings_in(tmp_path, database_url=url)).database_url == f"{url}{made}synchronous_commit=off"
        )


def test_a_new_demo_answers_before_its_town_stands_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "DATONG_DATA_DIR": str(tmp_path), "DATONG_PORT": str(port), "DATABASE_URL": ""}
    # As a shell starts what it leaves in the background: with Ctrl-C ignored.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        up = subprocess.Popen([sys.executable, "-m", "datong.cli", "up"], env=environment, stderr=subprocess.DEVNULL)
    finally:
        signal.signal(signal.SIGINT, before)
    deadline = time.monotonic() + 60
    status = 0
    while not status and time.monotonic() < deadline:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            asked.request("GET", "/")
            status = asked.getresponse().status
        except OSError:
            time.sleep(0.05)
        finally:
            asked.close()
    up.send_signal(signal.SIGINT)
    try:
        assert up.wait(30) == 130
    finally:
        up.kill()
    assert status == 503
    state = Building(settings_in(tmp_path)).find()
    assert state is not None
    assert state.is_fresh
    left = subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, text=True, check=False)  # noqa: S607 - the system's own, found by PATH
    assert left.stdout == ""
