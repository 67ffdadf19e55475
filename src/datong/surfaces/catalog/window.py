"""The window of the room `catalog`."""

from pathlib import Path

from datong.surfaces.catalog import (
    api,
    console,
    images,
    labels,
    pages,
    selling_api,
    workbench,
    workbench_imports,
    workbench_publish,
)
from datong.surfaces.window import Menu, Window

HERE = Path(__file__).parent
WINDOW = Window(
    room="catalog",
    shoppers=(
        *pages.HANDLERS,
        *images.HANDLERS,
    ),
    workbench=(
        *workbench.HANDLERS,
        *workbench_imports.HANDLERS,
        *workbench_publish.HANDLERS,
    ),
    console=(*console.HANDLERS,),
    api=(
        *api.HANDLERS,
        *selling_api.HANDLERS,
    ),
    menu=(
        Menu("workbench", "goods", "products", "Products", "/products", icon="boxes", right="product:read", order=10),
        Menu("workbench", "goods", "publish", "Publish", "/publish", icon="plus", right="product:edit", order=20),
        Menu("workbench", "goods", "imports", "Bulk import", "/imports", icon="upload", right="product:read", order=30),
        Menu(
            "console",
            "industry",
            "categories",
            "Categories",
            "/categories",
            icon="list-tree",
            right="category:edit",
            order=20,
        ),
        Menu(
            "console",
            "industry",
            "attributes",
            "Attributes",
            "/attributes",
            icon="list-checks",
            right="category:edit",
            order=30,
        ),
    ),
    refusals=labels.REFUSALS,
    timers=labels.TIMERS,
    notices=labels.NOTICES,
    notice_links=labels.NOTICE_LINKS,
    templates=HERE / "templates",
    locale=HERE / "locale",
)
