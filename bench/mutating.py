"""Mutants of a source file: small changes, each at a place, that a good test should notice.

Changes are made in the text at the positions of the syntax tree, so that all else stays as it is. Docstrings,
annotations, decorators and class options are left alone, and so is `strict=` of a zip: it tells the reader that both
are as long, and changes nothing where they are.
"""

import ast
import gc
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

SWAPS = {
    "<=": "<", "<": "<=", ">=": ">", ">": ">=", "==": "!=", "!=": "==", "is not": "is", "is": "is not", "not in": "in",
    "in": "not in",
}  # fmt: skip
_OPERATOR = re.compile(r"<=|>=|==|!=|<|>|\bis\s+not\b|\bis\b|\bnot\s+in\b|\bin\b")
_IS_SQL = re.compile(r"^[rf]*[\"']+\s*(?:select|insert|update|delete|with)\b", re.IGNORECASE)
_IN_SQL: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"(?<![<>-])<=(?!>)"), "<", "sql <= to <"),
    (re.compile(r"(?<![<>-])>=(?!>)"), ">", "sql >= to >"),
    (re.compile(r"(?<![<>@-])<(?![<>=@-])"), "<=", "sql < to <="),
    (re.compile(r"(?<![<>@-])>(?![<>=@-])"), ">=", "sql > to >="),
    (re.compile(r"<>"), "=", "sql <> to ="),
    (re.compile(r"(?<= )\+(?= )"), "-", "sql + to -"),
    (re.compile(r"(?<= )-(?= )"), "+", "sql - to +"),
    (re.compile(r"\bleast\("), "greatest(", "sql least to greatest"),
    (re.compile(r"\bgreatest\("), "least(", "sql greatest to least"),
    (re.compile(r"'[A-Z][A-Z_]+'"), "'NONE'", "sql another state"),
    (
        re.compile(
            r"\s+and [^()\n\"']*?(?=\s+and |\s+or |\s+order by|\s+group by|\s+returning|\s+for update|\n|\"|\))"
        ),
        "",
        "sql condition dropped",
    ),
)
_SQL_NUMBER = re.compile(r"(?<![\w$.:{\[])(?<!limit )(?<!\bselect )(?<!\breturning )\d+(?![\w.}\]])")
"""But not of `select 1` and `returning 1`, whose readers ask only whether there is a row."""


