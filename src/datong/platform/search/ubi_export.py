"""Exporting the notes in the open format of User Behavior Insights (UBI 1.3): one document for each query and event."""

from typing import Any

from datong.kernel.actor import Actor
from datong.kernel.paging import Page, clamp_limit, decode_cursor, instant_key, make_page
from datong.kernel.sql import rows
from datong.kernel.tx import Tx
from datong.platform.search.query_log import EventNote, QueryNote

APPLICATION = "datong"
OBJECT_FIELD = "product_id"


QUERIES = rows(
    QueryNote,
    """
    select query_id, client, phrase, shown, attributes, total, hits, asked_at from search_query
    where (asked_at, query_id) > (to_timestamp($1::float8 / 1000000), $2) order by asked_at, query_id limit $3
    """,
)
EVENTS = rows(
    EventNote,
    """
    select event_id, query_id, client, action, product_id, position, happened_at from search_event
    where (happened_at, event_id) > (to_timestamp($1::float8 / 1000000), $2) order by happened_at, event_id limit $3
    """,
)


async def export_queries(tx: Tx, actor: Actor, cursor: str = "", limit: int = 100) -> Page[dict[str, Any]]:
    """Queries with the products they showed, oldest first, as UBI documents."""
    actor.must("operator:search:edit")
    after, last_id = decode_cursor(cursor, (0, 0))
    found = await tx.all(QUERIES, after, last_id, clamp_limit(limit) + 1)
    page = make_page(found, limit, lambda each: instant_key(each.asked_at, each.query_id))
    return Page([_ubi_query(each) for each in page.items], page.next_cursor)


async def export_events(tx: Tx, actor: Actor, cursor: str = "", limit: int = 100) -> Page[dict[str, Any]]:
    """What came of the queries, oldest first, as UBI documents."""
    actor.must("operator:search:edit")
    after, last_id = decode_cursor(cursor, (0, 0))
    found = await tx.all(EVENTS, after, last_id, clamp_limit(limit) + 1)
    page = make_page(found, limit, lambda each: instant_key(each.happened_at, each.event_id))
    return Page([_ubi_event(each) for each in page.items], page.next_cursor)


def _ubi_query(noted: QueryNote) -> dict[str, Any]:
    hits = [str(each) for each in noted.hits]
    return {
        "application": APPLICATION,
        "query_id": str(noted.query_id),
        "client_id": noted.client,
        "user_query": noted.shown,
        "query_attributes": noted.attributes | {"total": noted.total},
        "object_id_field": OBJECT_FIELD,
        "query_response_id": str(noted.query_id),
        "query_response_hit_ids": hits,
        "timestamp": noted.asked_at.isoformat(),
    }


def _ubi_event(noted: EventNote) -> dict[str, Any]:
    return {
        "application": APPLICATION,
        "action_name": noted.action,
        "query_id": str(noted.query_id),
        "client_id": noted.client,
        "timestamp": noted.happened_at.isoformat(),
        "message_type": "CONVERSION" if noted.action == "purchase" else "CLICK_THROUGH",
        "event_attributes": {
            "object": {"object_id": str(noted.product_id), "object_id_field": OBJECT_FIELD},
            "position": {"ordinal": noted.position},
        },
    }
