"""Notices: what has happened that concerns a member or a shop, kept for a while, and who wants to hear of what."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from datong.commerce.rulebook import Parameter, get_rules
from datong.kernel.actor import Actor
from datong.kernel.cache import TtlCache
from datong.kernel.fact import AnyReaction, Fact, on_all
from datong.kernel.house import House, Port
from datong.kernel.ids import bucket_of
from datong.kernel.paging import Page, clamp_limit, decode_cursor, make_page
from datong.kernel.refusal import Invalid
from datong.kernel.sql import changed_value, command, rows
from datong.kernel.tx import Db, Tx
from datong.kernel.use_case import use_case

KEEP_DAYS = Parameter("messaging.notice_days", int, 90, "DESIGN", bounds=(1, 3_650))


class NoticeKind(Port, frozen=True, kw_only=True):
    """A kind of notice that a room sends. `key` is its name; `right` is what staff need to see a shop's."""

    side: str
    """`member` or `shop`."""
    right: str = ""


class Notice(msgspec.Struct, frozen=True):
    """Something that happened, with the ids it is about."""

    notice_id: int
    owner_id: int
    kind: str
    body: dict[str, object]
    happened_at: datetime


class NotificationDraft(msgspec.Struct, frozen=True):
    """Something to be noted for a member or a shop."""

    owner_id: int
    kind: str
    body: dict[str, Any]


class Unread(msgspec.Struct, frozen=True):
    """How much a member has not seen (each counted up to a hundred)."""

    member_id: int
    notices: int
    chats: int


class _Setting(msgspec.Struct, frozen=True):
    kind: str
    is_on: bool


PUT = changed_value(
    int, "select notice_put($1, $2, $3::integer[], $4::bigint[], $5::bigint[], $6::text[], $7::jsonb[])"
)
LIST = rows(
    Notice,
    """
    select notice_id, owner_id, kind, body, happened_at from notice
    where bkt = $1 and owner_id = $2 and notice_id < $3 and kind = any($4) order by notice_id desc limit $5
    """,
)
SETTINGS = rows(_Setting, "select kind, is_on from notice_setting where bkt = $1 and member_id = $2 limit 100")
SET = command(
    """
    insert into notice_setting (bkt, member_id, kind, is_on) values ($1, $2, $3, $4)
    on conflict (bkt, member_id, kind) do update set is_on = excluded.is_on
    """
)
SEE = command(
    """
    insert into notice_mark as m (bkt, reader_id, owner_id, seen_id) values ($1, $2, $3, $4)
    on conflict (bkt, reader_id, owner_id) do update set seen_id = greatest(m.seen_id, excluded.seen_id)
    """
)
UNREAD = rows(
    Unread,
    """
    select w.member_id, (
        select count(*) from (
            select 1 from notice n where n.bkt = w.bkt and n.owner_id = w.member_id and n.notice_id > coalesce((
                select seen_id from notice_mark m
                where m.bkt = w.bkt and m.reader_id = w.member_id and m.owner_id = w.member_id), 0)
              and not exists (
                select 1 from notice_setting s
                where s.bkt = w.bkt and s.member_id = w.member_id and s.kind = n.kind and not s.is_on)
            limit 100) as counted) as notices, (
        select count(*) from (
            select 1 from chat c where c.bkt = w.bkt and c.member_id = w.member_id and c.last_seq > c.buyer_seen
                limit 100)
        as counted) as chats
    from unnest($1::integer[], $2::bigint[]) as w (bkt, member_id)
    """,
)
PRUNE = command("delete from notice where happened_at < $1")


def kinds_of(house: House, side: str) -> dict[str, NoticeKind]:
    """The kinds of notices that members, or shops, are sent in this house, by name."""
    return {name: kind for name, kind in house.ports(NoticeKind).items() if kind.side == side}


def notify_on(fact: type[Any], drafts: Callable[[Any], Iterable[NotificationDraft]], *, name: str = "") -> AnyReaction:
    """A reaction that notifies whoever a fact concerns, once; a draft whose owner is 0 is dropped.

    `name` is kept in the inbox of facts: reactions of the first releases keep theirs (`first_name`).
    """

    def concerned(each: Any) -> list[NotificationDraft]:  # noqa: ANN401 - any fact
        return [draft for draft in drafts(each) if draft.owner_id]

    async def notify_concerned(tx: Tx, facts: Sequence[Any]) -> None:
        await notify(tx, [draft for each in facts for draft in concerned(each)])

    reaction = on_all(fact, writes=lambda each: [bucket_of(draft.owner_id) for draft in concerned(each)])(
        notify_concerned
    )
    reaction.name = name or f"{drafts.__module__.removeprefix('datong.')}.notify_{fact.__name__}"
    return reaction


