"""Living through a machine of states: hypothesis chooses the actions, one town lets them happen."""

import asyncio
from typing import Any

from hypothesis import HealthCheck, settings

from tests.make import open_town


def live_through(dsn: str, machine: Any, examples: int, steps: int) -> None:  # noqa: ANN401 - a class with room for both
    """Run a machine, which takes `runner` and `town` from its class, in a town of its own."""
    with asyncio.Runner() as runner:
        opened = open_town(dsn)
        town = runner.run(opened.__aenter__())
        here: Any = type(f"{machine.__name__}Here", (machine,), {"runner": runner, "town": town})
        try:
            here.TestCase.settings = settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            )
            here.TestCase("runTest").debug()
        finally:
            runner.run(opened.__aexit__(None, None, None))
