"""The operators' console: how the platform is, shops that wait, facts that could not be delivered, campaigns."""

from datong.surfaces.console import pages, promotions

HANDLERS = [*pages.HANDLERS, *promotions.HANDLERS]

__all__ = ["HANDLERS"]
