"""The operators' console: how the platform is, shops that wait, facts that could not be delivered."""

from datong.surfaces.console.pages import HANDLERS

__all__ = ["HANDLERS"]
