"""A storefront's colours as a stylesheet: data served under the content security policy, never a style in a page."""

import msgspec
from litestar import get
from litestar.response import Response

from datong.commerce.storefront import Look, Storefront, complete_look, get_storefronts
from datong.kernel.refusal import NotFound
from datong.surfaces.console_frame import enter
from datong.surfaces.page_rendering import look_theme
from datong.surfaces.request_context import AnyRequest, actor_of_request, db_of, read_id

KEPT = "public, max-age=31536000, immutable"
LIGHT_REST = "--card:#fff;--ink:#1c1917;--quiet:#5f5a55;--line:#e4e2df;"
DARK_REST = "--card:#1f1d1c;--ink:#f3f1ef;--quiet:#b0aaa4;--line:#36322f;"
"""What every storefront has in common, said once more for a preview that shows both at once."""


def _light(look: Look) -> str:
    return (
        f"--accent:{look.accent};--accent-soft:{look.accent_soft};--accent-text:{look.accent_text};"
        f"--ground:{look.ground};--banner:{look.banner};"
    )


def _dark(look: Look) -> str:
    return f"--accent-soft:{look.dark_soft};--accent-text:{look.dark_text};--ground:{look.dark_ground};"


def css_of(brand: Storefront) -> str:
    """The stylesheet of a storefront, in the light and in the dark."""
    name, look = look_theme(brand), brand.colours
    return (
        f'@layer tokens{{[data-theme="{name}"]{{{_light(look)}}}'
        f'@media (prefers-color-scheme:dark){{[data-theme="{name}"]{{{_dark(look)}}}}}}}\n'
    )


@get("/storefronts/{storefront_id:str}/look.css", include_in_schema=False)
async def look(request: AnyRequest, storefront_id: str, v: str = "") -> Response[str]:
    """The stylesheet; kept by browsers for a year, for another version has another address."""
    async with db_of(request).read() as tx:
        actor = await actor_of_request(request, tx)
        brand = (await get_storefronts(tx)).get(read_id(storefront_id, "storefront"))
    if not brand.is_shown and not actor.may("operator:storefront:edit"):
        raise NotFound("storefront", storefront_id)
    is_present = brand.is_shown and v == str(brand.version)
    headers = {"cache-control": KEPT if is_present else "no-store"}
    return Response(css_of(brand), media_type="text/css", headers=headers)


@get("/console/storefront-look.css", include_in_schema=False)
async def preview(request: AnyRequest) -> Response[str]:
    """Colours that are being tried, in the light and in the dark at once, for the console."""
    async with db_of(request).read() as tx:
        await enter(request, tx, "storefront:edit")
    names = {each.name for each in msgspec.structs.fields(Look)}
    tried = complete_look(Look(**{name: text for name, text in request.query_params.items() if name in names}))
    css = (
        f'@layer tokens{{[data-theme="preview"]{{{_light(tried)}{LIGHT_REST}}}'
        f'[data-theme="preview-dark"]{{{_light(tried)}{_dark(tried)}{DARK_REST}}}}}\n'
    )
    return Response(css, media_type="text/css", headers={"cache-control": "no-store"})


SHOPPER_HANDLERS = [look]
CONSOLE_HANDLERS = [preview]
