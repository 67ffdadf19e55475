"""Logging in and out, joining, addresses, language."""

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import cart, member, order
from datong.kernel.refusal import Refusal
from datong.surfaces.demo_logins import DEMO_LOGINS, DEMO_PASSWORD
from datong.surfaces.error_responses import status_of
from datong.surfaces.forms import YEAR, keep_token, read_form, safe_next
from datong.surfaces.language import LANGUAGES
from datong.surfaces.order.labels import BUYER_TABS
from datong.surfaces.page_rendering import load_page_context, page, redirect_to
from datong.surfaces.page_slots import load_slots
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import (
    COOKIE,
    LANGUAGE_COOKIE,
    SIGNED_IN,
    AnyRequest,
    actor_of,
    client_address,
    db_of,
    read_guest,
    read_id,
    sender,
    settings_of,
    token_of,
)


async def _door(request: AnyRequest, mode: str, next: str, login: str = "", refusal: Refusal | None = None) -> Template:  # noqa: A002 - the form's field is called so
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
    return page(
        seen,
        "member/log_in.html",
        status_code=status_of(refusal) if refusal else 200,
        mode=mode,
        next=safe_next(next),
        login=login,
        problem=refusal_text(refusal, seen.language) if refusal else "",
        demo_logins=DEMO_LOGINS,
        demo_password=DEMO_PASSWORD,
    )


@get("/log-in", include_in_schema=False)
async def log_in_page(request: AnyRequest, next: str = "/") -> Template:  # noqa: A002 - the name in the address
    """The log-in form."""
    return await _door(request, "in", next)


@get("/join", include_in_schema=False)
async def join_page(request: AnyRequest, next: str = "/") -> Template:  # noqa: A002 - as above
    """The form to join."""
    return await _door(request, "join", next)


@post("/log-in", include_in_schema=False)
async def log_in(request: AnyRequest) -> Redirect | Template:
    """Log in; a guest's cart moves in."""
    form = await read_form(request)
    try:
        return await _enter(request, form)
    except Refusal as refusal:
        return await _door(request, "in", form.get("next", "/"), form.get("login", ""), refusal)


@post("/join", include_in_schema=False)
async def join(request: AnyRequest) -> Redirect | Template:
    """Join, and be logged in."""
    form = await read_form(request)
    try:
        await member.register(
            db_of(request), form.get("login", ""), form.get("password", ""), form.get("display_name", "")
        )
        return await _enter(request, form)
    except Refusal as refusal:
        return await _door(request, "join", form.get("next", "/"), form.get("login", ""), refusal)


async def _enter(request: AnyRequest, form: dict[str, str]) -> Redirect:
    db, secret = db_of(request), settings_of(request).secret
    _, token = await member.log_in(db, form.get("login", ""), form.get("password", ""), client_address(request))
    if guest_id := read_guest(token_of(request), secret):
        async with db.read() as tx:
            actor = await actor_of(tx, token, secret)
        await cart.merge_guest_cart(db, actor, guest_id)
    response = redirect_to(safe_next(form.get("next", "/")))
    keep_token(request, response, token)
    return response


@post("/log-out", include_in_schema=False)
async def log_out(request: AnyRequest) -> Redirect:
    """End the session."""
    await member.log_out(db_of(request), token_of(request))
    SIGNED_IN.forget(token_of(request))
    response = redirect_to("/")
    response.delete_cookie(COOKIE)
    return response


@post("/language", include_in_schema=False)
async def language(request: AnyRequest) -> Redirect:
    """Another language, for a year."""
    form = await read_form(request)
    response = redirect_to(safe_next(form.get("next", "/")))
    if form.get("language") in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, form["language"], max_age=YEAR, samesite="lax", httponly=True)
    return response


@get("/me", include_in_schema=False)
async def me(request: AnyRequest) -> Template:
    """My account."""
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        profile = await member.get_profile(tx, seen.actor)
        by_state = await order.count_own_orders(tx, seen.actor)
    counts = {tab: sum(by_state.get(state, 0) for state in states) for tab, states in BUYER_TABS.items()}
    slots = await load_slots(seen, "account.entries")
    return page(seen, "member/me.html", profile=profile, counts=counts, slots=slots)


async def _addresses(
    request: AnyRequest,
    next: str,  # noqa: A002 - the name in the address
    typed: dict[str, str],
    refusal: Refusal | None = None,
) -> Template:
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        found = await member.list_addresses(tx, seen.actor)
    problem = refusal_text(refusal, seen.language) if refusal else ""
    return page(
        seen, "member/addresses.html", status_code=status_of(refusal) if refusal else 200, addresses=found,
        next=safe_next(next), problem=problem, typed=typed,
    )  # fmt: skip


@get("/addresses", include_in_schema=False)
async def addresses(request: AnyRequest, next: str = "/addresses") -> Template:  # noqa: A002 - the name in the address
    """My addresses."""
    return await _addresses(request, next, {})


@post("/addresses", include_in_schema=False)
async def add_address(request: AnyRequest) -> Redirect | Template:
    """Keep one more; what is wrong with it is said beside what was typed."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request)
    actor.must("member:address:edit", actor.id)
    draft = member.AddressDraft(
        form.get("receiver", ""), form.get("phone", ""), form.get("region", ""), form.get("city", ""),
        form.get("street", ""), is_default="is_default" in form,
    )  # fmt: skip
    try:
        await db.run(member.add_address, actor, draft)
    except Refusal as refusal:
        return await _addresses(request, form.get("next", "/addresses"), form, refusal)
    return redirect_to(safe_next(form.get("next", "/addresses")))


@post("/addresses/remove", include_in_schema=False)
async def remove_address(request: AnyRequest) -> Redirect:
    """Forget one."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request)
    await db.run(member.remove_address, actor, read_id(form.get("address_id", ""), "address"))
    return redirect_to("/addresses?next=" + safe_next(form.get("next", "/addresses")))


HANDLERS = [
    log_in_page, join_page, log_in, join, log_out, language, me, addresses, add_address, remove_address,
]  # fmt: skip
