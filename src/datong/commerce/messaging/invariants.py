"""Invariants of conversations."""

from datong.kernel.house import Invariant
from datong.kernel.invariants import invariant

ALL: tuple[Invariant, ...] = (
    invariant(
        "chat.words", "a conversation has as many words as it says, each under the next number, and none after the "
                      "last",
        """
        select 'chat ' || c.chat_id as subject,
            c.last_seq || ', words ' || count(m.seq) || ' up to ' || coalesce(max(m.seq), 0) as detail
        from chat c left join chat_message m on m.bkt = c.bkt and m.chat_id = c.chat_id
        group by c.bkt, c.chat_id, c.last_seq having c.last_seq <> count(m.seq) or c.last_seq <> coalesce(max(m.seq), 0)
        """,
    ),
    invariant(
        "chat.copies", "the shop's copy of every conversation is as new as the conversation, unless the fact is on "
                       "its way",
        """
        select 'chat ' || c.chat_id as subject, c.version || ' <> ' || coalesce(s.version, 0) as detail
        from chat c left join shop_chat s on s.chat_id = c.chat_id
        where c.last_seq > 0 and c.version is distinct from s.version and not exists (
            select 1 from fact_outbox f where f.owner_id = c.chat_id and f.delivered_at is null)
        """,
    ),
)  # fmt: skip
