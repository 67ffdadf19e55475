"""Which tests reach which function: a plugin of pytest that notes it while the tests run once, unbroken.

Where `DATONG_REACH_FILE` points, JSON is written: for each test its seconds and the functions it entered, as
`path:line`.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType

import pytest

ROOT = str(Path(__file__).resolve().parents[1] / "src" / "datong") + os.sep


class Reach:
    """Notes what each test enters."""

    def __init__(self) -> None:
        self.tests: dict[str, tuple[float, list[str]]] = {}
        self._entered: set[CodeType] = set()
        threading.settrace(self._trace)  # what a pool of threads does counts for the test that is running

    def _trace(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            self._entered.add(frame.f_code)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """One test with its fixtures."""
        self._entered = set()
        started = time.monotonic()
        sys.settrace(self._trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            names = {
                f"{code.co_filename.removeprefix(ROOT)}:{code.co_firstlineno}"
                for code in self._entered
                if code.co_filename.startswith(ROOT)
            }
            self.tests[item.nodeid] = (time.monotonic() - started, sorted(names))

    def pytest_sessionfinish(self) -> None:
        """Write it down."""
        Path(os.environ["DATONG_REACH_FILE"]).write_text(json.dumps(self.tests))


def pytest_configure(config: pytest.Config) -> None:
    """Be there if asked."""
    if os.environ.get("DATONG_REACH_FILE"):
        config.pluginmanager.register(Reach())
