"""The engine as a service: OpenSearch (or what speaks its language) by URL, for more than one machine."""

import base64
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import httpx
import msgspec

from datong.adapters.engine import (
    Among,
    Ask,
    Best,
    Count,
    Document,
    EngineDown,
    Fields,
    Found,
    Hit,
    Match,
    Node,
    OnHits,
    Phrase,
    Range,
    Word,
)
from datong.adapters.engine.facet_counts import aggregation, counted

NOT_FOUND = 404
KINDS: dict[str, dict[str, Any]] = {
    "words": {"type": "text", "analyzer": "whitespace"},
    "bag": {"type": "text", "analyzer": "whitespace", "index_options": "docs", "norms": False},
    "code": {"type": "keyword"},
    "number": {"type": "long"},
}


class OpenSearchEngine:
    """Indexes of a cluster, each name after a prefix, the URL's path; user and password may stand in it too."""

    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        parts = urlsplit(url)
        host = parts.hostname or "127.0.0.1"
        self._base = urlunsplit((parts.scheme, f"{host}:{parts.port}" if parts.port else host, "", "", ""))
        self._auth = (parts.username, parts.password or "") if parts.username else None
        self._client = client
        self._prefix = (parts.path.strip("/") or "datong") + "-"

    async def make(self, index: str, fields: Fields) -> None:
        """Make an empty index."""
        if await self.has(index):
            return
        properties = {name: KINDS[kind] for name, kind in fields.items()}
        properties["body"] = {"type": "binary"}
        body = {
            "settings": {"index": {"refresh_interval": "500ms"}},
            "mappings": {"dynamic": "strict", "properties": properties},
        }
        await self._ask("PUT", self._name(index), body)

    async def has(self, index: str) -> bool:
        """Whether an index is there."""
        return await self._ask("HEAD", self._name(index), may_miss=True) is not None

    async def put(self, index: str, documents: Sequence[Document], gone: Sequence[int] = ()) -> None:
        """Put documents and take others out, in one bulk."""
        lines: list[object] = [{"delete": {"_id": str(each)}} for each in gone]
        for each in documents:
            body = {**each.words, **each.codes, **each.numbers, "body": base64.b64encode(each.body).decode()}
            lines += [{"index": {"_id": str(each.id)}}, body]
        if not lines:
            return
        text = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
        answer = await self._ask("POST", f"{self._name(index)}/_bulk", text)
        failed = [
            part
            for item in (answer or {}).get("items", [])
            for action, part in item.items()
            if part.get("status", 0) >= 400 and not (action == "delete" and part["status"] == NOT_FOUND)  # noqa: PLR2004 - statuses from 400 on are errors
        ]
        if failed:
            raise EngineDown(f"{len(failed)} documents were refused: {str(failed[0].get('error'))[:200]}")

    async def find(self, index: str, ask: Ask, on_hits: OnHits | None = None) -> Found:  # noqa: ARG002 - all at once
        """What matches: one search, and one more for each query that is only counted."""
        groups: dict[Node | None, list[Count]] = {None: []}
        for each in ask.counts:
            groups.setdefault(each.query, []).append(each)
        lines: list[object] = []
        for own, counts in groups.items():
            body: dict[str, Any] = {"query": compile_node(own or ask.query), "size": 0, "track_total_hits": own is None}
            if own is None:
                body |= {"size": ask.limit, "from": ask.offset, "_source": ["body"]}
                if ask.order:
                    body["sort"] = [{ask.order: {"order": "asc" if ask.is_rising else "desc"}}]
            if counts:
                body["aggs"] = {each.name: aggregation(each) for each in counts}
            lines += [{}, body]
        text = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
        answer = await self._ask("POST", f"{self._name(index)}/_msearch", text)
        parts = (answer or {}).get("responses", [])
        if len(parts) != len(groups) or any("error" in part for part in parts):
            raise EngineDown(str([part.get("error") for part in parts])[:200])
        counts_of = {
            each.name: counted(each, part["aggregations"])
            for counts, part in zip(groups.values(), parts, strict=True)
            for each in counts
        }
        hits = parts[0]["hits"]
        return Found(
            hits["total"]["value"],
            [Hit(each["_score"] or 0.0, base64.b64decode(each["_source"]["body"])) for each in hits["hits"]],
            counts_of,
        )

    async def frequency(self, index: str, field: str, words: Sequence[str]) -> tuple[int, dict[str, int]]:
        """How many documents there are, and how many have each word."""
        filters = {f"w{place}": {"term": {field: word}} for place, word in enumerate(words)}
        body: dict[str, Any] = {"size": 0, "track_total_hits": True}
        if filters:
            body["aggs"] = {"words": {"filters": {"filters": filters}}}
        answer = await self._ask("POST", f"{self._name(index)}/_search", body)
        if answer is None:
            raise EngineDown(f"no index {index}")
        total = answer["hits"]["total"]["value"]
        buckets = answer["aggregations"]["words"]["buckets"] if filters else {}
        return total, {word: buckets[f"w{place}"]["doc_count"] for place, word in enumerate(words)}

    async def drop(self, index: str) -> None:
        """Forget an index."""
        await self._ask("DELETE", self._name(index), may_miss=True)

    async def let_go(self) -> None:
        """Nothing is held that another process would wait for."""

    async def close(self) -> None:
        """Nothing is held: the client belongs to the process."""

    def _name(self, index: str) -> str:
        return quote(self._prefix + index)

    async def _ask(self, method: str, path: str, body: object = None, *, may_miss: bool = False) -> Any:  # noqa: ANN401 - JSON of any shape
        """An answer's JSON (True where there is none); None for what is not there, if it may be missing."""
        is_lines = isinstance(body, bytes)
        content = body if isinstance(body, bytes) else msgspec.json.encode(body) if body is not None else None
        kind = "application/x-ndjson" if is_lines else "application/json"
        try:
            answer = await self._client.request(
                method, f"{self._base}/{path}", content=content, headers={"content-type": kind}, auth=self._auth
            )
        except httpx.HTTPError as error:
            raise EngineDown(type(error).__name__) from None
        if may_miss and answer.status_code == NOT_FOUND:
            return None
        if answer.is_error:
            raise EngineDown(f"{answer.status_code}: {answer.text[:200]}")
        try:
            return msgspec.json.decode(answer.content) if answer.content else True
        except msgspec.DecodeError:
            raise EngineDown("not JSON") from None


def compile_node(node: Node) -> dict[str, Any]:
    """A tree as the service's JSON."""
    if isinstance(node, Word):
        return {"term": {node.field: {"value": node.word, "boost": node.weight}}}
    if isinstance(node, Phrase):
        return {"match_phrase": {node.field: {"query": " ".join(node.words), "boost": node.weight}}}
    if isinstance(node, Among):
        return {"constant_score": {"filter": {"terms": {node.field: list(node.values)}}, "boost": 0}}
    if isinstance(node, Range):
        bounds = {name: bound for name, bound in (("gte", node.least), ("lte", node.most)) if bound is not None}
        return {"constant_score": {"filter": {"range": {node.field: bounds}}, "boost": 0}}
    if isinstance(node, Best):
        return {"dis_max": {"queries": [compile_node(part) for part in node.parts], "tie_breaker": node.rest}}
    assert isinstance(node, Match)  # noqa: S101 - the last kind of node
    must = [compile_node(part) for part in node.must] or [{"match_all": {}}]
    compiled = {"must": must, "should": [compile_node(part) for part in node.should]}
    return {"bool": compiled | {"must_not": [compile_node(part) for part in node.must_not]}}
