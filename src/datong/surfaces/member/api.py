"""/members, /sessions, /guests, /me, /addresses."""

from datetime import datetime

import msgspec
from litestar import delete, get, post, put

from datong.commerce import cart, member
from datong.commerce.merchant import list_member_shop_roles
from datong.surfaces.api_context import GIVES_TOKEN, PathId, shopper
from datong.surfaces.api_views import AddressView, Made, address_view
from datong.surfaces.request_context import (
    SIGNED_IN,
    AnyRequest,
    actor_of,
    client_address,
    db_of,
    make_guest,
    new_guest_bucket,
    read_guest,
    read_id,
    settings_of,
    token_of,
)


class Registration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Someone who joins."""

    login: str
    password: str
    display_name: str = ""


class LogIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A log-in; `guest_token` moves that guest's cart in."""

    login: str
    password: str
    guest_token: str = ""


class SessionView(msgspec.Struct, frozen=True):
    """A session: send the token as `Authorization: Bearer …`."""

    token: str
    member_id: str


class ShopDuty(msgspec.Struct, frozen=True):
    """A shop the member works in."""

    shop_id: str
    role: str


class Me(msgspec.Struct, frozen=True):
    """The asking member."""

    id: str
    display_name: str
    registered_at: datetime
    shops: list[ShopDuty]


@post("/members", status_code=201, tags=["members"], opt=GIVES_TOKEN)
async def join(request: AnyRequest, data: Registration) -> Made:
    """Register a member."""
    return Made(str(await member.register(db_of(request), data.login, data.password, data.display_name)))


@post("/sessions", status_code=201, tags=["members"], opt=GIVES_TOKEN)
async def open_session(request: AnyRequest, data: LogIn) -> SessionView:
    """Log in."""
    db = db_of(request)
    member_id, token = await member.log_in(db, data.login, data.password, client_address(request))
    secret = settings_of(request).secret
    if guest_id := read_guest(data.guest_token, secret):
        async with db.read() as tx:
            actor = await actor_of(tx, token, secret)
        await cart.merge_guest_cart(db, actor, guest_id)
    return SessionView(token, str(member_id))


@delete("/sessions/current", status_code=204, tags=["members"])
async def close_session(request: AnyRequest) -> None:
    """Log out."""
    await member.log_out(db_of(request), token_of(request))
    SIGNED_IN.forget(token_of(request))


@post("/guests", status_code=201, tags=["members"], opt=GIVES_TOKEN)
async def be_guest(request: AnyRequest) -> SessionView:
    """A token for someone not logged in, who has a cart."""
    async with db_of(request).read() as tx:
        guest_id = tx.new_id(new_guest_bucket())
    return SessionView(make_guest(guest_id, settings_of(request).secret), "")


@get("/me", tags=["members"])
async def me(request: AnyRequest) -> Me:
    """Who I am and where I work."""
    async with db_of(request).read() as tx:
        actor = await shopper(request, tx)
        profile = await member.get_profile(tx, actor)
        duties = await list_member_shop_roles(tx, actor.id)
    shops = [ShopDuty(str(duty.shop_id), duty.role) for duty in duties]
    return Me(str(profile.member_id), profile.display_name, profile.registered_at, shops)


@get("/addresses", tags=["members"])
async def addresses(request: AnyRequest) -> list[AddressView]:
    """My addresses, the default first."""
    async with db_of(request).read() as tx:
        found = await member.list_addresses(tx, await shopper(request, tx))
    return [address_view(each) for each in found]


@post("/addresses", status_code=201, tags=["members"])
async def add_address(request: AnyRequest, data: member.AddressDraft) -> Made:
    """Keep an address."""
    db = db_of(request)
    async with db.read() as tx:
        actor = await shopper(request, tx)
    return Made(str(await db.run(member.add_address, actor, data)))


@put("/addresses/{address_id:str}", status_code=204, tags=["members"])
async def change_address(request: AnyRequest, address_id: PathId, data: member.AddressDraft) -> None:
    """Change an address."""
    db = db_of(request)
    async with db.read() as tx:
        actor = await shopper(request, tx)
    await db.run(member.change_address, actor, read_id(address_id, "address"), data)


@delete("/addresses/{address_id:str}", status_code=204, tags=["members"])
async def remove_address(request: AnyRequest, address_id: PathId) -> None:
    """Forget an address."""
    db = db_of(request)
    async with db.read() as tx:
        actor = await shopper(request, tx)
    await db.run(member.remove_address, actor, read_id(address_id, "address"))


HANDLERS = [
    join, open_session, close_session, be_guest, me, addresses, add_address, change_address, remove_address,
]  # fmt: skip
