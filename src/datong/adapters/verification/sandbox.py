"""The sandbox verifier: keeps a register of its own, takes its time, and refuses what does not fit.

The first name under which a number or an account was found real is its name; another is refused. Whoever tries things
out chooses by the number or account: one with `unknown` in it is in no register, one with `closed` is not active any
more, one with `slow` takes two days. `Faults` makes its answers fail, as a network does.
"""

import hashlib
from datetime import datetime, timedelta

import msgspec

from datong.adapters.verification import AccountClaim, CheckAnswer, IdentityClaim, VerifierDown
from datong.kernel.sql import command, rows
from datong.kernel.tx import Db, Tx

DELAY = timedelta(seconds=30)
SLOW = timedelta(days=2)


class Faults(msgspec.Struct):
    """How many of the next answers go wrong: before the sandbox acted, or after (the answer is lost)."""

    fail_before: int = 0
    lose_answer: int = 0


class SandboxCheck(msgspec.Struct, frozen=True):
    """A check in the sandbox's own books; of number or account only a digest is kept."""

    check_id: int
    subject: str
    name: str
    reason: str
    """Why it is refused; empty for what is real."""
    answer_at: datetime


_COLUMNS = "check_id, subject, name, reason, answer_at"
PUT = command(
    """
    insert into sandbox_check (check_id, subject, name, reason, opened_at, answer_at) values ($1, $2, $3, $4, $5, $6)
    on conflict do nothing
    """
)
FIND = rows(SandboxCheck, f"select {_COLUMNS} from sandbox_check where check_id = $1")
FIRST = rows(
    SandboxCheck, f"select {_COLUMNS} from sandbox_check where subject = $1 and reason = '' order by check_id limit 1"
)


class SandboxVerifier:
    """A verifier in this very database."""

    code = "sandbox"

    def __init__(self, db: Db, faults: Faults | None = None) -> None:
        self._db = db
        self.faults = faults or Faults()

    async def open_check(self, claim: IdentityClaim | AccountClaim) -> CheckAnswer:
        """Look it up in the register; the answer comes later."""
        if self.faults.fail_before:
            self.faults.fail_before -= 1
            raise VerifierDown("the sandbox did not answer")
        async with self._db.begin() as tx:
            text, name = _said(claim)
            subject = hashlib.sha256(text.encode()).hexdigest()
            reason = await self._look_up(tx, text, subject, name)
            answer_at = tx.now + (SLOW if "slow" in text else DELAY)
            await tx.run(PUT, claim.check_id, subject, name, reason, tx.now, answer_at)
        if self.faults.lose_answer:
            self.faults.lose_answer -= 1
            raise VerifierDown("the answer of the sandbox was lost")
        return CheckAnswer("pending", f"check_{claim.check_id}")

    async def find_check(self, check_id: int, provider_ref: str) -> CheckAnswer | None:
        """What became of a check."""
        async with self._db.read() as tx:
            found = await tx.maybe(FIND, check_id)
        ref = f"check_{check_id}"
        if found is None or (provider_ref and provider_ref != ref):
            return None
        if found.answer_at > self._db.now():
            return CheckAnswer("pending", ref)
        return CheckAnswer("refused", ref, found.reason) if found.reason else CheckAnswer("verified", ref)

    async def _look_up(self, tx: Tx, text: str, subject: str, name: str) -> str:
        if "unknown" in text:
            return "not found in the register"
        if "closed" in text:
            return "no longer active"
        first = await tx.maybe(FIRST, subject)
        return "registered under another name" if first is not None and first.name != name else ""


def _said(claim: IdentityClaim | AccountClaim) -> tuple[str, str]:
    """What is looked up, and the name it is said to belong to, both in small letters."""
    if isinstance(claim, IdentityClaim):
        return f"{claim.subject_kind}:{claim.number.strip()}".lower(), claim.legal_name.strip().lower()
    return f"{claim.gateway}:{claim.destination.strip()}".lower(), claim.holder.strip().lower()