def first_name(fact: type[Fact]) -> str:
    """The name under which notices of this fact were delivered before rooms declared their own."""
    return f"commerce.messaging.reactions.tell_{fact.__name__}"


async def notify(tx: Tx, news: Sequence[NotificationDraft]) -> None:
    """Note what happened for members and shops; called in a reaction, whose effect happens once.

    Only what belongs in this transaction's buckets is written.
    """
    mine = [each for each in news if bucket_of(each.owner_id) in tx.buckets]
    if unknown := {each.kind for each in mine} - tx.house.ports(NoticeKind).keys():
        msg = f"{sorted(unknown)} are no kinds of notices"
        raise ValueError(msg)
    if mine:
        buckets = [bucket_of(each.owner_id) for each in mine]
        await tx.one(
            PUT, buckets[0], tx.now, buckets, [tx.new_id(bucket) for bucket in buckets],
            [each.owner_id for each in mine], [each.kind for each in mine], [each.body for each in mine],
        )  # fmt: skip


async def _read_unread(tx: Tx, member_ids: list[int]) -> dict[int, Unread]:
    found = await tx.all(UNREAD, [bucket_of(each) for each in member_ids], member_ids)
    return {each.member_id: each for each in found}


UNREADS = TtlCache(_read_unread)


async def count_unread(tx: Tx, actor: Actor) -> Unread:
    """What a member has not seen; at most two seconds old. Nothing for a guest."""
    if not actor.is_member:
        return Unread(0, 0, 0)
    return (await UNREADS.get_many(tx, [actor.id]))[actor.id]


async def get_settings(tx: Tx, actor: Actor) -> dict[str, bool]:
    """Which kinds a member wants to hear of; all, unless it has said otherwise."""
    actor.must("member:notice:read", actor.id)
    said = {each.kind: each.is_on for each in await tx.all(SETTINGS, actor.bucket, actor.id)}
    return {kind: said.get(kind, True) for kind in tx.house.ports(NoticeKind)}


@use_case("actor")
async def set_notices(tx: Tx, actor: Actor, chosen: Mapping[str, bool]) -> None:
    """Be notified of these kinds, or no longer. Raises `Invalid` for an unknown kind."""
    actor.must("member:notice:edit", actor.id)
    kinds = tx.house.ports(NoticeKind)
    if unknown := chosen.keys() - kinds.keys():
        raise Invalid("kind", f"{', '.join(sorted(unknown))} not among {', '.join(kinds)}")
    for kind, is_on in sorted(chosen.items()):
        await tx.run(SET, actor.bucket, actor.id, kind, is_on)
    UNREADS.forget(actor.id)


async def list_notices(tx: Tx, actor: Actor, shop_id: int = 0, cursor: str = "", limit: int = 30) -> Page[Notice]:
    """The actor's own notices, or those of a shop that its role there is for; without the kinds it does not want."""
    settings = await get_settings(tx, actor)
    if shop_id:
        actor.must("shop:shop:read", shop_id)
        kinds = [name for name, kind in kinds_of(tx.house, "shop").items() if actor.may(f"shop:{kind.right}", shop_id)]
    else:
        kinds = list(kinds_of(tx.house, "member"))
    (before,) = decode_cursor(cursor, [2**63 - 1])
    owner_id, wanted = shop_id or actor.id, [kind for kind in kinds if settings[kind]]
    found = await tx.all(LIST, bucket_of(owner_id), owner_id, before, wanted, clamp_limit(limit) + 1)
    return make_page(found, limit, lambda each: [each.notice_id])


@use_case("actor")
async def mark_notices_seen(tx: Tx, actor: Actor, owner_id: int, notice_id: int) -> None:
    """The actor has seen its own (or its shop's) notices up to this one."""
    actor.must("member:notice:read", actor.id)
    await tx.run(SEE, actor.bucket, actor.id, owner_id, notice_id)
    UNREADS.forget(actor.id)


async def forget_old_notices(db: Db) -> int:
    """Forget what is older than notices are kept."""
    async with db.begin() as tx:
        days = (await get_rules(tx)).value(KEEP_DAYS, tx.now)
        return await tx.run(PRUNE, tx.now - timedelta(days=days))
