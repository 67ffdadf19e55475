"""Counting: both engines take the same JSON of counts and answer in the same shape."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from datong.adapters.engine import Count

SPARE = 10
"""So many values more are looked at in each part of an index than are answered."""


def aggregation(count: Count) -> dict[str, Any]:
    """A count as the engines are asked for it."""
    if not count.bounds:
        return {"terms": {"field": count.field, "size": count.most, "shard_size": count.most + SPARE}}
    ranges = [{"from": low} | ({} if high is None else {"to": high}) for low, high in pairwise((*count.bounds, None))]
    return {"range": {"field": count.field, "ranges": ranges}}


def counted(count: Count, answer: Mapping[str, Any], factor: float = 1) -> dict[str, int]:
    """What an engine answered: by value, or by a range's lower bound; what does not occur is left out."""
    return {
        str(int(bucket["from"])) if count.bounds else str(bucket["key"]): round(bucket["doc_count"] * factor)
        for bucket in answer[count.name]["buckets"]
        if bucket["doc_count"] and (not count.bounds or "from" in bucket)
    }
