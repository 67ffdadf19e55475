"""What members' sweeps do."""

from datong.commerce.member.signing_in import close_expired_sessions
from datong.kernel.fact import every
from datong.plugs import World


@every(600)
async def forget_expired_sessions(world: World) -> int:
    """Sessions that have run out are deleted."""
    return await close_expired_sessions(world.db)
