"""Breaks the code in small ways and counts how many of them the nearest tests notice. `python -m bench.mutants --json`.

The tests run once unbroken, to learn which test enters which function; then each mutant is written into a copy of the
tree (never into the checkout) and the quickest tests that enter its function run against it. One PostgreSQL serves all.
`bench/mutants_equivalent.txt` lists changes that change nothing, with the reason: `path | line | change | reason`.
"""

import argparse
import ast
import asyncio
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from bench.mutating import Mutant, apply, mutants, parse
from datong.runtime.postgres import Postgres
from tests import conftest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "datong"
ROOMS = "pricing,payment,order,aftersale,member,inventory"
RIGHTS = "tests/surfaces/test_rights.py"
TESTS = ("tests/commerce", "tests/kernel", "tests/invariants", "tests/house/test_first_line.py", RIGHTS)
WINGS = ("commerce", "platform", "industry", "consumer", "marketing", "channels")
WORKERS = 2
MAX_TESTS = 200
MAX_SECONDS = 30.0
NOT_MUTATED = {"__init__.py", "tables.py"}
DECLARATIONS = {"invariants.py", "room.py"}
"""Files without functions, that the audit reads."""
AUDIT = "tests/invariants"
PARAMETERS = "tests/commerce/test_parameters.py"
Tests = dict[str, tuple[float, list[str]]]


class Case(NamedTuple):
    """A mutant of a file of a room."""

    room: str
    path: str
    mutant: Mutant
    source_line: str

    @property
    def title(self) -> str:
        """Where and what."""
        return f"{self.path}:{self.mutant.line} {self.mutant.what}"


class Result(NamedTuple):
    """What became of one: killed, survived, timeout or unreached (no test enters it)."""

    case: Case
    outcome: str
    seconds: float


def cases_of(room: str) -> list[Case]:
    """Every mutant of a room that is not known to change nothing."""
    found: list[Case] = []
    known = equivalent()
    for folder in sorted(each for wing in WINGS if (each := PACKAGE / wing / room).is_dir()):
        for path in sorted(folder.glob("*.py")):
            if path.name in NOT_MUTATED:
                continue
            name, source = str(path.relative_to(ROOT)), path.read_bytes()
            lines = source.decode().splitlines()
            made = (Case(room, name, each, lines[each.line - 1].strip()) for each in mutants(source))
            found += [each for each in made if (name, each.source_line, each.mutant.what) not in known]
    return found


def equivalent() -> set[tuple[str, str, str]]:
    """Path, line and change of every mutant that is known to change nothing."""
    lines = (ROOT / "bench" / "mutants_equivalent.txt").read_text().splitlines()
    parts = [[part.strip() for part in line.split(" | ")] for line in lines if line and not line.startswith("#")]
    return {(each[0], each[1], each[2]) for each in parts}


def choose(rooms: Sequence[str], per_room: int, seed: int, since: str) -> list[Case]:
    """So many of each room by chance, those in files changed since a revision first; rooms take turns."""
    changed: set[str] = set()
    if since:
        command = ["git", "diff", "--name-only", since]
        changed = set(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split())  # noqa: S603 - git with our own words
    chosen: list[list[Case]] = []
    for room in rooms:
        found = cases_of(room)
        random.Random(f"{seed} {room}").shuffle(found)
        chosen.append(sorted(found, key=lambda case: case.path not in changed)[:per_room])
    return [each[place] for place in range(per_room) for each in chosen if place < len(each)]


@contextmanager
def server() -> Iterator[str]:
    """One PostgreSQL with the migrated template; answers its address."""
    folder = Path(tempfile.mkdtemp(prefix="datong-mutants-", dir=conftest._memory_folder()))  # noqa: SLF001 - the tests' own
    running = Postgres(folder, is_durable=False)
    running.start()
    try:
        asyncio.run(conftest._make_template(running))  # noqa: SLF001 - the tests' own
        yield running.dsn("postgres")
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def copy_tree(folder: Path) -> Path:
    """A copy of what tests need."""
    ignored = shutil.ignore_patterns(".git", ".venv", "node_modules", ".mypy_cache", ".ruff_cache", "data", "build")
    return Path(shutil.copytree(ROOT, folder, ignore=ignored, symlinks=True))


