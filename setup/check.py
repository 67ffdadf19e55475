"""What `./test` runs when no tests are named: the gates beside the tests. With `--long`, the long parts too.

The quick gates go first and end the run when they fail. The others run beside the tests, one after the other; what
they say is shown when they fail, after the tests. The exit status is 0 only if everything passed.
"""

import argparse
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PYTHON = (sys.executable, "-m")
QUICK = {
    "ruff check": (*PYTHON, "ruff", "check", "."),
    "ruff format": (*PYTHON, "ruff", "format", "--check", "."),
}
BESIDE = {
    "mypy": (*PYTHON, "mypy"),
    "djlint": (*PYTHON, "djlint", "--lint", "--quiet", "src/datong/surfaces"),
    "deptry": (*PYTHON, "deptry", "."),
    "import-linter": (
        sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ),
}  # fmt: skip
TESTS = (*PYTHON, "pytest", "-n", "2", "--dist", "worksteal")
MUTANT_MINUTES = 6
MUTANTS = (*PYTHON, "bench.mutants", "--per-room", "40", "--minutes", str(MUTANT_MINUTES))
COVERAGE = (*PYTHON, "bench.coverage")
Commands = Mapping[str, Sequence[str]]


def ask(name: str, command: Sequence[str]) -> str:
    """Run a gate; answers nothing if it passes, else what it said."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return f"{name} failed:\n{done.stdout}" if done.returncode else ""


def check(quick: Commands, beside: Commands, tests: Sequence[str]) -> int:
    """Run the gates and the tests; answers the exit status."""
    for name, command in quick.items():
        if complaint := ask(name, command):
            say(complaint)
            return 1
    with ThreadPoolExecutor(1) as pool:
        asked = [pool.submit(ask, name, command) for name, command in beside.items()]
        try:
            status = subprocess.run(tests, check=False).returncode
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            return 130
        complaints = [complaint for each in asked if (complaint := each.result())]
    for complaint in complaints:
        say(complaint)
    return status or int(bool(complaints))


def branch_point() -> str:
    """The commit at which this branch left the main one; on the main one, the commit before the last.

    Empty without a history.
    """
    for words in (("merge-base", "HEAD", "origin/HEAD"), ("rev-parse", "--verify", "--quiet", "HEAD~1")):
        done = subprocess.run(("git", *words), capture_output=True, text=True, check=False)
        head = subprocess.run(("git", "rev-parse", "HEAD"), capture_output=True, text=True, check=False)
        if done.returncode == 0 and done.stdout != head.stdout:
            return done.stdout.strip()
    return ""


def measures() -> list[Sequence[str]]:
    """What is measured after the tests of `--long`, a command each. What they find is read; one that breaks fails."""
    since = branch_point()
    return [COVERAGE, (*MUTANTS, *(("--since", since) if since else ()))]


def say(text: str) -> None:
    """Beside what the tests say."""
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Read the option, run."""
    parser = argparse.ArgumentParser(prog="./test", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--long", action="store_true", help="the tests marked long, coverage and the mutants of changed files too"
    )
    is_long = parser.parse_args().long
    status = check(QUICK, BESIDE, TESTS if is_long else (*TESTS, "-m", "not long"))
    if status or not is_long:
        return status
    return max(subprocess.run(command, check=False).returncode for command in measures())


if __name__ == "__main__":
    if not Path("pyproject.toml").is_file():
        sys.exit("run ./test")
    sys.exit(main())
