"""`datong web`: serve HTTP."""

import argparse

import uvicorn

from datong.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments."""
    parser.set_defaults()


def run(settings: Settings, _: argparse.Namespace) -> int:
    """Serve until told to stop."""
    uvicorn.run(
        "datong.app:create_app", factory=True, host=settings.host, port=settings.port, log_config=None,
        access_log=False, timeout_graceful_shutdown=5, server_header=False, backlog=2048,
    )  # fmt: skip
    return 0
