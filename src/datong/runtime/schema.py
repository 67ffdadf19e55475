"""The schema of a house: its tables in one metadata, loaded where the whole schema is needed."""

from datong.kernel.schema import metadata
from datong.wiring import find_house

HOUSE = find_house()
"""Finding the rooms imports their tables, which adds them to the metadata."""

__all__ = ["HOUSE", "metadata"]
