"""/operator/storefronts: the brands of the platform, for operators."""

from typing import Annotated, Any

import msgspec
from litestar import get, post, put

from datong.commerce import rulebook, storefront
from datong.commerce.storefront import Look, Storefront, StorefrontDraft, StorefrontState
from datong.kernel.tx import Tx
from datong.surfaces.api_context import Key, PathId, asker, must_have_key, who
from datong.surfaces.api_views import Texts
from datong.surfaces.request_context import AnyRequest, db_of, read_id


class LookView(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Colours as `#rrggbb`; one that is left empty follows from the accent."""

    accent: str
    accent_soft: str = ""
    accent_text: str = ""
    ground: str = ""
    banner: str = ""
    dark_soft: str = ""
    dark_text: str = ""
    dark_ground: str = ""


class StorefrontPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A storefront: its address (`code`), names and taglines in both languages, money, days, languages and colours."""

    code: str
    names: Texts
    taglines: Texts
    currency: str
    look: LookView
    time_zone: str = "Asia/Shanghai"
    languages: list[str] = msgspec.field(default_factory=lambda: list(storefront.LANGUAGES))


class StorefrontChange(StorefrontPut, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same, on condition that nobody has changed it since `version` was read."""

    version: Annotated[int, msgspec.Meta(ge=1)]


class StorefrontMove(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """LIVE, PAUSED or CLOSED, on condition that nobody has changed it since `version` was read."""

    state: StorefrontState
    version: Annotated[int, msgspec.Meta(ge=1)]


class OperatedStorefront(msgspec.Struct, frozen=True):
    """A storefront as operators see it."""

    id: str
    code: str
    names: Texts
    taglines: Texts
    currency: str
    time_zone: str
    languages: list[str]
    state: str
    version: int
    look: LookView


class RuleInForce(msgspec.Struct, frozen=True):
    """A parameter that may be set for a storefront: its value there, and whose decision that is."""

    name: str
    value: Any
    scope_kind: str
    """`storefront`: decided for this one; `platform`: what holds wherever nothing narrower was decided."""
    version: int
    """Of the rulebook; 0: the default."""
    source: str


class ChangedView(msgspec.Struct, frozen=True):
    """The storefront's id and version after what was done."""

    id: str
    version: int


def _view(each: Storefront) -> OperatedStorefront:
    look = LookView(**msgspec.structs.asdict(each.colours))
    return OperatedStorefront(
        str(each.storefront_id), each.code, each.names, each.taglines, each.currency, each.time_zone, each.languages,
        each.state, each.version, look,
    )  # fmt: skip


def _draft(data: StorefrontPut) -> StorefrontDraft:
    return StorefrontDraft(
        data.code, data.names, data.taglines, data.currency, data.time_zone, data.languages,
        Look(**msgspec.structs.asdict(data.look)),
    )  # fmt: skip


async def _read(request: AnyRequest, tx: Tx) -> storefront.Storefronts:
    (await who(request, tx)).must("operator:storefront:edit")
    return await storefront.get_storefronts(tx)


@get("/operator/storefronts", tags=["operating"])
async def storefronts(request: AnyRequest) -> list[OperatedStorefront]:
    """Every storefront, drafts and closed ones too."""
    async with db_of(request).read() as tx:
        return [_view(each) for each in (await _read(request, tx)).all]


@get("/operator/storefronts/{storefront_id:str}", tags=["operating"])
async def one(request: AnyRequest, storefront_id: PathId) -> OperatedStorefront:
    """One storefront."""
    async with db_of(request).read() as tx:
        return _view((await _read(request, tx)).get(read_id(storefront_id, "storefront")))


@get("/operator/storefronts/{storefront_id:str}/parameters", tags=["operating"])
async def parameters(request: AnyRequest, storefront_id: PathId) -> list[RuleInForce]:
    """What may be set for it and is in force in it; set one with `PUT /operator/parameters/{name}`."""
    async with db_of(request).read() as tx:
        each = (await _read(request, tx)).get(read_id(storefront_id, "storefront"))
        found = []
        for name, parameter in sorted(tx.house.parameters.items()):
            if "storefront" in parameter.scopes:
                row = await rulebook.find_in_force(tx, name, "storefront", each.storefront_id)
                found.append(RuleInForce(name, row.value, row.scope_kind, row.version, parameter.source))
        return found


@post("/operator/storefronts", tags=["operating"])
async def open_one(request: AnyRequest, data: StorefrontPut, key: Key = None) -> ChangedView:
    """Draft a storefront, once for each `Idempotency-Key`; staff alone see it until it is LIVE."""
    db, actor = await asker(request)
    made = await db.run(storefront.open_storefront, actor, _draft(data), must_have_key(key))
    return ChangedView(str(made), 1)


@put("/operator/storefronts/{storefront_id:str}", tags=["operating"])
async def change(request: AnyRequest, storefront_id: PathId, data: StorefrontChange, key: Key = None) -> ChangedView:
    """Change a storefront, once for each `Idempotency-Key`; code, currency and time zone only before it is LIVE."""
    db, actor = await asker(request)
    each = read_id(storefront_id, "storefront")
    version = await db.run(storefront.change_storefront, actor, each, data.version, _draft(data), must_have_key(key))
    return ChangedView(str(each), version)


@post("/operator/storefronts/{storefront_id:str}/state", status_code=200, tags=["operating"])
async def move(request: AnyRequest, storefront_id: PathId, data: StorefrontMove, key: Key = None) -> ChangedView:
    """Lead a storefront on: live, paused, live again, closed for good; once for each `Idempotency-Key`."""
    db, actor = await asker(request)
    each = read_id(storefront_id, "storefront")
    version = await db.run(storefront.move_storefront, actor, each, data.version, data.state, must_have_key(key))
    return ChangedView(str(each), version)


HANDLERS = [storefronts, one, parameters, open_one, change, move]