def parse(source: str | bytes) -> ast.Module:
    """The tree of a source; raises `SyntaxError`.

    No garbage is collected meanwhile: the parser of Python 3.11 loses count when it is (CPython gh-106905).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(source)
    finally:
        if was_on:
            gc.enable()


class Mutant(NamedTuple):
    """One change: the bytes from `start` to `end` become `text`."""

    start: int
    end: int
    text: str
    what: str
    line: int
    function: int
    """The first line of the function it is in; 0 for the module itself."""
    constant: str
    """For a change of the module itself: the name that is being set."""


def apply(source: bytes, mutant: Mutant) -> bytes:
    """The source with one change made."""
    return source[: mutant.start] + mutant.text.encode() + source[mutant.end :]


def mutants(source: bytes) -> list[Mutant]:
    """Every mutant of a file that can still be parsed and differs from it."""
    found = []
    for each in dict.fromkeys(_Finder(source).find()):
        changed = apply(source, each)
        try:
            parse(changed)
        except SyntaxError:
            continue
        if changed != source:
            found.append(each)
    return found


class _Finder:
    def __init__(self, source: bytes) -> None:
        self._source = source
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._function = 0
        self._constant = ""

    def find(self) -> Iterator[Mutant]:
        """Walk the whole tree."""
        for node in parse(self._source).body:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            self._constant = ast.unparse(target) if isinstance(node, ast.Assign | ast.AnnAssign) and target else ""
            yield from self._walk(node)

    def _walk(self, node: ast.AST) -> Iterator[Mutant]:
        outer = self._function
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not self._function:
            self._function = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        if not _is_docstring(node):
            yield from self._here(node)
            for child in _children(node):
                yield from self._walk(child)
        self._function = outer

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.lineno - 1] + node.col_offset, self._starts[node.end_lineno - 1] + node.end_col_offset

    def _text(self, start: int, end: int) -> str:
        return self._source[start:end].decode()

    def _make(self, node: ast.expr | ast.stmt, text: str, what: str, span: tuple[int, int] | None = None) -> Mutant:
        start, end = span or self._span(node)
        line = self._source[:start].count(b"\n") + 1
        return Mutant(start, end, text, what, line, self._function, "" if self._function else self._constant)

    def _here(self, node: ast.AST) -> Iterator[Mutant]:
        if isinstance(node, ast.Constant | ast.JoinedStr):
            yield from self._constants(node)
        elif isinstance(node, ast.Compare):
            yield from self._between([node.left, *node.comparators], _OPERATOR, SWAPS)
        elif isinstance(node, ast.BoolOp):
            yield from self._between(node.values, re.compile(r"\b(?:and|or)\b"), {"and": "or", "or": "and"})
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub) and not _is_text(node):
            yield from self._between([node.left, node.right], re.compile(r"[+-]"), {"+": "-", "-": "+"})
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            span = (self._span(node)[0], self._span(node.operand)[0])
            yield self._make(node, "", "not dropped", span)
        elif isinstance(node, ast.stmt):
            yield from self._statements(node)

    def _constants(self, node: ast.Constant | ast.JoinedStr) -> Iterator[Mutant]:
        text = self._text(*self._span(node))
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            yield self._make(node, str(not node.value), f"{node.value} to {not node.value}")
        elif isinstance(node, ast.Constant) and isinstance(node.value, int):
            yield self._make(node, str(node.value + 1), f"{text} to {node.value + 1}")
            if node.value > 1:
                yield self._make(node, str(node.value - 1), f"{text} to {node.value - 1}")
        elif _IS_SQL.match(text):
            yield from self._sql(node, text)

    def _sql(self, node: ast.expr, text: str) -> Iterator[Mutant]:
        begin = self._span(node)[0]
        for pattern, replacement, what in _IN_SQL:
            for found in pattern.finditer(text):
                yield self._make(
                    node, replacement, f"{what}: {found[0].strip()[:60]}", self._within(begin, text, found)
                )
        for found in _SQL_NUMBER.finditer(text):
            number = int(found[0]) + 1
            yield self._make(node, str(number), f"sql {found[0]} to {number}", self._within(begin, text, found))

    @staticmethod
    def _within(begin: int, text: str, found: re.Match[str]) -> tuple[int, int]:
        start = begin + len(text[: found.start()].encode())
        return start, start + len(found[0].encode())

    def _between(self, parts: list[ast.expr], pattern: re.Pattern[str], swaps: dict[str, str]) -> Iterator[Mutant]:
        for left, right in pairwise(parts):
            start, end = self._span(left)[1], self._span(right)[0]
            text = self._text(start, end)
            if found := pattern.search(text):
                word = " ".join(found[0].split())
                yield self._make(left, swaps[word], f"{word} to {swaps[word]}", self._within(start, text, found))

    def _statements(self, node: ast.stmt) -> Iterator[Mutant]:
        if (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Await)) or isinstance(node, ast.Raise):
            yield self._make(node, "pass", f"dropped: {ast.unparse(node)[:60]}")
        elif isinstance(node, ast.Return) and self._function:
            if node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None):
                yield self._make(node, "pass", "return dropped")
            else:
                yield self._make(node, "return None", f"returns None: {ast.unparse(node)[:60]}")
        elif isinstance(node, ast.Continue):
            yield self._make(node, "pass", "continue dropped")


def _is_text(node: ast.BinOp) -> bool:
    sides = (node.left, node.right)
    return any(
        isinstance(each, ast.JoinedStr | ast.List | ast.Tuple)
        or (isinstance(each, ast.Constant) and isinstance(each.value, str))
        for each in sides
    )


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """What is inside, but annotations, decorators, options of classes, imports and the parts of a formatted text."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr):
        return
    skipped = {"annotation", "returns", "decorator_list"} | (
        {"keywords", "bases"} if isinstance(node, ast.ClassDef) else set()
    )
    for name, value in ast.iter_fields(node):
        if name in skipped:
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, ast.AST) and not (isinstance(each, ast.keyword) and each.arg == "strict"):
                yield each
