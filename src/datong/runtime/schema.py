"""All tables of the house in one metadata: imported where the whole schema is needed."""

from datong.kernel.schema import metadata

__all__ = ["metadata"]
