"""What members' sweeps do."""

from datong.adapters import World
from datong.commerce.member.passkeys import forget_challenges
from datong.commerce.member.sign_in import close_expired_sessions
from datong.kernel.fact import every


@every(600)
async def forget_expired_sessions(world: World) -> int:
    """Sessions that have run out are deleted."""
    return await close_expired_sessions(world.db)


@every(600)
async def forget_unanswered_challenges(world: World) -> int:
    """Challenges that no passkey answered are deleted."""
    return await forget_challenges(world.db)
