"""Search: shoppers find products by words, facets and browsing, over all brands or one.

Owns the index (in an engine, by URL) with its one writer and what is dirty in it, how queries are understood and
results ranked, scores of shops, suggestions, histories, penalties, the events and trails of what was asked and what
came of it, and the signals, terms and phrases learned from them. Calls `catalog`, `merchant`, `member`, `rulebook`,
`storefront`, and the rules of `order` and `aftersale`. Tells nothing: it is a watcher, fed by `ProductPublished`,
`ShopOpened`, `ShopScored`, `OrderPaid` and `OrderFinished`, and nothing in commerce knows that it exists.
"""

from datong.platform.search.facets import Chosen, Facet, Option
from datong.platform.search.index_builds import IndexState, list_indexes, read_query_later, rebuild
from datong.platform.search.indexer import Feeder
from datong.platform.search.penalties import Penalty, hide_subject, list_penalties, rank_down, revoke_penalty
from datong.platform.search.query_log import Action, note_event, note_query, notes_of
from datong.platform.search.query_understanding import Query, read_query
from datong.platform.search.ranking import Ranked, Score
from datong.platform.search.search_products import Order, Results, find_products
from datong.platform.search.suggestions import erase_history, list_hot, remember, suggest
from datong.platform.search.ubi_export import export_events, export_queries

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
    "erase_history",
    "export_events",
    "export_queries",
    "find_products",
    "hide_subject",
    "list_hot",
    "list_indexes",
    "list_penalties",
    "note_event",
    "note_query",
    "notes_of",
    "rank_down",
    "read_query",
    "read_query_later",
    "rebuild",
    "remember",
    "revoke_penalty",
    "suggest",
]
