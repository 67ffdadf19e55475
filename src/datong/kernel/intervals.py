"""Intervals of time as they are typed in: `[start, end)`, with time zones, and not empty."""

from datetime import datetime

from datong.kernel.refusal import Invalid


def check_interval(start_field: str, start: datetime, end_field: str, end: datetime) -> None:
    """Refuse an interval that is empty or inverted, or whose instants lack a time zone. Raises `Invalid`."""
    for field, instant in ((start_field, start), (end_field, end)):
        if instant.tzinfo is None:
            raise Invalid(field, "with a time zone")
    if start >= end:
        raise Invalid(end_field, f"after {start_field}")
