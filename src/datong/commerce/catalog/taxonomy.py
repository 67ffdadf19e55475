"""Verticals, the category tree and the attributes bound to it."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

import msgspec

from datong.kernel.actor import Actor
from datong.kernel.cache import CachedTable, TtlCache
from datong.kernel.refusal import Invalid, NotFound
from datong.kernel.sql import command, rows, value
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

ALL_CATEGORIES = 0
"""The shelf on which everything stands."""


class Vertical(msgspec.Struct, frozen=True):
    """An industry with its own team: apparel, fresh food. `emblem` names its picture."""

    vertical_id: int
    code: str
    names: dict[str, str]
    emblem: str


class Category(msgspec.Struct, frozen=True):
    """One node of the tree; `ref` is its stable name in imports."""

    category_id: int
    parent_id: int
    vertical_id: int
    ref: str
    names: dict[str, str]
    is_leaf: bool


class CategoryDraft(msgspec.Struct, frozen=True):
    """A category by references; `parent` is empty for a root, which names its vertical."""

    ref: str
    parent: str
    names: dict[str, str]
    vertical: str = ""


class Attribute(msgspec.Struct, frozen=True):
    """A property of products: a choice among values, text, a number with a unit, or a flag."""

    attribute_id: int
    ref: str
    names: dict[str, str]
    kind: str
    unit: str


class AttributeValue(msgspec.Struct, frozen=True):
    """One of the values of a choice."""

    value_id: int
    attribute_id: int
    ref: str
    names: dict[str, str]


class AttributeDraft(msgspec.Struct, frozen=True):
    """An attribute and, for a choice, its values by reference."""

    ref: str
    names: dict[str, str]
    kind: str = "text"
    unit: str = ""
    values: dict[str, dict[str, str]] = {}


class Binding(msgspec.Struct, frozen=True):
    """An attribute of a category: must it be given, does it make the SPU, does it make SKUs."""

    category_id: int
    attribute_id: int
    is_required: bool
    is_key: bool
    is_sale: bool
    ref: str
    names: dict[str, str]
    kind: str
    unit: str


VERTICALS = rows(Vertical, "select vertical_id, code, names, emblem from vertical order by vertical_id")
CATEGORIES = rows(
    Category,
    "select category_id, parent_id, vertical_id, ref, names, is_leaf from category order by category_id",
)
BINDINGS = rows(
    Binding,
    """
    select b.category_id, b.attribute_id, b.is_required, b.is_key, b.is_sale, a.ref, a.names, a.kind, a.unit
    from category_attribute b join attribute a using (attribute_id)
    where b.category_id = any($1) order by b.place, b.attribute_id
    """,
)
VALUES = rows(
    AttributeValue,
    "select value_id, attribute_id, ref, names from attribute_value where attribute_id = any($1) order by value_id",
)
PUT_VERTICALS = command(
    """
    insert into vertical (vertical_id, code, names, emblem)
    select * from unnest($1::bigint[], $2::text[], $3::jsonb[], $4::text[])
    on conflict (vertical_id) do update set names = excluded.names, emblem = excluded.emblem
    """
)
PUT_CATEGORIES = command(
    """
    insert into category (category_id, parent_id, vertical_id, ref, names, is_leaf)
    select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::jsonb[], $6::boolean[])
    on conflict (category_id) do update set names = category.names || excluded.names, is_leaf = excluded.is_leaf,
        parent_id = excluded.parent_id, vertical_id = excluded.vertical_id
    """
)
QUEUE_CHANGES = command(
    """
    insert into category_change (category_id, after_bkt, after_product, due_at)
    select category_id, -1, 0, $2 from unnest($1::bigint[]) as c (category_id)
    on conflict (category_id) do update set after_bkt = -1, after_product = 0, due_at = $2
    """
)
TREE_AGE = 30.0
"""Seconds that a process may go on with the tree as it was."""
LAST_ATTRIBUTE = value(int, "select coalesce(max(attribute_id), 0) from attribute")
LAST_VALUE = value(int, "select coalesce(max(value_id), 0) from attribute_value")
ALL_ATTRIBUTES = rows(Attribute, "select attribute_id, ref, names, kind, unit from attribute where ref = any($1)")
PUT_ATTRIBUTES = command(
    """
    insert into attribute (attribute_id, ref, names, kind, unit)
    select * from unnest($1::bigint[], $2::text[], $3::jsonb[], $4::text[], $5::text[])
    on conflict (ref) do update set names = attribute.names || excluded.names
    """
)
PUT_VALUES = command(
    """
    insert into attribute_value (value_id, attribute_id, ref, names)
    select $1 + row_number() over (), v.attribute_id, v.ref, v.names
    from unnest($2::bigint[], $3::text[], $4::jsonb[]) as v (attribute_id, ref, names)
    on conflict (attribute_id, ref) do update set names = attribute_value.names || excluded.names
    """
)
PUT_BINDINGS = command(
    """
    insert into category_attribute (category_id, attribute_id, is_required, is_key, is_sale, place)
    select * from unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::boolean[], $5::boolean[], $6::integer[])
    on conflict (category_id, attribute_id) do update set
        is_required = excluded.is_required, is_key = excluded.is_key, is_sale = excluded.is_sale
    """
)
LOCK = command("lock table category, attribute, attribute_value in share row exclusive mode")


class CategoryBook:
    """All verticals and categories in memory."""

    def __init__(self, verticals: Iterable[Vertical], categories: Iterable[Category]) -> None:
        self.verticals = {each.vertical_id: each for each in verticals}
        self.vertical_by_code = {each.code: each for each in self.verticals.values()}
        self.by_id = {each.category_id: each for each in categories}
        self.by_ref = {each.ref: each for each in self.by_id.values()}
        self._children: dict[int, list[Category]] = {}
        for each in self.by_id.values():
            self._children.setdefault(each.parent_id, []).append(each)

    def get(self, category_id: int) -> Category:
        """A category; refuses `NotFound`."""
        if category_id not in self.by_id:
            raise NotFound("category", category_id)
        return self.by_id[category_id]

    def children(self, category_id: int) -> list[Category]:
        """The categories right below one; 0 for the roots."""
        return self._children.get(category_id, [])

    def roots(self, vertical_id: int) -> list[Category]:
        """The root categories of a vertical."""
        return [each for each in self.children(0) if each.vertical_id == vertical_id]

    def path(self, category_id: int) -> list[Category]:
        """From the category itself up to its root."""
        path: list[Category] = []
        while category_id in self.by_id and len(path) < 20:  # noqa: PLR2004 - deeper is a cycle
            path.append(self.by_id[category_id])
            category_id = path[-1].parent_id
        return path


async def _read(tx: Tx) -> CategoryBook:
    return CategoryBook(await tx.all(VERTICALS), await tx.all(CATEGORIES))


BOOK = CachedTable(_read, max_age=TREE_AGE)


async def get_category_book(tx: Tx) -> CategoryBook:
    """The tree; at most half a minute behind another process's edit."""
    return await BOOK.get(tx)


