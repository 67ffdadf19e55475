"""Identities of messages and of what merchants send in."""

from datong.invariants.checks import Check, check

CHECKS: tuple[Check, ...] = (
    check(
        "chat.words", "a conversation has as many words as it says, each under the next number, and none after the last",
        """
        select 'chat ' || c.chat_id as subject, c.last_seq || ', words ' || count(m.seq) || ' up to ' || coalesce(max(m.seq), 0) as detail
        from chat c left join chat_message m on m.bkt = c.bkt and m.chat_id = c.chat_id
        group by c.bkt, c.chat_id, c.last_seq having c.last_seq <> count(m.seq) or c.last_seq <> coalesce(max(m.seq), 0)
        """,
    ),
    check(
        "chat.copies", "the shop's copy of every conversation is as new as the conversation, unless the fact is on its way",
        """
        select 'chat ' || c.chat_id as subject, c.version || ' <> ' || coalesce(s.version, 0) as detail
        from chat c left join shop_chat s on s.chat_id = c.chat_id
        where c.last_seq > 0 and c.version <> coalesce(s.version, 0) and not exists (
            select 1 from fact_outbox f where f.owner_id = c.chat_id and f.delivered_at is null)
        """,
    ),
    check(
        "import.rows", "an import's counts are its rows'",
        """
        select 'import ' || i.import_id as subject, i.done || ' / ' || i.refused || ' of ' || i.total as detail
        from goods_import i join lateral (
            select count(*) as total, count(*) filter (where outcome <> 'waiting') as done,
                   count(*) filter (where outcome = 'refused') as refused
            from goods_import_row r where r.bkt = i.bkt and r.import_id = i.import_id) r on true
        where (i.total, i.done, i.refused) is distinct from (r.total::int, r.done::int, r.refused::int)
           or (i.state = 'DONE' and r.done <> r.total)
        """,
    ),
)  # fmt: skip
