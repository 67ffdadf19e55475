"""How far the demo town is: a file in the data folder that `up` begins, the builder writes and the start page reads.

While it is there, a town was begun and not finished. Where it says that the database was made for this town, nobody has
used that database: the next start makes it anew and begins again.
"""

from pathlib import Path

import msgspec

from datong.settings import Settings

STEPS: dict[str, int] = {
    "database": 0,
    "people": 10,
    "shops": 15,
    "products": 17,
    "month": 25,
    "orders": 90,
    "done": 100,
}
"""The steps in order, and the percentage of the work that is done when each begins."""


class BuildState(msgspec.Struct, frozen=True):
    """How far a town is."""

    step: str
    """The one under way, of `STEPS`."""
    percent: int
    is_fresh: bool
    """Whether the database was made for this town and may be made anew."""


class Building:
    """The file of one installation."""

    def __init__(self, settings: Settings) -> None:
        self.path: Path = settings.data_dir / "building.json"

    def begin(self, *, is_fresh: bool) -> None:
        """Note that a town is begun, in a database made for it or in one that was there."""
        self._keep(BuildState("database", 0, is_fresh))

    def write(self, step: str, share: float = 0.0) -> None:
        """Note that a step has begun, or that a share of it (0 to 1) is done; nothing where `up` began no town."""
        if (state := self.find()) is None:
            return
        names = list(STEPS)
        first, last = STEPS[step], STEPS[names[min(names.index(step) + 1, len(names) - 1)]]
        self._keep(BuildState(step, first + int((last - first) * min(max(share, 0.0), 1.0)), state.is_fresh))

    def find(self) -> BuildState | None:
        """How far it is; None where no town is being built, or what is noted cannot be read."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=BuildState)
        except (OSError, msgspec.MsgspecError):
            return None

    def end(self) -> None:
        """The town stands, or is not to be built."""
        self.path.unlink(missing_ok=True)

    def _keep(self, state: BuildState) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(state))
        fresh.replace(self.path)
