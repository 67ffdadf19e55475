"""Evidence: files that either side hands in, checked for what they are, shown to those whom the case concerns."""

import hashlib

from datong.adapters.image_files import media_type_of
from datong.adapters.object_store import Objects, put_first
from datong.commerce.aftersale.deadlines import NOTE_BYTES
from datong.commerce.aftersale.queries import EVIDENCE, Evidence, own_case
from datong.commerce.aftersale.states import HelpStatus
from datong.commerce.aftersale.transitions import LockedCase, hold_case, note, tell_changed
from datong.commerce.rulebook import ALL_SCOPES, Parameter, get_rules
from datong.kernel.actor import Actor
from datong.kernel.ids import bucket_of
from datong.kernel.refusal import Conflict, Invalid, NotFound
from datong.kernel.sql import command
from datong.kernel.tx import Db, Tx

EVIDENCE_BYTES = Parameter(
    "aftersale.evidence_bytes",
    int,
    5_000_000,
    "DESIGN: the size of one file of evidence",
    bounds=(10_000, 20_000_000),
    scopes=ALL_SCOPES,
)
EVIDENCE_FILES = Parameter(
    "aftersale.evidence_files", int, 9, "DESIGN: files of one side in one case", bounds=(1, 30), scopes=ALL_SCOPES
)

PUT = command(
    """
    insert into evidence (bkt, evidence_id, case_id, side, actor_id, file_key, media_type, size, sha256, text, added_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    """
)


class EvidenceOver(Conflict):
    """The time for evidence is over."""

    code = "aftersale.evidence_over"


async def add_evidence(db: Db, objects: Objects, actor: Actor, case_id: int, body: bytes, text: str = "") -> int:
    """Hand in one file (JPEG, PNG, WebP, PDF, MP4) with a few words; answers its id.

    The file is kept first and named after, so a row always has its file. Refuses `Invalid` for other files and sizes,
    `EvidenceOver` when the platform is deciding or the case has ended.
    """
    async with db.read() as tx:
        case, _ = await own_case(tx, actor, case_id, "plead")
        rules = await get_rules(tx)
        most_bytes = rules.value(EVIDENCE_BYTES, tx.now, case.rules_scope)
        most_files = rules.value(EVIDENCE_FILES, tx.now, case.rules_scope)
        evidence_id = tx.new_id(bucket_of(case_id))
    if not 0 < len(body) <= most_bytes:
        raise Invalid("file", f"1 to {most_bytes} bytes")
    if len(text.encode()) > NOTE_BYTES:
        raise Invalid("text", f"at most {NOTE_BYTES} bytes")
    media_type = await media_type_of(body)
    if media_type is None:
        raise Invalid("file", "a picture (JPEG, PNG, WebP), a PDF or an MP4")
    key = f"evidence/{case_id}/{evidence_id}"
    async with put_first(objects, {key: body}), db.begin(bucket_of(case_id)) as tx:
        held = await hold_case(tx, actor, case_id, "plead", None)
        await _check_time(tx, held, most_files)
        digest = hashlib.sha256(body).hexdigest()
        await tx.run(
            PUT, tx.bucket, evidence_id, case_id, held.by.side, actor.id, key, media_type, len(body), digest,
            text.strip(), tx.now,
        )  # fmt: skip
        await note(tx, case_id, held.by, "evidence_added", text.strip(), {"evidence_id": str(evidence_id)})
        tell_changed(tx, held.case)
    return evidence_id


async def _check_time(tx: Tx, held: LockedCase, most_files: int) -> None:
    """Refuse a file more than a side may hand in, and any file while the platform decides or after the end."""
    status = held.dispute.cs_status if held.dispute and held.dispute.due_at else HelpStatus.NONE
    if status == HelpStatus.IN or (not held.case.is_open and status != HelpStatus.APPEAL):
        raise EvidenceOver
    kept = await tx.all(EVIDENCE, tx.bucket, held.case.case_id)
    if sum(1 for each in kept if each.side == held.by.side) >= most_files:
        raise Invalid("file", f"at most {most_files} files")


async def read_evidence(
    db: Db, objects: Objects, actor: Actor, case_id: int, evidence_id: int
) -> tuple[Evidence, bytes]:
    """A file of a case, for those the case concerns; for everyone else it does not exist."""
    async with db.read() as tx:
        await own_case(tx, actor, case_id)
        found = [
            each for each in await tx.all(EVIDENCE, bucket_of(case_id), case_id) if each.evidence_id == evidence_id
        ]
    body = await objects.get(found[0].file_key) if found else None
    if body is None:
        raise NotFound("evidence", evidence_id)
    return found[0], body
