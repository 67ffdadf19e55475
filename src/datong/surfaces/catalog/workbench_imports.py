"""Bulk import in the workbench: a table sent in, its progress, a report row by row, and the trying again."""

import asyncio
import csv
import io

from litestar import Response, get, post
from litestar.response import Redirect, Template

from datong.commerce import catalog
from datong.kernel.refusal import Invalid, Refusal
from datong.kernel.tx import Tx
from datong.surfaces.catalog.labels import OUTCOMES
from datong.surfaces.forms import read_form_with_files
from datong.surfaces.labels import worded
from datong.surfaces.page_rendering import load_page_context, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import AnyRequest, db_of, read_id, sender
from datong.surfaces.workbench_frame import enter, work_page

MAX_UPLOAD = 20_000_000
SAMPLE = (
    ("number", "title_en", "title_zh", "category", "brand", "price", "stock", "sale:colour", "text_en", "picture"),
    ("LAMP-1", "Desk lamp", "台灯", "{category}", "", "129.00", "20", "black", "<p>Warm light.</p>", ""),
    ("LAMP-1", "Desk lamp", "台灯", "{category}", "", "129.00", "5", "white", "", ""),
)


async def _imports(request: AnyRequest, tx: Tx, shop_id: str, problem: str = "", status: int = 200) -> Template:
    entered = await enter(request, tx, shop_id)
    seen, shop = entered
    return await work_page(
        tx,
        entered,
        "catalog/imports",
        status,
        imports=await catalog.list_imports(tx, seen.actor, shop.shop_id),
        problem=problem,
    )


@get("/workbench/{shop_id:str}/imports", include_in_schema=False)
async def imports(request: AnyRequest, shop_id: str) -> Template:
    """What was sent in, and a form for a table."""
    async with db_of(request).read() as tx:
        return await _imports(request, tx, shop_id)


@post("/workbench/{shop_id:str}/imports", include_in_schema=False, request_max_body_size=MAX_UPLOAD)
async def send_in(request: AnyRequest, shop_id: str) -> Redirect | Template:
    """Take a table in; what is no table is said at once."""
    db, shop = db_of(request), read_id(shop_id, "shop")
    async with db.read() as tx:
        seen = await load_page_context(request, tx, is_fresh=True)
    seen.actor.must("shop:product:edit", shop)
    form, files = await read_form_with_files(request)
    try:
        if not files:
            raise Invalid("file", "choose a table first")
        table = await asyncio.to_thread(catalog.read_table, files[0])
        made = await db.run(catalog.start_import, seen.actor, shop, form.get("title", "").strip() or "CSV", table)
    except catalog.TableWrong as wrong:
        async with db.read() as tx:
            return await _imports(request, tx, shop_id, str(wrong), 422)
    except Refusal as refusal:
        async with db.read() as tx:
            return await _imports(request, tx, shop_id, refusal_text(refusal, seen.language), 422)
    return redirect_to(f"/workbench/{shop_id}/imports/{made}")


@get("/workbench/{shop_id:str}/imports/sample.csv", include_in_schema=False)
async def sample(request: AnyRequest, shop_id: str) -> Response[str]:
    """A table to begin with, for the shop's own category."""
    async with db_of(request).read() as tx:
        seen, shop = await enter(request, tx, shop_id)
        seen.actor.must("shop:product:read", shop.shop_id)
    written = io.StringIO()
    csv.writer(written).writerows([[cell.format(category=shop.category_id) for cell in line] for line in SAMPLE])
    headers = {"content-disposition": 'attachment; filename="goods.csv"'}
    return Response("\ufeff" + written.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


@get("/workbench/{shop_id:str}/imports/{import_id:str}", include_in_schema=False)
async def report(request: AnyRequest, shop_id: str, import_id: str, outcome: str = "", cursor: str = "") -> Template:
    """How far it is, and what became of each row."""
    async with db_of(request).read() as tx:
        entered = await enter(request, tx, shop_id)
        seen, shop = entered
        chosen = outcome if outcome in OUTCOMES else ""
        found, rows = await catalog.get_import(
            tx, seen.actor, shop.shop_id, read_id(import_id, "import"), chosen, cursor
        )
        return await work_page(
            tx, entered, "catalog/import", found=found, rows=rows.items, next_cursor=rows.next_cursor, outcome=chosen,
            outcomes=worded(OUTCOMES, seen.language),
        )  # fmt: skip


@post("/workbench/{shop_id:str}/imports/{import_id:str}/retry", include_in_schema=False)
async def retry(request: AnyRequest, shop_id: str, import_id: str) -> Redirect:
    """Try every refused row again."""
    db, shop = db_of(request), read_id(shop_id, "shop")
    actor = await sender(request, is_fresh=True)
    actor.must("shop:product:edit", shop)
    await db.run(catalog.retry_refused, actor, shop, read_id(import_id, "import"))
    return redirect_to(f"/workbench/{shop_id}/imports/{import_id}")


HANDLERS = [imports, send_in, sample, report, retry]
