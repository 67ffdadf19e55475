"""The embedded database and its supervisor: started again after any death, and clear about what is missing."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from datong.runtime.postgres import Postgres, PostgresError
from datong.runtime.supervisor import CannotStart, check_port, hold_folder
from datong.settings import Settings, SettingsError, read_settings


def make_settings(folder: Path, port: int = 18_100) -> Settings:
    return Settings(data_dir=folder, port=port, secret="s")  # noqa: S106 - a key of this test


def test_a_killed_server_starts_again_and_a_left_over_one_is_stopped_first(tmp_path: Path) -> None:
    first = Postgres(tmp_path / "a b", is_durable=False)
    first.start()
    first.kill()
    second = Postgres(tmp_path / "a b", is_durable=False)
    second.start()
    third = Postgres(tmp_path / "a b", is_durable=False)
    third.start()
    assert not second.is_running
    assert third.is_running
    third.stop()
    assert not third.is_running


def test_a_mark_that_names_a_stranger_is_wiped(tmp_path: Path) -> None:
    server = Postgres(tmp_path, is_durable=False)
    server.start()
    server.kill()
    mark = server.data / "postmaster.pid"
    lines = mark.read_text().splitlines() if mark.exists() else ["1", str(server.data), "0", "5432", "", "", "0 0"]
    mark.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    server.start()
    server.stop()


def test_data_of_another_postgres_version_is_refused(tmp_path: Path) -> None:
    server = Postgres(tmp_path, is_durable=False)
    server.start()
    server.stop()
    (server.data / "PG_VERSION").write_text("11\n")
    with pytest.raises(PostgresError, match="made by PostgreSQL 11"):
        server.start()


def test_a_folder_in_use_of_a_later_release_or_not_writable_is_refused(tmp_path: Path) -> None:
    held = hold_folder(make_settings(tmp_path))
    with pytest.raises(CannotStart, match="another datong"):
        hold_folder(make_settings(tmp_path))
    held.close()
    (tmp_path / "format").write_text("99")
    with pytest.raises(CannotStart, match="newer release"):
        hold_folder(make_settings(tmp_path))
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotStart, match="cannot be used"):
        hold_folder(make_settings(tmp_path / "file" / "below"))


def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CannotStart, match=r"DATONG_PORT"):
            check_port(make_settings(Path("/nonexistent"), taken.getsockname()[1]))


def test_settings_say_what_is_wrong_with_them(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DATONG_"):
        read_settings({"DATONG_PORT": "many", "DATONG_DATA_DIR": str(tmp_path)})
    kept = read_settings({"DATONG_DATA_DIR": str(tmp_path)})
    assert kept.secret == read_settings({"DATONG_DATA_DIR": str(tmp_path)}).secret
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_ctrl_c_stops_everything_it_started(tmp_path: Path, worker_id: str) -> None:
    port = 18_300 + int(worker_id.removeprefix("gw") or "0", 36) % 50
    environment = {
        **os.environ, "DATONG_DATA_DIR": str(tmp_path), "DATONG_PORT": str(port), "DATONG_IS_DEMO": "0",
        "DATABASE_URL": "",
    }  # fmt: skip
    log = (tmp_path.parent / "up.log").open("w")
    up = subprocess.Popen([sys.executable, "-m", "datong.cli", "up"], env=environment, stderr=log)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    up.send_signal(signal.SIGINT)
    assert up.wait(30) == 0
    log.close()
    left = subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, text=True, check=False)  # noqa: S607 - the system's own, found by PATH
    assert left.stdout == ""
    shutil.rmtree(tmp_path, ignore_errors=True)
