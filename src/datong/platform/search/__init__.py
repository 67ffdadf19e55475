"""Search: shoppers find products by words, facets and browsing, over all brands or one.

Owns the index (in an engine, by URL), its building and feeding, how queries are understood and results ranked, suggestions,
histories, penalties, and the notes of what was asked and what came of it. Calls `catalog`, `merchant`, `member`, `rulebook`,
`storefront`, and the rules of `order` and `aftersale`. Tells nothing: it is a watcher, fed by `ProductPublished`,
`ShopOpened`, `ShopScored`, `OrderPaid` and `OrderFinished`, and nothing in commerce knows that it exists.
"""

from datong.platform.search.building import IndexState, list_indexes, rebuild, to_read
from datong.platform.search.exporting import export_events, export_queries
from datong.platform.search.facets import Chosen, Facet, Option
from datong.platform.search.feeding import Feeder
from datong.platform.search.finding import Order, Results, SearchNotReady, find_products
from datong.platform.search.noting import Action, note_event, note_query, notes_of
from datong.platform.search.penalties import Penalty, TooManyPenalties, lift, list_penalties, rank_down, shield
from datong.platform.search.ranking import Ranked, Score
from datong.platform.search.suggesting import Suggestion, erase_history, list_hot, remember, suggest
from datong.platform.search.understanding import Query, read_query

__all__ = [
    "Action",
    "Chosen",
    "Facet",
    "Feeder",
    "IndexState",
    "Option",
    "Order",
    "Penalty",
    "Query",
    "Ranked",
    "Results",
    "Score",
    "SearchNotReady",
    "Suggestion",
    "TooManyPenalties",
    "erase_history",
    "export_events",
    "export_queries",
    "find_products",
    "lift",
    "list_hot",
    "list_indexes",
    "list_penalties",
    "note_event",
    "note_query",
    "notes_of",
    "rank_down",
    "read_query",
    "rebuild",
    "remember",
    "shield",
    "suggest",
    "to_read",
]
