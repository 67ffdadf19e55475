"""A shopper's conversations with shops, and notices of what has happened."""

import secrets

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import merchant, messaging
from datong.kernel.refusal import NotFound, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.error_responses import status_of
from datong.surfaces.forms import read_form, read_form_with_files
from datong.surfaces.labels import worded
from datong.surfaces.messaging.chat import MAX_UPLOAD, links_of, post_from_form, see
from datong.surfaces.page_rendering import about_storefront, load_page_context, page, redirect_to
from datong.surfaces.refusal_texts import refusal_text as say_refusal
from datong.surfaces.request_context import AnyRequest, actor_of_request, db_of, read_id, sender


@get("/messages", include_in_schema=False)
async def messages(request: AnyRequest, cursor: str = "") -> Template:
    """My conversations, and the latest notices."""
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        seen.must_be_member()
        found = await messaging.list_chats(tx, seen.actor, cursor)
        shops = await merchant.get_recent_shops(tx, [each.shop_id for each in found.items])
    return page(seen, "messaging/messages.html", chats=found.items, next_cursor=found.next_cursor, shops=shops)


@post("/messages/shops/{shop_id:str}", include_in_schema=False)
async def open_chat(request: AnyRequest, shop_id: str) -> Redirect:
    """Ask the shop: a conversation, with the product or order that it is about."""
    form = await read_form(request)
    db, shop = db_of(request), read_id(shop_id, "shop")
    async with db.read() as tx:
        actor = await actor_of_request(request, tx)
        actor.must("member:chat:open", actor.id)
        await merchant.get_shop(tx, shop)
    chat = await db.run(messaging.open_chat, actor, shop)
    about = {name: form[name] for name in ("product_id", "order_id") if form.get(name)}
    if about:
        key = f"card {' '.join(about.values())} after {chat.last_seq}"
        await post_from_form(request, actor, chat.chat_id, about | {"request_key": key}, [])
    return redirect_to(f"/messages/{chat.chat_id}")


async def _chat(request: AnyRequest, tx: Tx, chat_id: int, before: int = 0, refusal: Refusal | None = None) -> Template:
    seen = await load_page_context(request, tx)
    seen.must_be_member()
    chat, side = await messaging.get_chat(tx, seen.actor, chat_id)
    if side != "buyer":
        raise NotFound("chat", chat_id)
    shop = await merchant.get_shop(tx, chat.shop_id)
    seen = await about_storefront(tx, seen, shop.storefront_id)
    said = await messaging.list_messages(tx, seen.actor, chat_id, before=before or 2**31 - 1)
    if not before:
        await see(request, seen.actor, chat, side, said)
    return page(
        seen, "messaging/chat.html", status_code=status_of(refusal) if refusal else 200, chat=chat, side=side,
        shop=shop, messages=said, action=f"/messages/{chat_id}", request_key=secrets.token_urlsafe(16), replies=[],
        problem=say_refusal(refusal, seen.language) if refusal else "", before=before, **links_of(chat, side),
    )  # fmt: skip


@get("/messages/{chat_id:str}", include_in_schema=False)
async def chat_page(request: AnyRequest, chat_id: str, before: int = 0) -> Template:
    """One conversation."""
    async with db_of(request).read() as tx:
        return await _chat(request, tx, read_id(chat_id, "chat"), max(0, before))


@post("/messages/{chat_id:str}", include_in_schema=False, request_max_body_size=MAX_UPLOAD)
async def send(request: AnyRequest, chat_id: str) -> Redirect | Template:
    """Say something."""
    form, files = await read_form_with_files(request)
    db, each = db_of(request), read_id(chat_id, "chat")
    actor = await sender(request)
    actor.must("member:chat:open", actor.id)
    try:
        await post_from_form(request, actor, each, form, files)
    except NotFound:
        raise
    except Refusal as refusal:
        async with db.read() as tx:
            return await _chat(request, tx, each, 0, refusal)
    return redirect_to(f"/messages/{each}")


@get("/notices", include_in_schema=False)
async def notices(request: AnyRequest, cursor: str = "") -> Template:
    """What has happened that concerns me."""
    db = db_of(request)
    async with db.read() as tx:
        seen = await load_page_context(request, tx)
        seen.must_be_member()
        found = await messaging.list_notices(tx, seen.actor, 0, cursor)
    if found.items and not cursor:
        await db.run(messaging.mark_notices_seen, seen.actor, seen.actor.id, found.items[0].notice_id)
    return page(
        seen, "messaging/notices.html", notices=found.items, next_cursor=found.next_cursor,
        words=worded(seen.windows.notices, seen.language), links=seen.windows.notice_links,
    )  # fmt: skip


@get("/notices/settings", include_in_schema=False)
async def settings(request: AnyRequest) -> Template:
    """What I want to hear of."""
    async with db_of(request).read() as tx:
        seen = await load_page_context(request, tx)
        seen.must_be_member()
        chosen = await messaging.get_settings(tx, seen.actor)
        house, words = tx.house, worded(seen.windows.notices, seen.language)
    mine, shops = [{kind: words[kind] for kind in messaging.kinds_of(house, side)} for side in ("member", "shop")]
    return page(
        seen, "messaging/notice_settings.html", chosen=chosen,
        groups=[("mine", mine), ("shops", shops)] if seen.actor.shop_rights else [("mine", mine)],
    )  # fmt: skip


@post("/notices/settings", include_in_schema=False)
async def set_settings(request: AnyRequest) -> Redirect:
    """Hear of what is ticked, and no longer of the rest."""
    form = await read_form(request)
    db = db_of(request)
    async with db.read() as tx:
        actor = await actor_of_request(request, tx)
        chosen = await messaging.get_settings(tx, actor)
    house = db_of(request).house
    shown = {*messaging.kinds_of(house, "member"), *(messaging.kinds_of(house, "shop") if actor.shop_rights else ())}
    changed = {kind: kind in form for kind, is_on in chosen.items() if kind in shown and is_on != (kind in form)}
    await db.run(messaging.set_notices, actor, changed)
    return redirect_to("/notices/settings")


HANDLERS = [messages, open_chat, chat_page, send, notices, settings, set_settings]