class Runner:
    """Runs tests in a copy of the tree."""

    def __init__(self, folder: Path, dsn: str) -> None:
        self.folder = copy_tree(folder)
        self._environment = os.environ | {"DATONG_TEST_DSN": dsn, "PYTHONHASHSEED": "0"}

    def pytest(self, args: Sequence[str], time_out: float, **more: str) -> int | None:
        """The exit code; None when time ran out."""
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", *args]
        process = subprocess.Popen(  # noqa: S603 - of our own
            command, cwd=self.folder, env=self._environment | more, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            return process.wait(time_out)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return None

    def _write(self, path: str, source: bytes) -> None:
        """The compiled file goes too: it is told apart by second and size alone, which a mutant may share."""
        target = self.folder / path
        target.write_bytes(source)
        for compiled in (target.parent / "__pycache__").glob(f"{target.stem}.*.pyc"):
            compiled.unlink()

    def try_one(self, case: Case, tests: Tests) -> Result:
        """Write the mutant, run its tests, write the file back."""
        started = time.monotonic()
        near = nearest(case, tests)
        if not near:
            return Result(case, "unreached", 0.0)
        source = (ROOT / case.path).read_bytes()
        self._write(case.path, apply(source, case.mutant))
        expected = sum(tests[each][0] for each in near)
        try:
            code = self.pytest(near, 25 + 4 * expected)
        finally:
            self._write(case.path, source)
        outcome = "timeout" if code is None else "survived" if code == 0 else "killed"
        return Result(case, outcome, time.monotonic() - started)

    def learn(self) -> Tests:
        """Run the nearest tests once, unbroken; kept for as long as no file of source or tests has changed."""
        kept = Path(tempfile.gettempdir()) / f"datong-reach-{_fingerprint()}.json"
        if not kept.exists():
            say("running the tests once, to learn what they reach")
            more = {"DATONG_REACH_FILE": str(kept)}
            if self.pytest([*TESTS, "-p", "bench.mutant_tests"], 1_800, **more) != 0:
                kept.unlink(missing_ok=True)
                msg = "the tests fail on the unbroken tree"
                raise SystemExit(msg)
        found: Tests = {name: (each[0], each[1]) for name, each in json.loads(kept.read_text()).items()}
        return found


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for folder in ("src", "tests", "bench/mutant_tests.py"):
        place = ROOT / folder
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def nearest(case: Case, tests: Tests) -> list[str]:
    """The quickest tests that enter the function a mutant is in, or one that uses the constant.

    Those that name it come first; up to a number of seconds. A file without functions is reached by whatever enters its
    room.
    """
    name = str(Path(case.path).relative_to("src/datong"))
    lines = [case.mutant.function] if case.mutant.function else users(case)
    wanted = {f"{name}:{line}" for line in lines}
    found = [test for test, (_, entered) in tests.items() if wanted & set(entered)]
    if not case.mutant.function and Path(name).name in DECLARATIONS:
        return [test for test in tests if test.startswith(AUDIT)]
    for start in (f"{name}:", f"{Path(name).parent}/"):
        if not found and not case.mutant.function:
            found = [test for test, (_, entered) in tests.items() if any(each.startswith(start) for each in entered)]
    chosen = [test for test in tests if test.startswith(PARAMETERS)] if is_parameter(case) else []
    seconds = 0.0
    named = names_of(case)
    for test in sorted(found, key=lambda each: (not mentions(each, named), tests[each][0])):
        if len(chosen) >= MAX_TESTS or (seconds and seconds + tests[test][0] > MAX_SECONDS):
            break
        chosen.append(test)
        seconds += tests[test][0]
    if ".must(" in case.mutant.what:
        chosen += [test for test in found if test.startswith(RIGHTS) and test not in chosen]
    return chosen


def names_of(case: Case) -> frozenset[str]:
    """What a test that is about a mutant would name: its module, or the function or constant that it is in."""
    tree = parse((ROOT / case.path).read_bytes())
    functions = {
        node.name.lstrip("_")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and min([node.lineno, *(each.lineno for each in node.decorator_list)]) == case.mutant.function
    }
    return frozenset(filter(None, {Path(case.path).stem, case.mutant.constant, *functions}))


@cache
def mentions(test: str, names: frozenset[str]) -> bool:
    """Whether the file of a test has one of these names in it."""
    path = ROOT / test.partition("::")[0]
    return path.is_file() and bool(names & set(re.findall(r"\w+", path.read_text())))


def is_parameter(case: Case) -> bool:
    """Whether a mutant changes what a parameter is declared with."""
    for node in parse((ROOT / case.path).read_bytes()).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        name = next((each.id for each in targets if isinstance(each, ast.Name)), "")
        value = getattr(node, "value", None)
        if name and name == case.mutant.constant and isinstance(value, ast.Call):
            return isinstance(value.func, ast.Name) and value.func.id == "Parameter"
    return False


def users(case: Case) -> list[int]:
    """The first lines of the functions of its file in which a constant is named."""
    tree = parse((ROOT / case.path).read_bytes())
    return [
        min([node.lineno, *(each.lineno for each in node.decorator_list)])
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and case.mutant.constant
        and any(isinstance(each, ast.Name) and each.id == case.mutant.constant for each in ast.walk(node))
    ]


def run(cases: Sequence[Case], minutes: float) -> list[Result]:
    """Try each on one of two copies, until the time is up."""
    until = time.monotonic() + minutes * 60
    with server() as dsn, tempfile.TemporaryDirectory(prefix="datong-mutants-") as folder:
        free: SimpleQueue[Runner] = SimpleQueue()
        runners = [Runner(Path(folder) / str(number), dsn) for number in range(WORKERS)]
        tests = runners[0].learn()
        for each in runners:
            free.put(each)

        def one(case: Case) -> Result | None:
            if time.monotonic() > until:
                return None
            runner = free.get()
            try:
                result = runner.try_one(case, tests)
            finally:
                free.put(runner)
            say(f"{result.outcome:<9} {result.seconds:5.1f} s  {case.title}")
            return result

        with ThreadPoolExecutor(WORKERS) as pool:
            return [each for each in pool.map(one, cases) if each is not None]


def report(results: Sequence[Result]) -> dict[str, object]:
    """Counts by room and in all, with what survived; a time-out counts as killed: the mutant was noticed."""
    rooms: dict[str, dict[str, object]] = {}
    for room in dict.fromkeys(each.case.room for each in results):
        own = [each for each in results if each.case.room == room]
        counts = {
            name: sum(each.outcome == name for each in own) for name in ("killed", "timeout", "survived", "unreached")
        }
        alive = [f"{each.outcome}: {each.case.title}" for each in own if each.outcome in {"survived", "unreached"}]
        rooms[room] = counts | {"total": len(own), "survivors": alive}
    killed = sum(each.outcome in {"killed", "timeout"} for each in results)
    return {"killed": killed, "total": len(results), "rooms": rooms}


def say(text: str) -> None:
    """Progress goes beside the answer."""
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Read the options, run, report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rooms", default=ROOMS)
    parser.add_argument("--per-room", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--since", default="", help="a revision: mutants of files changed since then come first")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = report(
        run(choose(options.rooms.split(","), options.per_room, options.seed, options.since), options.minutes)
    )
    if options.json:
        print(json.dumps(found, indent=2))
        return 0
    rooms = found["rooms"]
    assert isinstance(rooms, dict)
    for room, each in rooms.items():
        print(f"{room:<12} {each['killed'] + each['timeout']:>4} of {each['total']}")
        print(*(f"    {line}" for line in each["survivors"]), sep="\n")
    print(f"{'in all':<12} {found['killed']:>4} of {found['total']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
