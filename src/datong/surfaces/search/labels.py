"""What pages of search say for codes; English here is the key of the translations."""

SHOWN_ORDERS: dict[str, str] = {
    "relevance": "Best match",
    "sales": "Best sellers",
    "newest": "Newest",
    "price_up": "Price, low first",
    "price_down": "Price, high first",
}
SERVICES: dict[str, str] = {
    "free_freight": "Free shipping",
    "returns": "Seven-day returns",
    "ships_in_a_day": "Ships within a day",
}
FACETS: dict[str, str] = {
    "store": "Brand store",
    "category": "Category",
    "brand": "Brand",
    "price": "Price",
    "ships_from": "Ships from",
    "service": "Service",
}
INDEX_STATES: dict[str, str] = {"building": "Building", "current": "In use", "retired": "Replaced"}
SUBJECTS: dict[str, str] = {"shop": "Shop", "product": "Product"}
PARTS: dict[str, str] = {
    "relevance": "Relevance",
    "conversion": "Conversion",
    "clicks": "Clicks",
    "sales": "Sales",
    "experience": "Experience",
    "freshness": "Freshness",
    "price_band": "Price band",
    "penalty": "Penalty",
    "repeat": "Repeats",
}

REFUSALS: dict[str, str] = {
    "search.not_ready": "The search is being set up. Please try again in a moment.",
    "search.too_many_penalties": "At most %(most)s penalties can be in force at once.",
}
