"""A clock that stands still, for tests of what happens exactly at an instant, and owners who share a bucket."""

import secrets
from datetime import timedelta

import pytest

from datong.kernel.ids import BUCKETS
from tests.make import Town

TICK = timedelta(microseconds=1)
_CHANCE = secrets.randbelow


def stop_clock(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on time moves by `town.move_clock` alone, to the microsecond."""
    start = town.clock.now() - town.clock.shift
    monkeypatch.setattr(town.clock, "now", lambda: start + town.clock.shift)


def share_bucket(monkeypatch: pytest.MonkeyPatch, bucket: int = 77) -> None:
    """Whoever joins or opens a shop from here on lives in one bucket."""
    monkeypatch.setattr(secrets, "randbelow", lambda below: bucket if below == BUCKETS else _CHANCE(below))
