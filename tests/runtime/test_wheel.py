"""The wheel: built offline from a copy of the sources, installed elsewhere, and asked for all that it needs to run."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

from tests.house.rooms import ROOT, SOURCE
from tests.wheels import NODE_MODULES, build, copy_sources, installed, needs_frontend, wheel

MAX_WHEEL_BYTES = 4_000_000
__all__ = ["installed", "wheel"]


def files_of(wheel: Path) -> set[str]:
    """The package's files in a wheel, without what describes the wheel."""
    return {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("datong/")}


def metadata_of(wheel: Path) -> list[str]:
    """What the wheel asks for."""
    archive = zipfile.ZipFile(wheel)
    name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    return HeaderParser().parsestr(archive.read(name).decode()).get_all("Requires-Dist") or []


@needs_frontend
def test_a_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    inside = files_of(wheel)
    paths = [path.relative_to(SOURCE.parent) for path in SOURCE.rglob("*") if path.is_file()]
    wanted = {path.as_posix() for path in paths if "__pycache__" not in path.parts}
    assert sorted(wanted - inside) == []
    extra = {name for name in inside - wanted if not name.startswith("datong/bundle/")}
    assert sorted(extra) == []
    assert {"datong/bundle/icons.json", "datong/bundle/LICENCES.txt"} <= inside
    assert wheel.stat().st_size < MAX_WHEEL_BYTES


@needs_frontend
def test_a_wheel_asks_for_a_range_of_each_package(wheel: Path) -> None:
    asked = metadata_of(wheel)
    assert [each for each in asked if ">=" not in each or "<" not in each] == []
    direct = [line.split(">")[0] for line in (ROOT / "requirements" / "base.in").read_text().splitlines()]
    said = [each.split("<")[0] for each in asked if "extra ==" not in each]
    assert sorted(said) == sorted(direct)


@needs_frontend
def test_an_installed_package_finds_its_own_files(installed: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(installed)}

    def run(*words: str) -> str:
        return subprocess.run(
            [sys.executable, *words], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        ).stdout

    found = json.loads(run(str(Path(__file__).with_name("probe_wheel.py"))))
    package = installed / "datong"
    assert found["package"] == str(package)
    assert len(set(found["version"])) == 1
    assert run("-m", "datong.cli", "--version").strip() == found["version"][0]
    assert found["templates"] == sum(1 for _ in (SOURCE / "surfaces").rglob("*.html"))
    assert found["static"] == sum(1 for _ in (SOURCE / "surfaces" / "static").iterdir())
    assert found["steps"] == sum(1 for _ in (SOURCE / "runtime" / "migrations" / "versions").glob("[0-9]*.py"))
    assert found["schema"] > 10_000
    assert found["mappings"] == ["icecat", "plain"]
    assert found["chinese"] != "Cart"
    assert found["icons"] == str(package / "bundle" / "icons.json")
    assert found["missing_icons"] == []
    assert found["emoji"] == str(package / "bundle" / "emoji")
    assert len(list((package / "bundle" / "emoji").glob("*.webp"))) > 100


@pytest.mark.long
@needs_frontend
def test_a_source_archive_is_enough_for_a_wheel(wheel: Path, tmp_path: Path) -> None:
    done = build(copy_sources(tmp_path / "sources", NODE_MODULES), "--sdist", tmp_path)
    assert done.returncode == 0, done.stderr
    shutil.unpack_archive(next(tmp_path.glob("*.tar.gz")), tmp_path / "unpacked", filter="data")
    unpacked = next((tmp_path / "unpacked").iterdir())
    assert not (unpacked / "frontend").exists()
    done = build(unpacked, "--wheel", tmp_path)
    assert done.returncode == 0, done.stderr
    assert files_of(next(tmp_path.glob("*.whl"))) == files_of(wheel)


def test_a_build_without_the_front_end_files_ends_with_a_sentence(tmp_path: Path) -> None:
    done = build(copy_sources(tmp_path / "sources", None), "--wheel", tmp_path)
    assert done.returncode != 0
    assert "node_modules/@iconify-json/lucide is missing: run `npm ci` in frontend/" in done.stderr + done.stdout
    assert list(tmp_path.glob("*.whl")) == []
