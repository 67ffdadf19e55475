"""What qualifications do by the clock."""

from datong.adapters import Adapters
from datong.commerce.qualification.expiry import run_due_qualifications
from datong.kernel.fact import every


@every(5)
async def follow_terms(adapters: Adapters) -> int:
    """Shops are told before a qualification expires, and it ends in time."""
    return await run_due_qualifications(adapters.db)
