"""What people write: made plain before it is kept, and looked at when it asks for it. Never executed: pages escape it.

Pure.
"""

import re
import unicodedata

from datong.commerce.review.time_limits import MAX_TEXT
from datong.kernel.refusal import Invalid

_LONG_NUMBER = re.compile(r"(?:\d[\s\-.]?){7,}")
_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn"}


def plain(text: str, field: str = "text", *, is_needed: bool = False) -> str:
    r"""A text in one normal form, without control and invisible characters, its blank lines folded.

    Refuses `Invalid` above 500 characters, or empty where one is needed.

    >>> plain(" so\u202e  good\x00\n\n\n\nyes ")
    'so good\n\nyes'
    """
    kept = "".join(
        each
        for each in unicodedata.normalize("NFC", text)
        if each in "\n\u200d" or unicodedata.category(each) not in _HIDDEN
    )
    lines = [re.sub(r"\s+", " ", line).strip() for line in kept.split("\n")]
    made = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if len(made) > MAX_TEXT:
        raise Invalid(field, f"at most {MAX_TEXT} characters")
    if is_needed and not made:
        raise Invalid(field, "say why")
    return made


def asks_for_a_look(text: str, watched: list[str]) -> bool:
    """Whether a text has a watched word or a number long enough to call."""
    low = unicodedata.normalize("NFKC", text).lower()
    return bool(_LONG_NUMBER.search(low)) or any(word.lower() in low for word in watched)


def masked(name: str) -> str:
    """A member's name as others see it: its first and last character.

    >>> masked("Li Lei"), masked("李雷"), masked("")
    ('L***i', '李***', '***')
    """
    first, last = name[:1], name[-1:] if len(name) > 2 else ""  # noqa: PLR2004 - a name of two shows its first only
    return f"{first}***{last}"
