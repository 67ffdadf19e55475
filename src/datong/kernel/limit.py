"""Limits on guessing: so many attempts for one subject in one window, counted where all processes see it."""

from datetime import timedelta

from datong.kernel.ids import bucket_for
from datong.kernel.refusal import TooMany
from datong.kernel.sql import changed_value, command
from datong.kernel.tx import Db

COUNT = changed_value(
    int,
    """
    insert into attempt_limit as l (bkt, subject, window_ends_at, count) values ($1, $2, $4, 1)
    on conflict (bkt, subject) do update set
        count = case when l.window_ends_at < $3 then 1 else l.count + 1 end,
        window_ends_at = case when l.window_ends_at < $3 then $4 else l.window_ends_at end
    returning count
    """,
)
FORGIVE = command("update attempt_limit set count = greatest(0, count - 1) where bkt = $1 and subject = $2")
CLEAR = command("delete from attempt_limit where bkt = $1 and subject = $2")


async def count_attempt(db: Db, subject: str, most: int, window_seconds: int) -> None:
    """Count one attempt; refuses `TooMany` past `most` in a window. `subject` holds no personal data in clear."""
    bucket = bucket_for(subject)
    async with db.begin(bucket) as tx:
        count = await tx.one(COUNT, bucket, subject, tx.now, tx.now + timedelta(seconds=window_seconds))
    if count > most:
        raise TooMany(window_seconds)


async def clear_attempts(db: Db, subject: str) -> None:
    """Forget the attempts of a subject that has proved itself."""
    bucket = bucket_for(subject)
    async with db.begin(bucket) as tx:
        await tx.run(CLEAR, bucket, subject)


async def forgive_attempt(db: Db, subject: str) -> None:
    """Take back the one attempt that proved itself; what the subject tried before stays counted."""
    bucket = bucket_for(subject)
    async with db.begin(bucket) as tx:
        await tx.run(FORGIVE, bucket, subject)
