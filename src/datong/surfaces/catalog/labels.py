"""Words of the room `catalog`; English here is the key of the translations."""

SORTS: dict[str, str] = {
    "mixed": "For you",
    "newest": "Newest",
    "price_up": "Price, low first",
    "price_down": "Price, high first",
}
ATTRIBUTE_KINDS: dict[str, str] = {"choice": "Choice", "text": "Text", "number": "Numeric", "flag": "Yes or no"}
OUTCOMES: dict[str, str] = {
    "waiting": "Waiting",
    "new": "New",
    "changed": "Changed",
    "same": "Unchanged",
    "refused": "Failed",
}
NOTICES: dict[str, str] = {
    "shop_imported": "A bulk import is finished; its report is ready.",
}
NOTICE_LINKS: dict[str, str] = {
    "shop_imported": "/imports/{import_id}",
}
"""Where each notice leads, with the ids of its body; those of shops below their workbench."""
REFUSALS: dict[str, str] = {
    "catalog.brand_not_authorised": "This shop is not authorised to sell the brand “%(brand)s” here.",
    "catalog.brands_short": "This kind of shop needs %(least)s authorised brands before it publishes; it has %(has)s.",
    "catalog.permit_missing": "A valid permit is needed here: %(permit_name)s. Hand it in under “Brands & permits”.",
    "catalog.attribute_missing": "The category asks for “%(attribute)s”.",
    "catalog.sku_twice": "Two SKUs have the same properties: %(reason)s.",
    "catalog.title_too_long": "A title has at most %(most)s bytes; a Chinese character counts two.",
    "catalog.description_too_short": "A description has at least %(least)s characters.",
    "catalog.price_out_of_bounds": "A price must be a positive whole number of cents.",
    "catalog.twice_in_batch": "The same product code appears twice in this batch: %(reason)s.",
}
TIMERS: dict[str, str] = {
    "takedown": "Products to be taken down", "category_change": "Categories whose goods are moved",
}  # fmt: skip
