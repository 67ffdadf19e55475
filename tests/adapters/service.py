"""A search service in memory: as much of the language that OpenSearch speaks as is spoken to it, and nothing else."""

import json
from typing import Any

import httpx

Body = dict[str, Any]


class Service:
    """Answers requests as the service would; an unknown field, condition or path is refused."""

    def __init__(self) -> None:
        self.indexes: dict[str, dict[str, Body]] = {}
        self.fields: dict[str, Body] = {}
        self.is_away = False
        self.asked: list[str] = []

    def client(self) -> httpx.AsyncClient:
        """A client that reaches nothing but this."""
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:  # noqa: PLR0911 - one for each path
        if self.is_away:
            raise httpx.ConnectError("away")
        self.asked.append(f"{request.method} {request.url.path}")
        name, _, action = request.url.path.strip("/").partition("/")
        lines = (
            [json.loads(line) for line in request.content.splitlines()] if action.startswith(("_bulk", "_ms")) else []
        )
        if request.method == "PUT" and not action:
            body = json.loads(request.content)
            assert body["mappings"]["dynamic"] == "strict"
            self.indexes[name], self.fields[name] = {}, body["mappings"]["properties"]
            return httpx.Response(200, json={"acknowledged": True})
        if name not in self.indexes:
            return httpx.Response(404, json={"error": "index_not_found_exception"})
        if request.method == "DELETE":
            del self.indexes[name]
        if request.method in {"DELETE", "HEAD"}:
            return httpx.Response(200, json={"acknowledged": True} if request.method == "DELETE" else None)
        if action == "_bulk":
            return httpx.Response(200, json=self._bulk(name, lines))
        if action == "_msearch":
            parts = [self._search(name, body) for head, body in zip(lines[::2], lines[1::2], strict=True) if head == {}]
            return httpx.Response(200, json={"responses": parts})
        if action == "_search":
            return httpx.Response(200, json=self._search(name, json.loads(request.content)))
        return httpx.Response(400, json={"error": f"unknown path {action}"})

    def _bulk(self, name: str, lines: list[Body]) -> Body:
        items: list[Body] = []
        rest = iter(lines)
        for line in rest:
            ((action, about),) = line.items()
            if action == "delete":
                there = self.indexes[name].pop(about["_id"], None)
                items.append({"delete": {"status": 200 if there else 404}})
                continue
            body = next(rest)
            unknown = body.keys() - self.fields[name].keys()
            if unknown:
                items.append({"index": {"status": 400, "error": f"strict_dynamic_mapping_exception {unknown}"}})
                continue
            self.indexes[name][about["_id"]] = body
            items.append({"index": {"status": 201}})
        return {"items": items}

    def _search(self, name: str, body: Body) -> Body:
        documents = self.indexes[name]
        scored = [
            (self._score(each, body.get("query", {"match_all": {}})), key, each) for key, each in documents.items()
        ]
        found = [(score, key, each) for score, key, each in scored if score is not None]
        if "sort" in body:
            ((field, order),) = body["sort"][0].items()
            found.sort(key=lambda each: each[2][field], reverse=order["order"] == "desc")
        else:
            found.sort(key=lambda each: -each[0])
        page = found[body.get("from", 0) : body.get("from", 0) + body.get("size", 10)]
        hits = [{"_score": None if "sort" in body else score, "_source": each} for score, _, each in page]
        counts = {key: self._count(each, [one for *_, one in found]) for key, each in body.get("aggs", {}).items()}
        return {"hits": {"total": {"value": len(found)}, "hits": hits}, "aggregations": counts}

    def _count(self, asked: Body, found: list[Body]) -> Body:
        ((kind, about),) = asked.items()
        if kind == "terms":
            counts: dict[str, int] = {}
            for each in found:
                for code in each.get(about["field"], []):
                    counts[code] = counts.get(code, 0) + 1
            order = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[: about["size"]]
            return {"buckets": [{"key": key, "doc_count": count} for key, count in order]}
        if kind == "range":
            return {"buckets": [self._range(about["field"], each, found) for each in about["ranges"]]}
        assert kind == "filters", kind
        parts = {
            key: {"doc_count": sum(1 for each in found if self._score(each, query) is not None)}
            for key, query in about["filters"].items()
        }
        return {"buckets": parts}

    @staticmethod
    def _range(field: str, bounds: Body, found: list[Body]) -> Body:
        low, high = bounds["from"], bounds.get("to", float("inf"))
        return {"from": float(low), "doc_count": sum(1 for each in found if low <= each[field] < high)}

    def _score(self, document: Body, query: Body) -> float | None:  # noqa: PLR0911 - one for each condition
        """What a document scores for a condition; None: it does not match."""
        ((kind, about),) = query.items()
        if kind == "match_all":
            return 1.0
        if kind == "dis_max":
            scores = [score for each in about["queries"] if (score := self._score(document, each)) is not None]
            return max(scores) + about["tie_breaker"] * (sum(scores) - max(scores)) if scores else None
        if kind == "constant_score":
            return about["boost"] if self._score(document, about["filter"]) is not None else None
        if kind == "bool":
            must = [self._score(document, each) for each in about["must"]]
            must_not = [self._score(document, each) for each in about["must_not"]]
            if None in must or any(each is not None for each in must_not):
                return None
            return sum(score or 0.0 for score in [*must, *(self._score(document, each) for each in about["should"])])
        ((field, wanted),) = about.items()
        value = document.get(field, "")
        if kind == "range":
            return 1.0 if wanted.get("gte", value) <= value <= wanted.get("lte", value) else None
        if kind == "terms":
            return 1.0 if set(wanted) & set(value) else None
        if kind == "term":
            said = value.split() if isinstance(value, str) else value
            wanted = wanted if isinstance(wanted, dict) else {"value": wanted, "boost": 1.0}
            return said.count(wanted["value"]) * wanted["boost"] if wanted["value"] in said else None
        assert kind == "match_phrase", kind
        words, said = wanted["query"].split(), value.split()
        runs = [said[place : place + len(words)] for place in range(len(said) - len(words) + 1)]
        return wanted["boost"] * runs.count(words) if words in runs else None
