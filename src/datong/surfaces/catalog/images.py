"""Pictures of goods, which everyone may see: named by their content, so a browser keeps them for good."""

from litestar import Response, get

from datong.commerce import catalog
from datong.surfaces.request_context import AnyRequest, adapters_of, read_id

FOR_GOOD = "public, max-age=31536000, immutable"


@get("/pictures/{shop_id:str}/{name:str}", include_in_schema=False)
async def picture(request: AnyRequest, shop_id: str, name: str) -> Response[bytes]:
    """One picture in one width."""
    body = await catalog.read_image(adapters_of(request).objects, read_id(shop_id, "shop"), name)
    return Response(body, media_type="image/webp", headers={"cache-control": FOR_GOOD})


HANDLERS = [picture]
