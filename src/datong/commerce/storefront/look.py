"""The look of a storefront: a few colours, completed from one and checked for contrast. Pure.

Contrast is that of WCAG 2.1 (relative luminance); 4.5 is asked of every text.
"""

import re

import msgspec

from datong.kernel.refusal import Invalid

LEAST_CONTRAST = 4.5
CARD, DARK_CARD, DARK_INK, INK = "#ffffff", "#1f1d1c", "#f3f1ef", "#1c1917"
"""What texts stand on, in the light and in the dark, and what they are written with: those of every storefront."""
_HEX = re.compile(r"#[0-9a-f]{6}")
Channels = tuple[float, float, float]


class LookUnreadable(Invalid):
    """Letters of one colour could not be read on another."""

    code = "storefront.look_unreadable"

    def __init__(self, letters: str, ground: str, contrast: float) -> None:
        super().__init__("look", f"{letters} on {ground}")
        self.letters, self.under = letters, ground
        self.contrast = f"{contrast:.1f}"
        self.least = f"{LEAST_CONTRAST:g}"


class Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Colours as `#rrggbb`; an empty one follows from the accent (`complete_look`)."""

    accent: str = "#c8400a"
    """Buttons, with white letters on it, and one end of the banner."""
    accent_soft: str = ""
    """Ground of marks."""
    accent_text: str = ""
    """Prices and links."""
    ground: str = ""
    banner: str = ""
    """The other end of the banner, with white letters on it."""
    dark_soft: str = ""
    dark_text: str = ""
    dark_ground: str = ""


def contrast_of(one: str, other: str) -> float:
    """How well one colour stands out from another, 1 to 21.

    >>> round(contrast_of("#ffffff", "#000000"), 1)
    21.0
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def complete_look(given: Look) -> Look:
    """Every colour: those that were given, and what follows from the accent.

    Refuses `Invalid` for what is no colour, and `LookUnreadable` where letters would stand out by less than 4.5.
    """
    for name in given.__struct_fields__:
        colour = getattr(given, name)
        if (colour or name == "accent") and not _HEX.fullmatch(colour):
            raise Invalid(f"look.{name}", "a colour like #0f766e, in small letters")
    accent = given.accent
    ground, dark_ground = given.ground or "#f5f5f4", given.dark_ground or "#141312"
    soft, dark_soft = given.accent_soft or _mix(accent, CARD, 0.08), given.dark_soft or _mix(accent, DARK_CARD, 0.2)
    made = Look(
        accent=accent,
        accent_soft=soft,
        accent_text=given.accent_text or _readable(accent, (CARD, ground, soft), "#000000"),
        ground=ground,
        banner=given.banner or _mix(accent, "#000000", 0.6),
        dark_soft=dark_soft,
        dark_text=given.dark_text or _readable(accent, (DARK_CARD, dark_ground, dark_soft), "#ffffff"),
        dark_ground=dark_ground,
    )
    for letters, under in (
        *((CARD, each) for each in (made.accent, made.banner)),
        *((made.accent_text, each) for each in (CARD, made.ground, made.accent_soft)),
        *((made.dark_text, each) for each in (DARK_CARD, made.dark_ground, made.dark_soft)),
        (INK, made.ground),
        (DARK_INK, made.dark_ground),
    ):
        if (found := contrast_of(letters, under)) < LEAST_CONTRAST:
            raise LookUnreadable(letters, under, found)
    return made


def _readable(colour: str, grounds: tuple[str, ...], towards: str) -> str:
    """The colour nearest to this one, on its way to black or white, that stands out from all of these grounds."""
    for step in range(21):
        made = _mix(colour, towards, 1 - step / 20)
        if all(contrast_of(made, each) >= LEAST_CONTRAST for each in grounds):
            return made
    return towards


def _channels(colour: str) -> Channels:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in _channels(colour)]  # noqa: PLR2004 - WCAG 2.1
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mix(colour: str, other: str, share: float) -> str:
    """So much of a colour, the rest of another."""
    parts = (one * share + two * (1 - share) for one, two in zip(_channels(colour), _channels(other), strict=True))
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
