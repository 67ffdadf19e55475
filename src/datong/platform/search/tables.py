"""Tables of search."""

import sqlalchemy as sa

from datong.kernel.schema import Instant, Json, Texts, check, column, index, key, table

search_index = table(
    "search_index",
    "reference",
    column("name", sa.Text),
    column("schema", sa.Integer),
    column("state", sa.Text),
    column("after_bkt", sa.Integer, "-1"),
    column("after_id", sa.BigInteger, "0"),
    column("products", sa.BigInteger, "0"),
    column("lengths", Json),
    column("begun_at", Instant),
    column("done_at", Instant, null=True),
    key("name"),
    check("state", "state in ('building', 'current', 'retired')"),
)

search_writer = table(
    "search_writer",
    "reference",
    column("one", sa.SmallInteger),
    column("holder", sa.Text),
    column("lease_until", Instant),
    key("one"),
    check("single", "one = 1"),
)

search_dirty = table(
    "search_dirty",
    "sharded",
    column("product_id"),
    column("marks", sa.Integer, "1"),
    column("marked_at", Instant),
    key("bkt", "product_id"),
    index("search_dirty_marked", "marked_at"),
)

search_signal = table(
    "search_signal",
    "sharded",
    column("product_id"),
    column("seen", sa.Double),
    column("clicked", sa.Double),
    column("bought", sa.Double),
    column("as_of", Instant),
    key("bkt", "product_id"),
)

search_shop = table(
    "search_shop",
    "sharded",
    column("shop_id"),
    column("score", sa.Integer),
    column("ratings", sa.BigInteger),
    key("bkt", "shop_id"),
)

search_penalty = table(
    "search_penalty",
    "reference",
    column("penalty_id"),
    column("subject", sa.Text),
    column("subject_id"),
    column("factor", sa.Double),
    column("reason", sa.Text),
    column("set_by"),
    column("set_at", Instant),
    column("ends_at", Instant, null=True),
    key("penalty_id"),
    index("search_penalty_set", "set_at"),
    check("subject", "subject in ('shop', 'product')"),
    check("factor", "factor >= 0 and factor < 1"),
)

search_term = table(
    "search_term",
    "reference",
    column("term", sa.Text),
    column("shown", sa.Text),
    column("sound", sa.Text),
    column("near", Texts),
    column("products", sa.BigInteger),
    key("term"),
    index("search_term_sound", "sound"),
    sa.Index("search_term_near", "near", postgresql_using="gin"),
)

search_phrase = table(
    "search_phrase",
    "reference",
    column("written", sa.Text),
    column("shown", sa.Text),
    column("kind", sa.Text),
    column("first", sa.Text),
    column("second", sa.Text),
    column("third", sa.Text),
    column("weight", sa.Double),
    key("written", "shown", "kind"),
    index("search_phrase_first", "first", "weight"),
    index("search_phrase_second", "second", "weight"),
    index("search_phrase_third", "third", "weight"),
    index("search_phrase_kind", "kind", "weight"),
    check("kind", "kind in ('query', 'goods')"),
)

search_history = table(
    "search_history",
    "sharded",
    column("actor_id"),
    column("phrase", sa.Text),
    column("shown", sa.Text),
    column("asked_at", Instant),
    key("bkt", "actor_id", "phrase"),
    index("search_history_asked", "bkt", "actor_id", "asked_at"),
)

search_trail = table(
    "search_trail",
    "sharded",
    column("actor_id"),
    column("product_id"),
    column("query_id"),
    column("position", sa.Integer),
    column("clicked_at", Instant),
    key("bkt", "actor_id", "product_id"),
    index("search_trail_clicked", "clicked_at"),
)

search_query = table(
    "search_query",
    "sharded",
    column("query_id"),
    column("client", sa.Text),
    column("phrase", sa.Text),
    column("shown", sa.Text),
    column("attributes", Json),
    column("total", sa.BigInteger),
    column("hits", sa.ARRAY(sa.BigInteger)),
    column("asked_at", Instant),
    key("bkt", "query_id"),
    index("search_query_asked", "asked_at", "query_id"),
)

search_event = table(
    "search_event",
    "sharded",
    column("event_id"),
    column("query_id"),
    column("client", sa.Text),
    column("action", sa.Text),
    column("product_id"),
    column("position", sa.Integer),
    column("happened_at", Instant),
    key("bkt", "event_id"),
    index("search_event_happened", "happened_at", "event_id"),
    check("action", "action in ('click', 'add_to_cart', 'purchase')"),
)

search_learned = table(
    "search_learned",
    "reference",
    column("what", sa.Text),
    column("until", Instant),
    key("what"),
)
