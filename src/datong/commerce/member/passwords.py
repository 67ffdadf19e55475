"""Passwords: argon2id with the parameters of OWASP (19 MiB, 2 passes, 1 lane), four at a time in threads."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_THREADS = ThreadPoolExecutor(4, thread_name_prefix="argon2")
NO_ONES_HASH = _HASHER.hash("nobody logs in with this")
"""Checked when there is no such member, so that the answer takes as long."""


async def hash_password(password: str) -> str:
    """The hash to keep."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, password)


async def is_password(kept: str, password: str) -> bool:
    """Whether the password belongs to the hash."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _verify, kept, password)


def _verify(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
