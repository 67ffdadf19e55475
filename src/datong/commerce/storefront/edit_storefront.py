"""Opening a storefront, changing it, and leading it through its life. A right of the platform centre.

Writes are conditional on the version that the operator looked at, so that two of them never overwrite each other, and
once for each request key. Every process reads the table again within two seconds.
"""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from datong.commerce.storefront.currencies import check_currency
from datong.commerce.storefront.look import Look, complete_look
from datong.commerce.storefront.queries import STOREFRONTS, Storefront
from datong.commerce.storefront.states import (
    MOVES,
    SETTLING_SECONDS,
    StillSettling,
    StorefrontInUse,
    StorefrontState,
    StorefrontUse,
    WrongStorefrontState,
)
from datong.kernel.actor import Actor
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.request import KeyReused, check_key, hash_of
from datong.kernel.sql import command, rows, value
from datong.kernel.turns import take_turn
from datong.kernel.tx import Tx
from datong.kernel.use_case import use_case

RIGHT = "operator:storefront:edit"
LANGUAGES = ("en", "zh")
"""What the pages of the platform are written in."""
MAX_NAME, MAX_TAGLINE, MAX_STOREFRONTS = 40, 120, 100
RESERVED = frozenset({"all", "api", "console", "new", "workbench"})
"""Codes that would be taken for something else where a storefront is named."""
_CODE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_CODE_LENGTH = range(3, 31)
_TURN = 0x7374_6F72
"""Ids are counted up one storefront after another."""


class CodeTaken(Conflict):
    """Another storefront has this address, or had it."""

    code = "storefront.code_taken"


class ChangedMeanwhile(Conflict):
    """Somebody else changed the storefront after it was looked at."""

    code = "storefront.changed_meanwhile"

    def __init__(self, version: int) -> None:
        self.version = version


class TooManyStorefronts(Conflict):
    """Every page names all storefronts, so there are at most a hundred."""

    code = "storefront.too_many"


class StorefrontDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator says of a storefront. Names and taglines by language; the look is completed and checked."""

    code: str
    names: dict[str, str]
    taglines: dict[str, str]
    currency: str
    time_zone: str = "Asia/Shanghai"
    languages: list[str] = msgspec.field(default_factory=lambda: list(LANGUAGES))
    look: Look = Look()


class _Known(msgspec.Struct, frozen=True):
    code: str
    currency: str
    time_zone: str
    state: str
    state_since: datetime
    version: int
    changed_key: str
    changed_body: str


class Asked(msgspec.Struct, frozen=True):
    """What a request key was used for last, and what was answered."""

    answer: int
    body: str

    def answer_to(self, body: str) -> int:
        """The answer, if the same is asked again; refuses `KeyReused` otherwise."""
        if self.body != body:
            raise KeyReused
        return self.answer


FOUND = command(
    """
    insert into storefront (storefront_id, code, names, taglines, currency, time_zone, languages, theme, place, look)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing
    """
)
OPENED = rows(
    Asked, "select storefront_id as answer, opened_body as body from storefront where opened_key = $1 limit 1"
)
NEXT = value(int, "select coalesce(max(storefront_id), 0) + 1 from storefront")
PUT = command(
    """
    insert into storefront (storefront_id, code, names, taglines, currency, time_zone, languages, theme, place, state,
                            state_since, look, opened_key, opened_body)
    values ($1, $2, $3, $4, $5, $6, $7, 'own', $1::bigint, 'DRAFT', $8, $9, $10, $11)
    """
)
LOCK = rows(
    _Known,
    """
    select code, currency, time_zone, state, state_since, version, changed_key, changed_body
    from storefront where storefront_id = $1 for update
    """,
)
CHANGE = command(
    """
    update storefront set code = $2, names = $3, taglines = $4, currency = $5, time_zone = $6, languages = $7,
        look = $8, changed_key = $9, changed_body = $10, version = version + 1
    where storefront_id = $1
    """
)
TAKEN = value(int, "select storefront_id from storefront where code = $1 and storefront_id <> $2")
MOVE = command(
    """
    update storefront set state = $2, state_since = $3, changed_key = $4, changed_body = $5, version = version + 1
    where storefront_id = $1
    """
)


async def found_storefront(tx: Tx, actor: Actor, brand: Storefront, place: int) -> None:
    """One of those that an installation begins with, live at once; one that is there stays as it was made since."""
    actor.must(RIGHT)
    await tx.run(
        FOUND, brand.storefront_id, brand.code, brand.names, brand.taglines, brand.currency, brand.time_zone,
        brand.languages, brand.theme, place, msgspec.to_builtins(brand.colours),
    )  # fmt: skip
    STOREFRONTS.forget()


@use_case()
async def open_storefront(tx: Tx, actor: Actor, draft: StorefrontDraft, request_key: str) -> int:
    """Draft a storefront, which staff alone see; answers its id, the same for the same key.

    Its rules are those of the whole platform until parameters of the rulebook are set for it. Refuses `CodeTaken`,
    `TooManyStorefronts`, `ExponentUnsupported`, `LookUnreadable`, `Invalid`.
    """
    actor.must(RIGHT)
    look = _checked(draft)
    await take_turn(tx, _TURN)
    storefront_id = await tx.one(NEXT)
    key, body = _key_of(actor, request_key), hash_of(draft).hex()
    if before := await tx.maybe(OPENED, key):
        return before.answer_to(body)
    if storefront_id > MAX_STOREFRONTS:
        raise TooManyStorefronts
    if await tx.maybe(TAKEN, draft.code, storefront_id):
        raise CodeTaken
    await tx.run(
        PUT, storefront_id, draft.code, draft.names, draft.taglines, draft.currency, draft.time_zone, draft.languages,
        tx.now, msgspec.to_builtins(look), key, body,
    )  # fmt: skip
    STOREFRONTS.forget()
    return storefront_id


@use_case()
async def change_storefront(
    tx: Tx, actor: Actor, storefront_id: int, version: int, draft: StorefrontDraft, request_key: str
) -> int:
    """Change what it says and looks like; answers its new version, the same for the same key.

    Address, currency and time zone are fixed once it has been live: orders, days and links hang on them. Refuses
    `ChangedMeanwhile` for another version than the present one, `CodeTaken`, and as `open_storefront` does.
    """
    actor.must(RIGHT)
    look = _checked(draft)
    key, body = _key_of(actor, request_key), hash_of(["change", version, draft]).hex()
    known = await _lock(tx, storefront_id)
    if known.changed_key == key:
        return Asked(known.version, known.changed_body).answer_to(body)
    _check_version(known, version)
    if known.state == StorefrontState.CLOSED:
        raise WrongStorefrontState(known.state)
    fixed = (known.code, known.currency, known.time_zone)
    if known.state != StorefrontState.DRAFT and fixed != (draft.code, draft.currency, draft.time_zone):
        raise Invalid("code, currency, time_zone", "fixed once the storefront has been live")
    await take_turn(tx, _TURN)
    if await tx.maybe(TAKEN, draft.code, storefront_id):
        raise CodeTaken
    await tx.run(
        CHANGE, storefront_id, draft.code, draft.names, draft.taglines, draft.currency, draft.time_zone,
        draft.languages, msgspec.to_builtins(look), key, body,
    )  # fmt: skip
    STOREFRONTS.forget()
    return version + 1


@use_case()
async def move_storefront(
    tx: Tx, actor: Actor, storefront_id: int, version: int, state: StorefrontState, request_key: str
) -> int:
    """Make it live, pause it, or close it for good; answers its new version, the same for the same key.

    Refuses `ChangedMeanwhile`, `WrongStorefrontState`, and for closing what traded `StillSettling` in the first minute
    of its pause and `StorefrontInUse` while a room above has something open in it.
    """
    actor.must(RIGHT)
    key, body = _key_of(actor, request_key), hash_of(["move", version, state]).hex()
    known = await _lock(tx, storefront_id)
    if known.changed_key == key:
        return Asked(known.version, known.changed_body).answer_to(body)
    _check_version(known, version)
    if state not in MOVES[StorefrontState(known.state)]:
        raise WrongStorefrontState(known.state)
    if state == StorefrontState.CLOSED and known.state == StorefrontState.PAUSED:
        left = known.state_since + timedelta(seconds=SETTLING_SECONDS) - tx.now
        if left > timedelta():
            raise StillSettling(int(left.total_seconds()) + 1)
        for each in tx.house.ports(StorefrontUse).values():
            if await each.is_open(tx, storefront_id):
                raise StorefrontInUse(each.key)
    await tx.run(MOVE, storefront_id, state, tx.now, key, body)
    STOREFRONTS.forget()
    return version + 1


def _key_of(actor: Actor, request_key: str) -> str:
    """A key belongs to whoever sends it. It is kept with the row: the last change's, and the opening's for good."""
    return f"{actor.id} {check_key(request_key)}"


async def _lock(tx: Tx, storefront_id: int) -> _Known:
    known = await tx.maybe(LOCK, storefront_id)
    if known is None:
        raise NotFound("storefront", storefront_id)
    return known


def _check_version(known: _Known, version: int) -> None:
    if known.version != version:
        raise ChangedMeanwhile(known.version)


def _checked(draft: StorefrontDraft) -> Look:
    """The completed look of a draft of which everything else fits, too."""
    if len(draft.code) not in _CODE_LENGTH or not _CODE.fullmatch(draft.code) or draft.code in RESERVED:
        raise Invalid("code", "3 to 30 small letters, digits and single dashes, beginning with a letter")
    check_currency(draft.currency)
    try:
        ZoneInfo(draft.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid("time_zone", "a name of the IANA database, like Europe/Berlin") from None
    if not draft.languages or len(set(draft.languages)) < len(draft.languages):
        raise Invalid("languages", "each once, at least one")
    if not set(draft.languages) <= set(LANGUAGES):
        raise Invalid("languages", "of " + ", ".join(LANGUAGES))
    for name, texts, least, most in (
        ("names", draft.names, 1, MAX_NAME), ("taglines", draft.taglines, 0, MAX_TAGLINE),
    ):  # fmt: skip
        if set(texts) != set(LANGUAGES):
            raise Invalid(name, "in " + ", ".join(LANGUAGES))
        if not all(least <= len(text.strip()) <= most and text.isprintable() for text in texts.values()):
            raise Invalid(name, f"{least} to {most} characters in each language")
    return complete_look(draft.look)
