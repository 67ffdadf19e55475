"""`./test` fails when a gate or a test fails, says what the gate said, and keeps to itself what passed."""

import importlib.util
import sys
from types import ModuleType

import pytest

from tests.house.rooms import ROOT

FINE = (sys.executable, "-c", "print('all is well')")
WRONG = (sys.executable, "-c", "print('a flaw'); raise SystemExit(2)")


@pytest.fixture(scope="module")
def check() -> ModuleType:
    """The script as a module; `import setup` would be the build's."""
    spec = importlib.util.spec_from_file_location("check", ROOT / "setup" / "check.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("quick", "beside", "tests", "status", "said"),
    [
        (FINE, FINE, FINE, 0, []),
        (WRONG, FINE, FINE, 1, ["quick failed:", "a flaw"]),
        (FINE, WRONG, FINE, 1, ["beside failed:", "a flaw"]),
        (FINE, FINE, WRONG, 2, []),
        (FINE, WRONG, WRONG, 2, ["beside failed:", "a flaw"]),
    ],
)
def test_whatever_fails_fails_the_run(
    check: ModuleType, capsys: pytest.CaptureFixture[str], quick: tuple[str, ...], beside: tuple[str, ...],
    tests: tuple[str, ...], status: int, said: list[str],
) -> None:  # fmt: skip
    assert check.check({"quick": quick}, {"first": FINE, "beside": beside}, tests) == status
    assert capsys.readouterr().err.split("\n")[: len(said)] == said


def test_nothing_is_run_after_a_quick_gate_that_fails(check: ModuleType, capfd: pytest.CaptureFixture[str]) -> None:
    assert check.check({"quick": WRONG}, {}, FINE) == 1
    assert "all is well" not in capfd.readouterr().out


def test_every_gate_is_asked(check: ModuleType) -> None:
    assert {*check.QUICK, *check.BESIDE} == {"ruff check", "ruff format", "mypy", "djlint", "deptry", "import-linter"}


@pytest.mark.parametrize(("given", "left_out"), [([], True), (["--long"], False)])
def test_long_tests_are_left_out_of_a_plain_run_alone(
    check: ModuleType, monkeypatch: pytest.MonkeyPatch, given: list[str], *, left_out: bool
) -> None:
    ran: list[tuple[str, ...]] = []

    def note(_: object, __: object, tests: tuple[str, ...]) -> int:
        ran.append(tests)
        return 1

    monkeypatch.setattr(check, "check", note)
    monkeypatch.setattr(sys, "argv", ["check.py", *given])
    assert check.main() == 1
    assert [tests[-2:] == ("-m", "not long") for tests in ran] == [left_out]


def test_what_is_measured_comes_after_tests_that_pass_and_fails_when_it_breaks(
    check: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "check", lambda *_: 0)
    monkeypatch.setattr(check, "measures", lambda: [FINE, WRONG, FINE])
    monkeypatch.setattr(sys, "argv", ["check.py", "--long"])
    assert check.main() == 2
    monkeypatch.setattr(sys, "argv", ["check.py"])
    assert check.main() == 0


def test_coverage_and_the_mutants_of_changed_files_are_measured(check: ModuleType) -> None:
    coverage, mutants = check.measures()
    assert coverage[-1] == "bench.coverage"
    assert "bench.mutants" in mutants
    assert mutants[mutants.index("--minutes") + 1] == str(check.MUTANT_MINUTES)