async def list_bindings(tx: Tx, category_ids: Sequence[int]) -> tuple[list[Binding], dict[int, list[AttributeValue]]]:
    """The attributes bound to these categories, and the values of the choices among them."""
    found = await tx.all(BINDINGS, list(category_ids))
    choices = sorted({each.attribute_id for each in found if each.kind == "choice"})
    return found, await list_values(tx, choices)


async def _read_bound(
    tx: Tx, category_ids: list[int]
) -> dict[int, tuple[list[Binding], dict[int, list[AttributeValue]]]]:
    found, values = await list_bindings(tx, category_ids)
    bound: dict[int, tuple[list[Binding], dict[int, list[AttributeValue]]]] = {
        each: ([], values) for each in category_ids
    }
    for each in found:
        bound[each.category_id][0].append(each)
    return bound


BOUND = TtlCache(_read_bound, max_age=30.0)


async def get_bindings(tx: Tx, category_id: int) -> tuple[list[Binding], dict[int, list[AttributeValue]]]:
    """One category's, from this process's memory: at most half a minute behind another process's edit."""
    return (await BOUND.get_many(tx, [category_id]))[category_id]


@use_case()
async def save_verticals(tx: Tx, actor: Actor, verticals: Sequence[Vertical]) -> None:
    """Make or rename verticals."""
    actor.must("operator:category:edit")
    await tx.run(
        PUT_VERTICALS,
        [each.vertical_id for each in verticals],
        [each.code for each in verticals],
        [each.names for each in verticals],
        [each.emblem for each in verticals],
    )
    BOOK.forget()


