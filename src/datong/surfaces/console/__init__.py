"""The operators' console of three centres: consumers, industries, platform. Whatever is done here is written down."""

from datong.surfaces.console import categories, disputes, entry, pages, promotions, rulebook, searching

HANDLERS = [
    *pages.HANDLERS,
    *entry.HANDLERS,
    *categories.HANDLERS,
    *rulebook.HANDLERS,
    *promotions.HANDLERS,
    *disputes.HANDLERS,
    *searching.HANDLERS,
]

__all__ = ["HANDLERS"]
