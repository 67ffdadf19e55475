"""What verifications do by the clock."""

from datong.adapters import Adapters
from datong.commerce.verification.checks import run_due_checks
from datong.kernel.fact import every


@every(5)
async def ask_after_checks(adapters: Adapters) -> int:
    """Providers are asked what became of what they check."""
    return await run_due_checks(adapters.db, adapters.verifiers)
