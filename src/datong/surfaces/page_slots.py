"""Slots: what rooms add to places of other rooms' pages, loaded side by side and bounded in time.

A slot that is late or fails is left out of the page and logged: it leaves a gap, never a slow page or an error.
"""

import asyncio
import logging
from collections.abc import Sequence

from markupsafe import Markup

from datong.surfaces.page_rendering import PageContext, shared_context
from datong.surfaces.request_context import db_of
from datong.surfaces.window import Slot, SlotRequest

log = logging.getLogger("datong.surfaces.slots")


async def load_slots(seen: PageContext, place: str, **ids: object) -> list[Markup]:
    """What rooms show at a place of this page, in their order. `ids` are the ids that the page is about."""
    slots = seen.windows.slots(place)
    if not slots:
        return []
    asked = SlotRequest(seen.actor, seen.language, ids)
    found: Sequence[Markup | None] = await asyncio.gather(*(_load(seen, slot, asked) for slot in slots))
    return [each for each in found if each]


async def _load(seen: PageContext, slot: Slot, asked: SlotRequest) -> Markup | None:
    try:
        async with asyncio.timeout(slot.seconds), db_of(seen.request).read() as tx:
            context = await slot.load(tx, asked)
        if context is None:
            return None
        template = seen.request.app.template_engine.engine.get_template(slot.template)
        return Markup(template.render(shared_context(seen) | dict(context)))  # noqa: S704 - an escaping template made it
    except TimeoutError:
        log.warning("a slot was late", extra={"place": slot.place, "template": slot.template})
    except Exception:
        log.exception("a slot failed", extra={"place": slot.place, "template": slot.template})
    return None
