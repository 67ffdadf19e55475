"""The ledger in the console."""

from litestar import get
from litestar.response import Template

from datong.commerce import payment
from datong.kernel.refusal import Invalid
from datong.surfaces.console_frame import console_page, enter
from datong.surfaces.labels import worded
from datong.surfaces.request_context import AnyRequest, db_of, read_id


@get("/console/ledger", include_in_schema=False)
async def ledger(
    request: AnyRequest, account: str = "escrow", owner: str = "", posting: str = "", cursor: str = ""
) -> Template:
    """The platform's own accounts; one owner's movements; one posting leg by leg."""
    owned = payment.owned_accounts(db_of(request).house)
    if account not in owned:
        raise Invalid("account", ", ".join(owned))
    async with db_of(request).read() as tx:
        seen = await enter(request, tx, "ledger:read")
        totals = await payment.list_platform_totals(tx, seen.actor)
        owner_id, posting_id = (read_id(each.strip(), "entry") if each.strip() else 0 for each in (owner, posting))
        held = await payment.list_held(tx, seen.actor, owner_id) if owner_id else []
        found = await payment.list_entries(tx, seen.actor, account, owner_id, cursor) if owner_id else None
        legs = await payment.get_posting(tx, seen.actor, posting_id) if posting_id else []
    return console_page(
        seen, "payment/ledger", totals=totals, held=held, entries=found.items if found else [], account=account,
        owner=owner, next_cursor=found.next_cursor if found else "", posting=posting, legs=legs,
        accounts=worded(seen.windows.accounts, seen.language),
        owned=owned,
    )  # fmt: skip


HANDLERS = [ledger]
