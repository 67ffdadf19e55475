"""Opening a shop: which brand, who sells, what it is called; the rest follows in the workbench."""

from litestar import get, post
from litestar.response import Redirect, Template

from datong.commerce import catalog, merchant
from datong.commerce.rulebook import Scope, get_rules
from datong.commerce.storefront import NotTrading
from datong.kernel.refusal import Refusal
from datong.kernel.tx import Tx
from datong.surfaces.error_responses import status_of
from datong.surfaces.forms import read_form, read_number
from datong.surfaces.labels import worded
from datong.surfaces.merchant.labels import SHOP_KINDS
from datong.surfaces.page_rendering import load_page_context, page, redirect_to
from datong.surfaces.refusal_texts import refusal_text
from datong.surfaces.request_context import SIGNED_IN, AnyRequest, db_of, pick, sender, token_of


async def _form(
    request: AnyRequest, tx: Tx, chosen: str, typed: dict[str, str], refusal: Refusal | None = None
) -> Template:
    seen = await load_page_context(request, tx, chosen)
    brand = seen.storefront
    if brand is None:
        return page(seen, "merchant/sell.html", brand=None)
    seen.must_be_member()
    if not brand.is_trading and refusal is None:
        raise NotTrading(brand.code)
    # No category is chosen yet: the dues shown are those of the storefront.
    rules, scope = await get_rules(tx), Scope(storefront_id=brand.storefront_id, category_ids=())
    kinds = rules.value(merchant.KINDS, tx.now, scope)
    words = worded(SHOP_KINDS, seen.language)
    marks = any(f"{kind}.R" in rules.value(merchant.DEPOSIT, tx.now, scope) for kind in kinds)
    roots = (await catalog.get_category_book(tx)).children(0)
    return page(
        seen, "merchant/sell.html", status_code=status_of(refusal) if refusal else 200, brand=brand, typed=typed,
        kinds=[(kind, words[kind]) for kind in kinds], marks=marks,
        verticals=[(each.category_id, pick(each.names, seen.language)) for each in roots],
        dues=[(words[kind], merchant.dues_of(rules, tx.now, scope, kind, "R")) for kind in kinds],
        problem=refusal_text(refusal, seen.language) if refusal else "",
    )  # fmt: skip


@get("/sell", include_in_schema=False)
async def sell(request: AnyRequest, storefront: str = "") -> Template:
    """First the brand, then the application."""
    async with db_of(request).read() as tx:
        return await _form(request, tx, storefront, {})


@post("/sell", include_in_schema=False)
async def apply(request: AnyRequest) -> Redirect | Template:
    """Apply; the papers are handed in next."""
    form = await read_form(request)
    db = db_of(request)
    actor = await sender(request, is_fresh=True)
    actor.must("member:shop:apply", actor.id)
    try:
        application = merchant.ShopApplication(
            storefront=form.get("storefront", ""), kind=form.get("kind", ""),
            names={each: form[f"name_{each}"].strip() for each in ("en", "zh") if form.get(f"name_{each}", "").strip()},
            slug=form.get("slug", "").strip(), legal_name=form.get("legal_name", "").strip(),
            identity=form.get("identity", "").strip(), ships_from=form.get("ships_from", ""),
            category_id=read_number(form, "category", 0), subject_kind=form.get("subject_kind", "company"),
            mark=form.get("mark") or "R",
        )  # fmt: skip
        shop_id = await merchant.apply_for_shop(db, actor, application)
    except Refusal as refusal:
        async with db.read() as tx:
            return await _form(request, tx, form.get("storefront", ""), form, refusal)
    SIGNED_IN.forget(token_of(request))
    return redirect_to(f"/workbench/{shop_id}/entry")


HANDLERS = [sell, apply]
