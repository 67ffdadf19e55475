"""What `try_container_steps.sh` runs is what the Dockerfile says."""

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from tests.house.rooms import ROOT
from tests.setup.dockerfile import read_stages

STAGES = ["frontend", "build", "packages"]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script, imported."""
    spec = importlib.util.spec_from_file_location("dockerfile_steps", ROOT / "setup" / "dockerfile_steps.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_command_of_the_stages_is_run_in_order(script: ModuleType) -> None:
    text = (ROOT / "Dockerfile").read_text()
    lines = script.steps(text, str(ROOT), "/there", STAGES)
    stages = {stage.name: stage for stage in read_stages(text)}
    wanted = [script.moved(words, "/there") for name in STAGES for step, words in stages[name].steps if step == "RUN"]
    assert [line for line in lines if line in wanted] == wanted
    assert any("/there/opt/datong/bin/python -m pip install" in line for line in wanted)
    assert not any("useradd" in line for line in lines)


def test_a_folder_is_copied_onto_one_that_is_there(script: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "context" / "parts").mkdir(parents=True)
    (tmp_path / "context" / "parts" / "a.txt").write_text("a")
    text = "FROM x:1 AS one\nWORKDIR /src\nCOPY parts/a.txt parts/a.txt\nCOPY parts parts\nCOPY parts/a.txt ./\n"
    lines = script.steps(text, str(tmp_path / "context"), str(tmp_path / "root"), ["one"])
    subprocess.run(["/bin/sh", "-euc", "\n".join(lines)], check=True, capture_output=True)
    made = sorted(str(path.relative_to(tmp_path / "root")) for path in (tmp_path / "root").rglob("*.txt"))
    assert made == ["src/a.txt", "src/parts/a.txt"]
