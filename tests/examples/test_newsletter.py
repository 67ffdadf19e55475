"""The sample room: a package that adds itself to an installed Datong, and no file of Datong knows of it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from datong.bundle import NODE_MODULES
from tests.house.rooms import ROOT, SOURCE

NEWSLETTER = ROOT / "examples" / "newsletter"
needs_frontend = pytest.mark.skipif(
    not (NODE_MODULES / "@iconify-json" / "lucide" / "package.json").exists(),
    reason="frontend/node_modules is missing: run ./test or `npm ci` in frontend/",
)


def run(*words: str | Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """One command from the root of the checkout."""
    return subprocess.run(
        list(map(str, words)),
        cwd=ROOT,
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_new_room_touches_no_existing_file() -> None:
    """Nothing of Datong, its tests or its build names the sample room; it is found by its entry points alone."""
    folders = (SOURCE, ROOT / "tests", ROOT / "setup")
    texts = {
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in {".py", ".html", ".po", ".sql", ".txt"}
    }
    own = {Path(__file__)}
    named = [path for path in texts - own if re.search(r"newsletter", path.read_text(), re.IGNORECASE)]
    assert named == []


@needs_frontend
def test_the_sample_room_works_beside_the_wheel(tmp_path: Path) -> None:
    """Both are built and installed into a fresh folder; the sample's own tests run against what was installed."""
    wheels, target = tmp_path / "wheels", tmp_path / "target"
    for folder in (ROOT, NEWSLETTER):
        built = run(
            sys.executable, "-m", "uv", "build", "--offline", "--no-build-isolation", "--wheel", "-o", wheels, folder
        )
        assert built.returncode == 0, built.stderr
    installed = run(
        sys.executable, "-m", "uv", "pip", "install", "-q", "--offline", "--no-deps", "--target", target,
        *sorted(wheels.glob("*.whl")),
    )  # fmt: skip
    assert installed.returncode == 0, installed.stderr
    environment = {"PYTHONPATH": f"{target}:{ROOT}", "PYTHONSAFEPATH": "1"}
    where = run(sys.executable, "-c", "import datong; print(datong.__file__)", environment=environment)
    assert where.stdout.startswith(str(target)), where.stderr
    tested = run(
        sys.executable, "-m", "pytest", "-q", "-W", "ignore", "-p", "no:cacheprovider", "-p", "no:randomly",
        "-c", "/dev/null", "--rootdir", NEWSLETTER, "--import-mode=prepend", "-o", "asyncio_mode=auto",
        NEWSLETTER / "tests", environment=environment,
    )  # fmt: skip
    assert tested.returncode == 0, tested.stdout[-6000:] + tested.stderr[-2000:]
    assert re.search(r"\b6 passed", tested.stdout), tested.stdout[-2000:]
