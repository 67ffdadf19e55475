"""Branch coverage of `commerce` and `kernel` by the tests of a plain run. `python -m bench.coverage --json`.

Exits with 1 below 95 %, or when a test fails. The percentage is of statements and branches together, as `coverage
report` counts with branches on; the branches alone are said beside it. What is left out, and why, stands in
`pyproject.toml`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ("commerce", "kernel", "invariants", "races", "surfaces", "house", "platform")
LEAST = 95.0
KINDS = ("num_statements", "covered_lines", "num_branches", "covered_branches")
Counts = dict[str, int]


def measure(folder: Path, workers: int, tests: Sequence[str]) -> tuple[dict[str, Counts], bool]:
    """Run the tests; answers the counts of each file, and whether all tests passed."""
    data, found = folder / "data", folder / "report.json"
    environment = os.environ | {"COVERAGE_FILE": str(data)}
    run = ["run", "-m", "pytest", "-n", str(workers), "--dist", "worksteal", "-m", "not long", *tests]
    codes = [
        subprocess.run(  # noqa: S603 - of our own
            [sys.executable, "-m", "coverage", *words], cwd=ROOT, env=environment, check=words is not run,
            stdout=sys.stderr,
        ).returncode
        for words in (run, ["combine", "-q", str(folder)], ["json", "-q", "--fail-under=0", "-o", str(found)])
    ]  # fmt: skip
    files = json.loads(found.read_text())["files"]
    return {name: {kind: each["summary"][kind] for kind in KINDS} for name, each in files.items()}, codes[0] == 0


def rate(files: Sequence[Counts]) -> dict[str, float]:
    """Percent of statements and branches together, and of branches alone."""
    total = {kind: sum(each[kind] for each in files) for kind in KINDS}
    covered, all_ = total["covered_lines"] + total["covered_branches"], total["num_statements"] + total["num_branches"]
    branches = total["covered_branches"] / total["num_branches"] if total["num_branches"] else 1
    return {"percent": round(100 * covered / all_, 2) if all_ else 100.0, "branches": round(100 * branches, 2)}


def report(files: dict[str, Counts], *, is_passed: bool) -> dict[str, object]:
    """Rates of both packages together, of each room, and of the files below the limit."""
    rooms: dict[str, list[Counts]] = {}
    for name, counts in files.items():
        parts = Path(name).parts
        rooms.setdefault("/".join(parts[2:4] if parts[2] == "commerce" else parts[2:3]), []).append(counts)
    low = {name: found for name, each in files.items() if (found := rate([each]))["percent"] < LEAST}
    return {
        **rate(list(files.values())), "least": LEAST, "is_passed": is_passed,
        "rooms": {name: rate(each) for name, each in sorted(rooms.items())},
        "files_below": dict(sorted(low.items(), key=lambda each: each[1]["percent"])),
    }  # fmt: skip


def main() -> int:
    """Read the options, run, report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("tests", nargs="*", default=[f"tests/{each}" for each in TESTS])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="datong-coverage-") as folder:
        files, is_passed = measure(Path(folder), options.workers, options.tests)
    found = report(files, is_passed=is_passed)
    if options.json:
        print(json.dumps(found, indent=2))
    else:
        print(f"{found['percent']} % of statements and branches, {found['branches']} % of branches (least {LEAST} %)")
    return 0 if is_passed and float(str(found["percent"])) >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
