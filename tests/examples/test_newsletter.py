"""The sample room: a package that adds itself to an installed Datong, and no file of Datong knows of it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.house.rooms import ROOT, SOURCE
from tests.wheels import build, install, installed, needs_frontend, wheel

NEWSLETTER = ROOT / "examples" / "newsletter"
__all__ = ["installed", "wheel"]


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
def test_the_sample_room_works_beside_the_wheel(installed: Path, tmp_path: Path) -> None:
    """Both are built and installed into folders of their own; the sample's tests run against what was installed."""
    done = build(Path(shutil.copytree(NEWSLETTER, tmp_path / "sources")), "--wheel", tmp_path / "dist")
    assert done.returncode == 0, done.stderr
    install(next((tmp_path / "dist").glob("*.whl")), tmp_path / "target")
    environment = {"PYTHONPATH": f"{installed}:{tmp_path / 'target'}:{ROOT}", "PYTHONSAFEPATH": "1"}
    where = run(sys.executable, "-c", "import datong; print(datong.__file__)", environment=environment)
    assert where.stdout.startswith(str(installed)), where.stderr
    tested = run(
        sys.executable, "-m", "pytest", "-q", "-W", "ignore", "-p", "no:cacheprovider", "-p", "no:randomly",
        "-c", "/dev/null", "--rootdir", NEWSLETTER, "--import-mode=prepend", "-o", "asyncio_mode=auto",
        NEWSLETTER / "tests", environment=environment,
    )  # fmt: skip
    assert tested.returncode == 0, tested.stdout[-6000:] + tested.stderr[-2000:]
    assert re.search(r"\b6 passed", tested.stdout), tested.stdout[-2000:]
