"""A progress bar for the person who waits; a plain line now and then where nobody watches."""

import sys
import time

WIDTH = 32
EVERY_SECONDS = 0.1


class Progress:
    """Counts up to a total on standard error."""

    def __init__(self, title: str, total: int) -> None:
        self._title = title
        self._total = max(total, 1)
        self._done = 0
        self._shown_at = 0.0
        self._is_tty = sys.stderr.isatty()

    def add(self, count: int = 1) -> None:
        """So many more are done."""
        self._done += count
        now = time.monotonic()
        if self._is_tty and (now - self._shown_at > EVERY_SECONDS or self._done >= self._total):
            self._shown_at = now
            filled = min(WIDTH, WIDTH * self._done // self._total)
            bar = "█" * filled + "·" * (WIDTH - filled)
            print(f"\rdatong: {self._title} {bar} {self._done}/{self._total}", end="", file=sys.stderr, flush=True)  # noqa: T201 - the command line speaks

    def end(self) -> None:
        """The line is finished."""
        end = "" if self._is_tty else f"datong: {self._title} {self._done}/{self._total}"
        print(end, file=sys.stderr, flush=True)  # noqa: T201 - the command line speaks
