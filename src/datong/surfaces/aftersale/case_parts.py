"""What the shopper's, the shop's and the platform's pages of a refund case share: words, actions, files."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from litestar.response import Response

from datong.commerce import aftersale
from datong.commerce.order import OrderLine, OrderView, ShopOrder, get_order
from datong.kernel.actor import Actor
from datong.kernel.refusal import NotFound
from datong.kernel.tx import Db, Tx
from datong.surfaces.aftersale.labels import (
    AT_ZERO,
    CASE_ACTIONS,
    CASE_KINDS,
    CASE_REASONS,
    CASE_STATES,
    HELP,
    ON_FILE,
    OUTCOMES,
    REFUND_STATES,
    SIDES,
)
from datong.surfaces.forms import read_amount, read_number
from datong.surfaces.labels import worded
from datong.surfaces.language import translate
from datong.surfaces.page_rendering import PageContext, answer_private
from datong.surfaces.request_context import AnyRequest, adapters_of, db_of

Form = Mapping[str, str]
CaseActionFn = Callable[[Db, Actor, int, int, Form], Awaitable[object]]


def _amount(form: Form, name: str) -> int:
    return read_amount(dict(form), name) if form.get(name, "").strip() else 0


def _sending(form: Form) -> aftersale.ReturnShipment:
    return aftersale.ReturnShipment(
        form.get("courier", ""), form.get("tracking_no", "").strip(), _amount(form, "freight")
    )


def read_ask(form: Form) -> aftersale.RefundRequest:
    """What a form asks for: `kind` and `reason`, or both in one field `ask`."""
    kind, _, reason = form.get("ask", "").partition(".")
    return aftersale.RefundRequest(
        kind or form.get("kind", ""), reason or form.get("reason", ""), _amount(form, "amount"),
        read_number(dict(form), "pieces", 0),
        "is_received" in form, form.get("note", "").strip(),
    )  # fmt: skip


async def _say_ready(db: Db, actor: Actor, case_id: int, _: int, form: Form) -> None:
    del form
    await db.run(aftersale.complete_evidence, actor, case_id)


async def _say(db: Db, actor: Actor, case_id: int, _: int, form: Form) -> None:
    await db.run(aftersale.post_case_message, actor, case_id, form.get("text", ""))


async def _appeal(db: Db, actor: Actor, case_id: int, _: int, form: Form) -> None:
    await db.run(aftersale.appeal_decision, actor, case_id, form.get("text", ""))


def _plain(action: Callable[[Tx, Actor, int, int], Awaitable[Any]]) -> CaseActionFn:
    return lambda db, actor, case_id, version, _: db.run(action, actor, case_id, version)


BOTH: dict[str, CaseActionFn] = {
    "call": _plain(aftersale.call_platform),
    "ready": _say_ready,
    "say": _say,
    "appeal": _appeal,
}
BUYERS: dict[str, CaseActionFn] = BOTH | {
    "withdraw": _plain(aftersale.withdraw_refund),
    "change": lambda db, actor, each, version, form: db.run(
        aftersale.change_refund, actor, each, version, read_ask(form)
    ),
    "send-back": lambda db, actor, each, version, form: db.run(
        aftersale.send_back, actor, each, version, _sending(form)
    ),
    "confirm": _plain(aftersale.confirm_replacement),
}
SHOPS: dict[str, CaseActionFn] = BOTH | {
    "agree": _plain(aftersale.agree_to_refund),
    "refuse": lambda db, actor, each, version, form: db.run(
        aftersale.refuse_refund, actor, each, version, form.get("text", "")
    ),
    "take-back": lambda db, actor, each, version, form: db.run(
        aftersale.confirm_return, actor, each, version, is_resellable="is_resellable" in form
    ),
    "replace": lambda db, actor, each, version, form: db.run(
        aftersale.send_replacement, actor, each, version, _sending(form)
    ),
}


async def act_on_case(
    request: AnyRequest, actor: Actor, actions: Mapping[str, CaseActionFn], case_id: int, action: str, form: Form,
    files: list[bytes]
) -> None:  # fmt: skip
    """Do one of these actions; `evidence` hands in the files that came with the form."""
    db = db_of(request)
    if action == "evidence":
        for body in files:
            await aftersale.add_evidence(db, adapters_of(request).objects, actor, case_id, body, form.get("text", ""))
        return
    if action not in actions:
        raise NotFound("action", action[:40])
    await actions[action](db, actor, case_id, read_number(dict(form), "version", 0), form)


def case_words(seen: PageContext) -> dict[str, Any]:
    """The words every page of a case needs."""
    language = seen.language
    return {
        "case_states": worded(CASE_STATES, language),
        "at_zero": worded(AT_ZERO, language),
        "kinds": worded(CASE_KINDS, language),
        "case_reasons": worded(CASE_REASONS, language),
        "actions": worded(CASE_ACTIONS, language),
        "sides": worded(SIDES, language),
        "outcomes": worded(OUTCOMES, language),
        "on_file": worded(ON_FILE, language),
        "refund_states": worded(REFUND_STATES, language),
        "help_words": {code: translate(text, language) for code, text in HELP.items()},
    }


async def answer_file(request: AnyRequest, actor: Actor, case_id: int, evidence_id: int) -> Response[bytes]:
    """A file of a case: pictures to be looked at, everything else to be kept; nothing in it is ever run."""
    found, body = await aftersale.read_evidence(
        db_of(request), adapters_of(request).objects, actor, case_id, evidence_id
    )  # fmt: skip
    is_picture = found.media_type.startswith("image/")
    disposition = "inline" if is_picture else f'attachment; filename="{evidence_id}"'
    return answer_private(
        found.media_type, body, {"content-disposition": disposition, "cache-control": "private, max-age=3600"}
    )


class AskChoice(msgspec.Struct, frozen=True):
    """What may be asked for of a line now, with the reasons for each."""

    kind: str
    reasons: list[str]


async def choices_for(tx: Tx, order: ShopOrder, line: OrderLine, *, is_new: bool = True) -> list[AskChoice]:
    """The kinds that may be asked for of a line now; none any more: an empty list."""
    options = await aftersale.list_refund_options(tx, order, line, is_new=is_new)
    return [AskChoice(kind, reasons) for kind, reasons in options.items()]


async def find_own_line(tx: Tx, actor: Actor, order_id: int, line_id: int) -> tuple[OrderView, OrderLine]:
    """A line that the actor bought, with its order. Refuses `NotFound`."""
    view = await get_order(tx, actor, order_id)
    line = next((each for each in view.lines if each.line_id == line_id), None)
    if line is None or view.order.member_id != actor.id:
        raise NotFound("order_line", line_id)
    return view, line
