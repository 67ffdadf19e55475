"""How every page of the console is entered: by an operator of some centre; what it shows asks for its own right."""

from litestar.response import Template

from datong.kernel.refusal import NotAllowed
from datong.kernel.tx import Tx
from datong.surfaces.menus import make_menu
from datong.surfaces.page_rendering import PageContext, load_page_context, page
from datong.surfaces.request_context import AnyRequest


async def enter(request: AnyRequest, tx: Tx, right: str = "") -> PageContext:
    """The visitor, if it is an operator with this right; refuses `SignInNeeded`, `NotAllowed`."""
    seen = await load_page_context(request, tx, is_fresh=True)
    seen.must_be_member()
    if not seen.actor.operator_rights:
        raise NotAllowed("operator:health:read")
    if right:
        seen.actor.must(f"operator:{right}")
    return seen


def console_page(seen: PageContext, name: str, status: int = 200, **context: object) -> Template:
    """A page of the console (`room/name`), with the menu of what this operator may see."""
    menu = make_menu(seen.windows, "console", "/console", lambda right: seen.actor.may(f"operator:{right}"), seen.say)
    room, _, own = name.partition("/")
    return page(
        seen, f"{room}/console/{own}.html", status_code=status, menu=menu, desk_name=seen.say("Console"), is_desk=True,
        **({"problem": ""} | context),
    )  # fmt: skip
