"""Messages in the workbench: who waits for an answer, the conversation, quick replies, who looks after whom.

And notices.
"""

import secrets

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import member, messaging
from datong.kernel.refusal import NotFound, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.error_responses import status_of
from datong.surfaces.forms import read_form, read_form_with_files
from datong.surfaces.labels import worded
from datong.surfaces.messaging.chat import MAX_UPLOAD, links_of, post_from_form, see
from datong.surfaces.messaging.chat_bell import bell_of
from datong.surfaces.page_rendering import load_page_context, redirect_to
from datong.surfaces.refusal_texts import refusal_text as say_refusal
from datong.surfaces.request_context import AnyRequest, db_of, read_id, sender
from datong.surfaces.workbench_frame import enter, work_page

RIGHT = "shop:message:answer"


async def _queue(
    request: AnyRequest, tx: Tx, shop_id: str, cursor: str = "", refusal: Refusal | None = None
) -> Template:
    entered = await enter(request, tx, shop_id)
    seen, shop = entered
    waiting = await messaging.list_queue(tx, seen.actor, shop.shop_id)
    found = await messaging.list_shop_chats(tx, seen.actor, shop.shop_id, cursor)
    people = [each.assigned_to for each in (*waiting, *found.items) if each.assigned_to]
    return await work_page(
        tx, entered, "messaging/messages", status_of(refusal) if refusal else 200, waiting=waiting, chats=found.items,
        next_cursor=found.next_cursor, now=tx.now, names=await member.get_names(tx, people),
        replies=await messaging.list_quick_replies(tx, seen.actor, shop.shop_id),
        problem=say_refusal(refusal, seen.language) if refusal else "",
    )  # fmt: skip


@get("/workbench/{shop_id:str}/messages", include_in_schema=False)
async def queue(request: AnyRequest, shop_id: str, cursor: str = "") -> Template:
    """Who waits, the longest first; and every conversation."""
    async with db_of(request).read() as tx:
        return await _queue(request, tx, shop_id, cursor)


async def _chat(
    request: AnyRequest, tx: Tx, shop_id: str, chat_id: int, before: int = 0, refusal: Refusal | None = None
) -> Template:
    entered = await enter(request, tx, shop_id)
    seen, shop = entered
    seen.actor.must(RIGHT, shop.shop_id)
    chat, side = await messaging.get_chat(tx, seen.actor, chat_id)
    if chat.shop_id != shop.shop_id or side != "shop":
        raise NotFound("chat", chat_id)
    said = await messaging.list_messages(tx, seen.actor, chat_id, before=before or 2**31 - 1)
    if not before:
        await see(request, seen.actor, chat, side, said)
    return await work_page(
        tx, entered, "messaging/chat", status_of(refusal) if refusal else 200, chat=chat, side=side, messages=said,
        before=before, action=f"/workbench/{shop.shop_id}/messages/{chat_id}", request_key=secrets.token_urlsafe(16),
        replies=await messaging.list_quick_replies(tx, seen.actor, shop.shop_id),
        names=await member.get_names(tx, [chat.member_id, *([chat.assigned_to] if chat.assigned_to else [])]),
        problem=say_refusal(refusal, seen.language) if refusal else "", **links_of(chat, side),
    )  # fmt: skip


@get("/workbench/{shop_id:str}/messages/{chat_id:str}", include_in_schema=False)
async def chat_page(request: AnyRequest, shop_id: str, chat_id: str, before: int = 0) -> Template:
    """One conversation."""
    async with db_of(request).read() as tx:
        return await _chat(request, tx, shop_id, read_id(chat_id, "chat"), max(0, before))


@post("/workbench/{shop_id:str}/messages/{chat_id:str}", include_in_schema=False, request_max_body_size=MAX_UPLOAD)
async def send(request: AnyRequest, shop_id: str, chat_id: str) -> Redirect | Template:
    """Say something in the name of the shop, or look after the conversation."""
    form, files = await read_form_with_files(request)
    db, shop, each = db_of(request), read_id(shop_id, "shop"), read_id(chat_id, "chat")
    async with db.read() as tx:
        seen = await load_page_context(request, tx, is_fresh=True)
        seen.actor.must(RIGHT, shop)
        chat, side = await messaging.get_chat(tx, seen.actor, each)
    if chat.shop_id != shop or side != "shop":
        raise NotFound("chat", each)
    try:
        if form.get("intent") == "take":
            await db.run(messaging.assign_chat, seen.actor, shop, each, int(form.get("before") or 0))
        else:
            await post_from_form(request, seen.actor, each, form, files)
    except NotFound:
        raise
    except Refusal as refusal:
        async with db.read() as tx:
            return await _chat(request, tx, shop_id, each, 0, refusal)
    await messaging.copy_chat_now(db, each, shop)
    await bell_of(db).ring(each)
    return redirect_to(f"/workbench/{shop_id}/messages/{each}")


@post("/workbench/{shop_id:str}/quick-replies", include_in_schema=False)
async def change_replies(request: AnyRequest, shop_id: str) -> Redirect | Template:
    """Keep one more thing that is said often, or one less."""
    form = await read_form(request)
    db, shop = db_of(request), read_id(shop_id, "shop")
    actor = await sender(request, is_fresh=True)
    actor.must(RIGHT, shop)
    try:
        if form.get("drop"):
            await db.run(messaging.drop_quick_reply, actor, shop, read_id(form["drop"], "quick_reply"))
        else:
            await db.run(messaging.add_quick_reply, actor, shop, form.get("text", ""))
    except Refusal as refusal:
        async with db.read() as tx:
            return await _queue(request, tx, shop_id, "", refusal)
    return redirect_to(f"/workbench/{shop_id}/messages")


@get("/workbench/{shop_id:str}/notices", include_in_schema=False)
async def notices(request: AnyRequest, shop_id: str, cursor: str = "") -> Template:
    """What has happened that concerns the shop and this member of its staff."""
    db = db_of(request)
    async with db.read() as tx:
        entered = await enter(request, tx, shop_id)
        seen, shop = entered
        found = await messaging.list_notices(tx, seen.actor, shop.shop_id, cursor)
        return await work_page(
            tx, entered, "messaging/notices", notices=found.items, next_cursor=found.next_cursor,
            words=worded(seen.windows.notices, seen.language), links=seen.windows.notice_links,
        )  # fmt: skip


HANDLERS = [queue, chat_page, send, change_replies, notices]
