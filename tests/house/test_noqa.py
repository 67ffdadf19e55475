"""A check that is switched off says why: `# noqa: CODE - reason`."""

import re
import tokenize
from collections import Counter
from io import StringIO

from tests.house.rooms import ROOT

FOLDERS = ("src", "tests", "bench", "setup")
WITH_REASON = re.compile(r"# noqa: [A-Z]+\d+(, [A-Z]+\d+)* - \S.{2,}")
WITHOUT: dict[str, int] = {
    "bench/checkout_http.py": 1,
    "bench/scores.py": 2,
    "bench/town.py": 1,
    "src/datong/adapters/engine/opensearch.py": 2,
    "src/datong/commerce/aftersale/returns.py": 1,
    "src/datong/commerce/catalog/csv_import.py": 2,
    "src/datong/commerce/catalog/images.py": 1,
    "src/datong/commerce/catalog/validation.py": 2,
    "src/datong/commerce/payment/payouts.py": 1,
    "src/datong/commerce/pricing/freight.py": 1,
    "src/datong/commerce/review/text_policy.py": 1,
    "src/datong/commerce/review/write_review.py": 1,
    "src/datong/commerce/rulebook/parameters.py": 1,
    "src/datong/commerce/voucher/terms.py": 1,
    "src/datong/importers/catalog_file.py": 2,
    "src/datong/importers/progress.py": 2,
    "src/datong/kernel/schema.py": 2,
    "src/datong/kernel/tx.py": 1,
    "src/datong/runtime/commands/failed_events.py": 1,
    "src/datong/runtime/commands/search.py": 2,
    "src/datong/runtime/postgres.py": 5,
    "src/datong/runtime/supervisor.py": 1,
    "src/datong/simulation/month.py": 1,
    "src/datong/simulation/stage.py": 2,
    "src/datong/simulation/trade_actors.py": 6,
    "src/datong/surfaces/api/selling.py": 1,
    "src/datong/surfaces/chat.py": 1,
    "src/datong/surfaces/console/categories.py": 1,
    "src/datong/surfaces/console/promotions.py": 2,
    "src/datong/surfaces/forms.py": 2,
    "src/datong/surfaces/request_context.py": 2,
    "src/datong/surfaces/searching.py": 1,
    "src/datong/surfaces/storefront/account.py": 1,
    "src/datong/surfaces/storefront/reviewing.py": 1,
    "tests/commerce/test_people.py": 2,
    "tests/house/test_sql.py": 1,
    "tests/journeys/browser.py": 2,
    "tests/journeys/test_kill.py": 1,
    "tests/journeys/test_supervising.py": 2,
    "tests/make.py": 1,
    "tests/platform/test_search.py": 1,
    "tests/surfaces/test_api.py": 2,
    "tests/surfaces/test_rights.py": 1,
    "tests/surfaces/test_schema_fuzz.py": 2,
}
"""How many a file has that say no reason; this only shrinks."""


def without_reason(source: str) -> list[int]:
    """The lines whose `noqa` names no rule or no reason. Words in strings are not comments."""
    comments = [each for each in tokenize.generate_tokens(StringIO(source).readline) if each.type == tokenize.COMMENT]
    return [
        each.start[0]
        for each in comments
        if re.search(r"#\s*noqa\b", each.string, re.IGNORECASE) and not WITH_REASON.search(each.string)
    ]


def test_whoever_switches_a_check_off_says_why() -> None:
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")] + [ROOT / "setup.py"]
    found = {path.relative_to(ROOT).as_posix(): without_reason(path.read_text()) for path in paths}
    counts = Counter({name: len(lines) for name, lines in found.items() if lines})
    assert counts == WITHOUT, {name: lines for name, lines in found.items() if len(lines) != WITHOUT.get(name, 0)}


def test_one_without_a_reason_is_found() -> None:
    source = """\
a = 1  # noqa: S101 - it is a test
b = 2  # noqa: S101
c = 3  # noqa
d = 4  # NOQA: S101, PLR2004
e = 5  # noqa: S101, PLR2004 - both of them are meant
f = 6  # noqa: S101 -
g = "# noqa"
h = 8  # noqa: S101 -- no
i = 9  # type: ignore[misc]  # noqa: S101
"""
    assert without_reason(source) == [2, 3, 4, 6, 8, 9]
