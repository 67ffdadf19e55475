"""The maker of mutants makes each kind, in its place, and leaves alone what says nothing about the code's work."""

from bench.mutants import cases_of, equivalent
from bench.mutating import apply, mutants, parse
from tests.house.rooms import ROOT

SOURCE = '''"""A file where nothing is 1 < 2 and not 3."""
from a import b

LIMIT = 5
GET = rows(Row, f"select {_COLUMNS} from a where bkt = $1 and due_at <= $2 and state = 'OPEN' limit 20")
ANY = rows(Row, "select a from a where bkt = $1 and exists (select 1 from b)")


class A(Struct, frozen=True):
    """So many: 4."""

    size: Literal[7] = 3


@every(60)
async def work(tx: Tx, größe: int) -> int | None:
    """Do it if 1 < 2."""
    actor.must("a", 1)
    if not größe or größe < LIMIT and True:
        return None
    await tx.run(GET)
    both = zip(größe, größe, strict=True)
    return größe + 1
'''


def test_every_kind_is_made_and_nothing_else_is_touched() -> None:
    source = SOURCE.encode()
    made = mutants(source)
    lines = {apply(source, each).decode() for each in made}
    for old, new in (
        ("LIMIT = 5", "LIMIT = 6"), ("LIMIT = 5", "LIMIT = 4"), ("due_at <=", "due_at <"), (" and due_at <= $2", ""),
        ("'OPEN'", "'NONE'"), ("= 3\n", "= 4\n"), ('actor.must("a", 1)', "pass"), ("not größe or", "größe or"),
        ("größe or größe", "größe and größe"), ("größe < LIMIT", "größe <= LIMIT"), ("LIMIT and True", "LIMIT or True"),
        ("and True", "and False"), ("return None", "pass"), ("await tx.run(GET)", "pass"),
        ("return größe + 1", "return None"), ("größe + 1", "größe - 1"),
    ):  # fmt: skip
        assert SOURCE.replace(old, new, 1) in lines, (old, new)
    for text in lines:
        parse(text)
        kept = (
            '"""A file where nothing is 1 < 2 and not 3."""',
            '"""So many: 4."""',
            "frozen=True",
            "Literal[7]",
            "@every(60)",
            "select 1 from",
            "limit 20",
            "bkt = $1",
            "strict=True",
        )
        assert all(each in text for each in kept), text
    assert {each.function for each in made} == {0, 15}
    assert {each.constant for each in made if not each.function} == {"LIMIT", "GET", ""}


def test_what_is_listed_as_changing_nothing_is_a_mutant_that_could_be_made() -> None:
    stale = []
    for path, line, what in sorted(equivalent()):
        source = (ROOT / path).read_bytes() if (ROOT / path).is_file() else b""
        lines = source.decode().splitlines()
        if (line, what) not in {(lines[each.line - 1].strip(), each.what) for each in mutants(source)}:
            stale.append(f"{path} | {line} | {what}")
    assert stale == []
    assert not {(each.path, each.source_line, each.mutant.what) for each in cases_of("inventory")} & equivalent()
