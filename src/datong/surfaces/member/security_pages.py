"""Account and security: the password, passkeys, and where one is logged in."""

from litestar import Response, get, post
from litestar.response import Redirect, Template

from datong.commerce import cart, member
from datong.kernel.refusal import Invalid, Refusal
from datong.surfaces.error_responses import status_of
from datong.surfaces.forms import keep_token, read_form, safe_next
from datong.surfaces.page_rendering import load_page_context, page, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import (
    SIGNED_IN,
    AnyRequest,
    actor_of,
    actor_of_request,
    client_address,
    db_of,
    read_guest,
    sender,
    settings_of,
    token_of,
)

JSON = "application/json"


async def _security(request: AnyRequest, refusal: Refusal | None = None, done: str = "") -> Template:
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        seen.must_be_member()
        passkeys = await member.list_passkeys(tx, seen.actor)
        sessions = await member.list_sessions(tx, seen.actor)
    return page(
        seen, "member/security.html", status_code=status_of(refusal) if refusal else 200, passkeys=passkeys,
        sessions=sessions, problem=refusal_text(refusal, seen.language) if refusal else "", done=done,
    )  # fmt: skip


@get("/me/security", include_in_schema=False)
async def security(request: AnyRequest, done: str = "") -> Template:
    """My password, passkeys and sessions."""
    return await _security(request, None, done if done in {"password", "sessions"} else "")


@post("/me/security/password", include_in_schema=False)
async def change_password(request: AnyRequest) -> Redirect | Template:
    """Another password; every other session ends."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request)
    actor.must("member:password:change", actor.id)
    try:
        token = token_of(request)
        await member.change_password(db, actor, form.get("old", ""), form.get("password", ""), token)
    except Refusal as refusal:
        return await _security(request, refusal)
    return redirect_to("/me/security?done=password")


@post("/me/security/sessions", include_in_schema=False)
async def end_sessions(request: AnyRequest) -> Redirect:
    """Log out everywhere else."""
    db = db_of(request)
    actor = await sender(request)
    await db.run(member.end_other_sessions, actor, token_of(request))
    return redirect_to("/me/security?done=sessions")


@post("/me/passkeys/ask", include_in_schema=False)
async def ask_for_passkey(request: AnyRequest) -> Response[str]:
    """What the browser needs to make a passkey."""
    db = db_of(request)
    async with db.read() as tx:
        actor = await actor_of_request(request, tx)
        actor.must("member:passkey:edit", actor.id)
        profile = await member.get_profile(tx, actor)
    options = await member.start_passkey_registration(db, actor, profile.display_name, settings_of(request).base_url)
    return Response(options, media_type=JSON)


@post("/me/passkeys", include_in_schema=False)
async def keep_passkey(request: AnyRequest) -> Redirect | Template:
    """Keep what the device has made."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request)
    actor.must("member:passkey:edit", actor.id)
    try:
        base_url = settings_of(request).base_url
        await member.add_passkey(db, actor, form.get("answer", ""), form.get("name", ""), base_url)
    except Refusal as refusal:
        return await _security(request, refusal)
    return redirect_to("/me/security")


@post("/me/passkeys/drop", include_in_schema=False)
async def drop_passkey(request: AnyRequest) -> Redirect:
    """Keep one no longer."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request)
    actor.must("member:passkey:edit", actor.id)
    try:
        credential_id = bytes.fromhex(form.get("credential_id", ""))
    except ValueError:
        raise Invalid("credential_id", "hexadecimal") from None
    await db.run(member.drop_passkey, actor, credential_id)
    return redirect_to("/me/security")


@post("/passkeys/ask", include_in_schema=False)
async def ask_who(request: AnyRequest) -> Response[str]:
    """What the browser needs to prove who someone is."""
    return Response(
        await member.start_passkey_log_in(db_of(request), settings_of(request).base_url, client_address(request)),
        media_type=JSON,
    )


@post("/passkeys/log-in", include_in_schema=False)
async def log_in(request: AnyRequest) -> Redirect:
    """Log in by a device's proof; a guest's cart moves in."""
    form = await read_form(request)
    db, settings = db_of(request), settings_of(request)
    _, token = await member.log_in_with_passkey(db, form.get("answer", ""), settings.base_url)
    SIGNED_IN.forget(token)
    if guest_id := read_guest(token_of(request), settings.secret):
        async with db.read() as tx:
            actor = await actor_of(tx, token, settings.secret)
        await cart.merge_guest_cart(db, actor, guest_id)
    response = redirect_to(safe_next(form.get("next", "/")))
    keep_token(request, response, token)
    return response


HANDLERS = [
    security, change_password, end_sessions, ask_for_passkey, keep_passkey, drop_passkey, ask_who, log_in,
]  # fmt: skip
