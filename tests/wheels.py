"""One wheel for the whole run: built offline from a copy of the sources, and installed into a folder of its own."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.rooms import ROOT

NODE_MODULES = ROOT / "frontend" / "node_modules"
PARTS = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "NOTICE", "requirements/base.in", "requirements/otel.in")
NOT_SOURCES = shutil.ignore_patterns("__pycache__", "*.egg-info")
needs_frontend = pytest.mark.skipif(
    not (NODE_MODULES / "@iconify-json" / "lucide" / "package.json").exists(),
    reason="frontend/node_modules is missing: run ./test or `npm ci` in frontend/",
)


def copy_sources(target: Path, node_modules: Path | None) -> Path:
    """What a release is built of, without what a build leaves behind in a checkout."""
    for name in PARTS:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target / name)
    shutil.copytree(ROOT / "src", target / "src", ignore=NOT_SOURCES)
    if node_modules is not None:
        (target / "frontend").mkdir()
        (target / "frontend" / "node_modules").symlink_to(node_modules)
    return target


def build(sources: Path, kind: str, target: Path) -> subprocess.CompletedProcess[str]:
    """Build a wheel or a source archive with what is installed here."""
    return subprocess.run(
        [sys.executable, "-m", "uv", "build", "--offline", "--no-build-isolation", kind, "-o", str(target)],
        cwd=sources, env=os.environ | {"VIRTUAL_ENV": sys.prefix}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def install(wheel: Path, target: Path) -> None:
    """Install a wheel, without what it needs, into a folder."""
    subprocess.run(
        [sys.executable, "-m", "uv", "pip", "install", "-q", "--offline", "--no-deps", "--target", target, wheel],
        check=True,
    )


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The wheel. The first worker that asks builds it, the others wait for it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "one-wheel"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            shutil.rmtree(folder / "sources", ignore_errors=True)
            done = build(copy_sources(folder / "sources", NODE_MODULES), "--wheel", folder / "dist")
            assert done.returncode == 0, done.stderr
            install(next((folder / "dist").glob("*.whl")), folder / "installing")
            (folder / "installing").rename(folder / "installed")
    return next((folder / "dist").glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path) -> Path:
    """The folder into which it is installed."""
    return wheel.parents[1] / "installed"
