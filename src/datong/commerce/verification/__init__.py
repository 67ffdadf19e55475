"""Verification: whether a shop's identity and its bank account are real, as a provider says.

Owns verifications of shops with their outcome; what was claimed is handed to the provider and kept as a digest alone.
Calls `messaging`, `rulebook` and the verifiers behind their Protocol. Tells `VerificationDecided`. Rooms above ask
whether what they stand on is verified; they decide where that is needed.
"""

from datong.commerce.verification.checks import run_due_checks, start_check
from datong.commerce.verification.queries import Verification, find_last_verification, is_verified
from datong.commerce.verification.states import ACCOUNT, IDENTITY, NoVerifier

__all__ = [
    "ACCOUNT",
    "IDENTITY",
    "NoVerifier",
    "Verification",
    "find_last_verification",
    "is_verified",
    "run_due_checks",
    "start_check",
]
