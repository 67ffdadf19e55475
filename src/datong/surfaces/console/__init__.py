"""The operators' console: how the platform is, shops that wait, facts that could not be delivered, campaigns, disputes."""

from datong.surfaces.console import disputes, pages, promotions

HANDLERS = [*pages.HANDLERS, *promotions.HANDLERS, *disputes.HANDLERS]

__all__ = ["HANDLERS"]
