"""Pages: one Jinja environment, what every page needs to know, and how a page is answered."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
from jinja2 import BytecodeCache, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from jinja2.bccache import Bucket
from litestar.response import Redirect, Response, Template
from markupsafe import Markup

from datong.bundle import find_icons
from datong.commerce import cart, messaging
from datong.commerce.member import REGIONS
from datong.commerce.storefront import NOWHERE, Storefront, get_storefronts
from datong.kernel.actor import Actor, SignInNeeded
from datong.kernel.refusal import NotFound
from datong.kernel.tx import Tx
from datong.settings import Settings
from datong.surfaces.language import (
    LANGUAGES,
    Language,
    duration,
    moment,
    money,
    number,
    price_parts,
    translate,
    translate_count,
    translate_in,
)
from datong.surfaces.request_context import AnyRequest, actor_of_request, language_of, pick, windows_of
from datong.surfaces.state_tones import HELP_TONES, tone_of
from datong.surfaces.window import Windows

HERE = Path(__file__).parent
ICONS = find_icons()


class _Icon(msgspec.Struct):
    body: str


class _Alias(msgspec.Struct):
    parent: str


class _Icons(msgspec.Struct):
    icons: dict[str, _Icon]
    aliases: dict[str, _Alias] = {}


@lru_cache(maxsize=1)
def _icons() -> dict[str, str]:
    if not ICONS.exists():
        return {}
    found = msgspec.json.decode(ICONS.read_bytes(), type=_Icons)
    bodies = {name: icon.body for name, icon in found.icons.items()}
    bodies |= {name: bodies[alias.parent] for name, alias in found.aliases.items() if alias.parent in bodies}
    return bodies


@cache
def asset(name: str) -> str:
    """The address of a static file of this release.

    Another content has another address, so no browser keeps an old one.
    """
    digest = hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def icon(name: str, own: Mapping[str, str] = MappingProxyType({})) -> Markup:
    """An icon of a room's own, or of Lucide (ISC, from npm), as inline SVG; nothing where the set is not installed."""
    body = own.get(name) or _icons().get(name, "")
    return Markup(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{body}</svg>')  # noqa: S704 - a package's own file


class PageContext(msgspec.Struct, frozen=True):
    """Someone looking at a page."""

    request: Any
    actor: Actor
    language: str
    brands: list[Storefront]
    pieces: int
    unread: messaging.Unread
    storefront: Storefront | None = None
    currency: str = NOWHERE.currency
    """Of the amounts of this page that do not say theirs: the storefront's it is about, else the first one's."""
    time_zone: str = NOWHERE.time_zone
    """In which this page says times; of the same storefront."""

    @property
    def windows(self) -> Windows:
        """What the rooms of this installation show."""
        return windows_of(self.request)

    def say(self, text: str) -> str:
        """A text of the page in the visitor's language."""
        return translate(text, self.language)

    def say_count(self, one: str, many: str, count: int, **details: object) -> str:
        """A text with a number in it, in the visitor's language."""
        return translate_count(one, many, count, self.language, **details)

    def must_be_member(self) -> None:
        """Go on only when logged in."""
        if not self.actor.is_member:
            raise SignInNeeded("member:page:read")


async def load_page_context(
    request: AnyRequest, tx: Tx, storefront: str = "", *, is_fresh: bool = False
) -> PageContext:
    """Who looks, in which language, with how much in the cart; staff's pages ask for fresh rights."""
    actor = await actor_of_request(request, tx, is_fresh=is_fresh)
    brands = await get_storefronts(tx)
    chosen = brands.get_by_code(storefront) if storefront else None
    if chosen and not chosen.is_shown and not actor.may("operator:storefront:edit"):
        raise NotFound("storefront", storefront[:40])
    pieces = await cart.count_pieces(tx, actor) if actor.id else 0
    unread = await messaging.count_unread(tx, actor)
    about = chosen or brands.home
    return PageContext(
        request, actor, _language(request, chosen), brands.shown, pieces, unread, chosen, about.currency,
        about.time_zone,
    )  # fmt: skip


def _language(request: AnyRequest, brand: Storefront | None) -> Language:
    """The visitor's language, or the first of a storefront's that is not shown in that."""
    language = language_of(request)
    if brand is None or language in brand.languages or language.words is None:
        return language
    return language.words.in_language(brand.languages[0])


def look_theme(brand: Storefront) -> str:
    """The name that a page's theme has in a storefront; its stylesheet gives it colours."""
    return f"s-{brand.storefront_id}"


def page(seen: PageContext, name: str, status_code: int = 200, **context: Any) -> Template:  # noqa: ANN401 - what pages show
    """A page for a visitor."""
    shared = shared_context(seen)
    if hidden := shared.keys() & context.keys():
        msg = f"{name} would hide {sorted(hidden)} that every page is given"
        raise ValueError(msg)
    return Template(name, context=context | shared, status_code=status_code)


def shared_context(seen: PageContext) -> dict[str, Any]:
    """What every template is given."""
    language, brand = seen.language, seen.storefront
    return {
        "visit": seen,
        "language": language,
        "theme": look_theme(brand) if brand else "all",
        "look": f"/storefronts/{brand.storefront_id}/look.css?v={brand.version}" if brand else "",
        "shown_languages": brand.languages if brand else list(LANGUAGES),
        "_": seen.say,
        "_n": seen.say_count,
        "_c": lambda context, text: translate_in(context, text, language),
        "pick": lambda texts: pick(texts, language),
        "money": lambda amount, currency="": money(amount, currency or seen.currency, language),
        "money_at": lambda *storefront_ids: partial(_money_in, currency_of(seen.brands, *storefront_ids), language),
        "number": lambda value: number(value, language),
        "moment": lambda value: moment(value, language, seen.time_zone),
        "duration": lambda seconds: duration(seconds, language),
        "remaining": lambda until, now: remaining(until, now, language),
        "path": seen.request.url.path,
        "query": seen.request.url.query,
    }


def _money_in(own: str, language: str, amount: int, currency: str = "") -> str:
    return money(amount, currency or own, language)


async def about_storefront(tx: Tx, seen: PageContext, storefront_id: int) -> PageContext:
    """The same page about things of a storefront: in its currency and time zone."""
    brand = (await get_storefronts(tx)).get(storefront_id)
    return msgspec.structs.replace(seen, currency=brand.currency, time_zone=brand.time_zone)


def currency_of(brands: Sequence[Storefront], *storefront_ids: int) -> str:
    """The currency of these storefronts' prices; the platform's own, if they have none in common or are not shown."""
    found = {each.currency for each in brands if each.storefront_id in storefront_ids}
    home = brands[0] if brands else NOWHERE
    return found.pop() if len(found) == 1 else home.currency


def redirect_to(path: str) -> Redirect:
    """After a deed: look at what it did."""
    return Redirect(path, status_code=303)


def answer_private(media_type: str, body: bytes, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """A file that someone handed in, for those who may see it: nothing in it is ever run, no cache keeps it."""
    guarded = {"cache-control": "private, no-store", "content-security-policy": "default-src 'none'; sandbox"}
    return Response(body, media_type=media_type, headers=guarded | dict(headers or {}))


def remaining(until: datetime, now: datetime, language: str) -> str:
    """How long until a clock runs out, in the two largest units."""
    seconds = max(0, int((until - now).total_seconds()))
    days, hours, minutes = seconds // 86_400, seconds // 3_600 % 24, seconds // 60 % 60
    if language == "zh":
        return f"{days}天{hours}小时" if days else f"{hours}小时{minutes}分" if hours else f"{minutes}分钟"
    return f"{days} d {hours} h" if days else f"{hours} h {minutes} min" if hours else f"{minutes} min"


def picture_set(address: str) -> Mapping[str, str]:
    """A picture's addresses: the town's and the merchants' come in three widths, others as they are."""
    if address.startswith(("/media/town/", "/pictures/")):
        sizes = ", ".join(f"{address}-{width}.webp {width}w" for width in (240, 480, 960))
        return {"src": f"{address}-480.webp", "srcset": sizes}
    return {"src": address, "srcset": ""}


class CompiledTemplates(BytecodeCache):
    """Compiles a template once in a process, however many applications show it; another text is compiled anew."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was kept for a template, if it was compiled of this text."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledTemplates()


def make_environment(settings: Settings, windows: Windows) -> Environment:
    """The environment of all templates, those of a room under its name: escaping, and a missing name is a bug."""
    rooms = {window.room: FileSystemLoader(window.templates) for window in windows.all if window.templates}
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(HERE / "templates"), PrefixLoader(rooms)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=COMPILED,
    )

    def emblem_of(code: str) -> str:
        """A vertical's picture, where the installation has one."""
        name = f"town/{code}-0-0-240.webp"
        return f"/media/{name}" if (settings.media_dir / name).exists() else ""

    environment.globals["emblem_of"] = emblem_of
    environment.filters["currency_of"] = currency_of
    environment.filters["short_amount"] = lambda text: text.removesuffix(".00")
    environment.filters["choice_of"] = lambda each, pick_: (each.ref, pick_(each.names))
    environment.globals.update(
        icon=partial(icon, own=windows.icons),
        asset=asset,
        price_parts=price_parts,
        picture_set=picture_set,
        regions=REGIONS,
        tone_of=tone_of,
        help_tones=HELP_TONES,
        is_demo=settings.is_demo,
    )
    return environment
