"""Who asks, in which language, about which thing: what every handler needs to know of a request."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from litestar.connection import ASGIConnection, Request
from litestar.datastructures import State

from datong.adapters import Adapters
from datong.commerce.member import find_session
from datong.commerce.merchant import list_member_shop_roles
from datong.kernel.actor import Actor
from datong.kernel.cache import TtlCache
from datong.kernel.ids import BUCKETS, MAX_ID, is_id
from datong.kernel.refusal import NotFound
from datong.kernel.tx import Db, Tx
from datong.settings import Settings
from datong.surfaces.language import LANGUAGES, Language
from datong.surfaces.window import Windows


class SignedIn(msgspec.Struct, frozen=True):
    """Whoever a token stands for, and until when."""

    actor: Actor
    expires_at: datetime


AnyRequest = Request[Any, Any, State]
AnyConnection = ASGIConnection[Any, Any, Any, State]
API = "/api/"
COOKIE = "datong_session"
DEFAULT_REGION = "31"
"""Where goods go as long as nobody said where."""
LANGUAGE_COOKIE = "datong_language"


def db_of(request: AnyConnection) -> Db:
    """The database of this process."""
    return adapters_of(request).db


def adapters_of(request: AnyConnection) -> Adapters:
    """The plugs of this process."""
    found: Adapters = request.app.state.adapters
    return found


def settings_of(request: AnyConnection) -> Settings:
    """The settings of this process."""
    found: Settings = request.app.state.settings
    return found


def read_id(text: str, thing: str = "thing") -> int:
    """An id out of an address or a body; what cannot be one refers to nothing: `NotFound`."""
    if not text.isascii() or not text.isdigit() or len(text) > 19 or not is_id(int(text)):  # noqa: PLR2004 - digits of the largest 63-bit id
        raise NotFound(thing, text[:40])
    return int(text)


def token_of(request: AnyConnection) -> str:
    """The one token by which a request acts: the bearer's at the API's addresses, the cookie's at every other.

    Rights, guards, handlers and the log of acts all ask here, so that no header or cookie beside the right one can make
    one of them see somebody else.
    """
    if not request.scope["path"].startswith(API):
        return request.cookies.get(COOKIE, "")
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def actor_of(tx: Tx, token: str, secret: str, *, is_fresh: bool = False) -> Actor:
    """Whoever a token stands for: a member with its rights, a guest, or a guest without a cart (id 0).

    Unless it is to be fresh, it may be two seconds old: what another process ends or takes away is over by then.
    """
    if token.startswith("g."):
        return Actor(read_guest(token, secret))
    if is_fresh:
        SIGNED_IN.forget(token)
    known = (await SIGNED_IN.get_many(tx, [token])).get(token) if token else None
    return known.actor if known and known.expires_at > tx.now else Actor(0)


def is_known(request: AnyConnection, token: str) -> bool:
    """Whether this process saw within two seconds whom a token stands for; asks no database."""
    db = db_of(request)
    now = db.now()
    known = SIGNED_IN.peek(db, now, token)
    return known is not None and known.expires_at > now


async def _read_signed_in(tx: Tx, tokens: list[str]) -> dict[str, SignedIn]:
    found: dict[str, SignedIn] = {}
    for token in tokens:
        if session := await find_session(tx, token):
            duties = await list_member_shop_roles(tx, session.member_id)
            rights = {duty.shop_id: tx.house.rights_of(duty.role) for duty in duties}
            operator_rights: frozenset[str] = frozenset()
            for centre in session.centres or ():
                operator_rights |= tx.house.rights_of(centre)
            actor = Actor(session.member_id, "member", rights, operator_rights)
            found[token] = SignedIn(actor, session.expires_at)
    return found


SIGNED_IN = TtlCache(_read_signed_in)
"""Who is signed in under which token; whoever ends a session here has it forgotten."""


async def actor_of_request(request: AnyRequest, tx: Tx, *, is_fresh: bool = False) -> Actor:
    """Who asks for a page, sent a form or calls the API; staff's pages ask for fresh rights."""
    return await actor_of(tx, token_of(request), settings_of(request).secret, is_fresh=is_fresh)


async def sender(request: AnyRequest, *, is_fresh: bool = False) -> Actor:
    """Who sent a form, for a handler that then acts in transactions of its own."""
    async with db_of(request).read() as tx:
        return await actor_of_request(request, tx, is_fresh=is_fresh)


def make_guest(db_id: int, secret: str) -> str:
    """The token of a guest: its id, signed, so that nobody can take another guest's cart."""
    return f"g.{db_id}.{_sign(db_id, secret)}"


def read_guest(token: str, secret: str) -> int:
    """The guest's id, or 0 for a token that is not ours."""
    parts = token.split(".")
    if len(parts) != 3 or not parts[1].isascii() or not parts[1].isdigit() or int(parts[1]) > MAX_ID:  # noqa: PLR2004 - id, time and signature
        return 0
    is_ours = parts[2].isascii() and hmac.compare_digest(parts[2], _sign(int(parts[1]), secret))
    return int(parts[1]) if is_ours else 0


def new_guest_bucket() -> int:
    """A guest's cart may live anywhere."""
    return secrets.randbelow(BUCKETS)


def _sign(guest_id: int, secret: str) -> str:
    return hmac.new(secret.encode(), f"guest:{guest_id}".encode(), hashlib.sha256).hexdigest()[:32]


def windows_of(request: AnyConnection) -> Windows:
    """What the rooms of this installation show."""
    found: Windows = request.app.state.windows
    return found


def language_of(request: AnyConnection) -> Language:
    """The language chosen, else the first one asked for that we speak, else English.

    It carries the installation's words.
    """
    return windows_of(request).words.in_language(_chosen_language(request))


def _chosen_language(request: AnyConnection) -> str:
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    for part in request.headers.get("accept-language", "").split(","):
        spoken = part.split(";")[0].strip().lower()[:2]
        if spoken in LANGUAGES:
            return spoken
    return "en"


def client_address(request: AnyConnection) -> str:
    """The network address of the client, as the server was told it."""
    return request.client.host if request.client else ""


def pick(texts: Mapping[str, str], language: str) -> str:
    """A text in a language, else in English, else in whatever there is."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
