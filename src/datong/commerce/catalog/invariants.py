"""Invariants of imports."""

from datong.kernel.house import Invariant
from datong.kernel.invariants import invariant

ALL: tuple[Invariant, ...] = (
    invariant(
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