@use_case()
async def save_categories(tx: Tx, actor: Actor, drafts: Sequence[CategoryDraft]) -> int:
    """Make, rename or move categories, parents before children; answers how many are new.

    Refuses `Invalid` for a parent or vertical that does not exist, or a parent that is below its child. Names of other
    languages are kept. Goods of what was renamed or moved follow once every process has the new tree.
    """
    actor.must("operator:category:edit")
    await tx.run(LOCK)
    book = await _read(tx)
    ids = {each.ref: each.category_id for each in book.by_id.values()}
    verticals = {each.ref: each.vertical_id for each in book.by_id.values()}
    parents = {draft.parent for draft in drafts} | {
        book.by_id[each.parent_id].ref for each in book.by_id.values() if each.parent_id in book.by_id
    }
    last, new = max(book.by_id, default=0), 0
    rows_: list[tuple[int, int, int, str, dict[str, str], bool]] = []
    for draft in drafts:
        if draft.parent and draft.parent not in ids:
            raise Invalid("parent", f"{draft.ref}: no category {draft.parent}")
        if not draft.parent and draft.vertical not in book.vertical_by_code:
            raise Invalid("vertical", f"{draft.ref}: no vertical {draft.vertical}")
        if draft.ref not in ids:
            last, new = last + 1, new + 1
            ids[draft.ref] = last
        verticals[draft.ref] = (
            verticals[draft.parent] if draft.parent else book.vertical_by_code[draft.vertical].vertical_id
        )
        parent_id = ids[draft.parent] if draft.parent else 0
        rows_.append(
            (ids[draft.ref], parent_id, verticals[draft.ref], draft.ref, draft.names, draft.ref not in parents)
        )
    if rows_:
        await tx.run(PUT_CATEGORIES, *(list(part) for part in zip(*rows_, strict=True)))
        await _tell_changes(tx, book, [row[0] for row in rows_])
    BOOK.forget()
    return new


async def _tell_changes(tx: Tx, before: CategoryBook, category_ids: Sequence[int]) -> None:
    """Have the goods of categories that are named or placed otherwise now follow; refuses `Invalid` for a circle."""
    after = await _read(tx)
    moved = [
        each for each in category_ids
        if each in before.by_id and _as_seen(before.by_id[each]) != _as_seen(after.by_id[each])
    ]  # fmt: skip
    if any(after.path(each)[-1].parent_id for each in moved):
        raise Invalid("parent", "a category below itself")
    if moved:
        await tx.run(QUEUE_CHANGES, moved, tx.now + timedelta(seconds=2 * TREE_AGE))


def _as_seen(each: Category) -> tuple[int, int, dict[str, str]]:
    return each.parent_id, each.vertical_id, each.names


@use_case()
async def save_attributes(tx: Tx, actor: Actor, drafts: Sequence[AttributeDraft]) -> dict[str, Attribute]:
    """Make or rename attributes and their values; answers them by reference."""
    actor.must("operator:category:edit")
    if not drafts:
        return {}
    await tx.run(LOCK)
    last = await tx.one(LAST_ATTRIBUTE)
    await tx.run(
        PUT_ATTRIBUTES,
        [last + place for place in range(1, len(drafts) + 1)],
        [each.ref for each in drafts],
        [each.names for each in drafts],
        [each.kind for each in drafts],
        [each.unit for each in drafts],
    )
    kept = {each.ref: each for each in await tx.all(ALL_ATTRIBUTES, [each.ref for each in drafts])}
    values = [(kept[each.ref].attribute_id, ref, names) for each in drafts for ref, names in each.values.items()]
    if values:
        last_value = await tx.one(LAST_VALUE)
        await tx.run(PUT_VALUES, last_value, *(list(part) for part in zip(*values, strict=True)))
    return kept


LIST_ATTRIBUTES = rows(
    Attribute,
    """
    select attribute_id, ref, names, kind, unit from attribute
    where attribute_id > $1 and ($2 = '' or ref ilike $2 or names::text ilike $2) order by attribute_id limit $3
    """,
)
UNBIND = command("delete from category_attribute where category_id = $1 and attribute_id = $2")


async def list_attributes(tx: Tx, words: str = "", after: int = 0, limit: int = 50) -> list[Attribute]:
    """Attributes with these words in their reference or a name, in order of their numbers."""
    pattern = f"%{words.replace('%', '').replace('_', '')}%" if words else ""
    return await tx.all(LIST_ATTRIBUTES, after, pattern, limit)


async def list_values(tx: Tx, attribute_ids: Sequence[int]) -> dict[int, list[AttributeValue]]:
    """The values of these attributes, by attribute."""
    found: dict[int, list[AttributeValue]] = {}
    for each in await tx.all(VALUES, list(attribute_ids)) if attribute_ids else []:
        found.setdefault(each.attribute_id, []).append(each)
    return found


@use_case()
async def unbind_attribute(tx: Tx, actor: Actor, category_id: int, attribute_id: int) -> None:
    """A category asks for an attribute no longer; what products said stays as it is."""
    actor.must("operator:category:edit")
    await tx.run(UNBIND, category_id, attribute_id)
    BOUND.forget(category_id)


@use_case()
async def save_bindings(tx: Tx, actor: Actor, bindings: Sequence[tuple[int, int, bool, bool, bool, int]]) -> None:
    """Bind attributes to categories: (category, attribute, is_required, is_key, is_sale, place)."""
    actor.must("operator:category:edit")
    if bindings:
        await tx.run(PUT_BINDINGS, *(list(part) for part in zip(*bindings, strict=True)))
    for each in bindings:
        BOUND.forget(each[0])
