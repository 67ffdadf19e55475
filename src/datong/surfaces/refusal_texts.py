"""What refusals say to people, by their code; English is the key of the translations.

Texts of a room are in its window.
"""

from collections.abc import Mapping

from datong.kernel.refusal import Refusal
from datong.surfaces.language import duration, translate

SHARED: dict[str, str] = {
    "kernel.refused": "This is not possible.",
    "kernel.not_found": "We couldn't find what you are looking for.",
    "kernel.not_allowed": "You don't have permission to do this.",
    "kernel.sign_in_needed": "Please log in first.",
    "kernel.token_invalid": "This session is over. Please log in again.",
    "kernel.invalid": "“%(field)s” is not valid: %(reason)s.",
    "kernel.conflict": "This is no longer possible.",
    "kernel.too_many": "Too many attempts. Please try again in %(retry_after)s.",
    "kernel.request_key_reused": "This request key was used before for something else.",
    "kernel.request_in_progress": "This is being processed. Please try again in a moment.",
    "surface.bad_signature": "The signature is not valid.",
    "surface.objects_down": "Files can't be saved or read right now. Nothing was lost; please try again.",
    "surface.engine_down": "Search is not responding. Nothing was lost; please try again, or browse the categories.",
    "surface.gateway_down": "The payment provider is not responding. Nothing was lost; please try again.",
    "surface.database_away": "The platform is recovering. Nothing was lost; please try again in a moment.",
    "surface.unreadable": "Something you sent can't be read or saved.",
    "surface.failed": "Something went wrong on our side. We have logged it.",
    "surface.stale_form": "This page was open for too long. Please try again.",
}


SPANS = {"seconds", "retry_after"}
"""Details in seconds, which are said as durations."""
NAMES = {"permit_name", "in_use_by"}
"""Details that are texts in English, which are said in the reader's language."""


def _worded(details: Mapping[str, object], language: str) -> dict[str, object]:
    said = dict(details)
    for name, value in details.items():
        if name in SPANS and isinstance(value, int):
            said[name] = duration(value, language)
        elif name in NAMES and isinstance(value, str):
            said[name] = translate(value, language)
    return said


def refusal_text(refusal: Refusal, language: str) -> str:
    """A refusal as a sentence in a language of the installation (`request_context.language_of`)."""
    words = getattr(language, "words", None)
    texts = words.refusals if words else SHARED
    text = translate(texts.get(refusal.code, SHARED["kernel.refused"]), language)
    try:
        return text % _worded(refusal.details(), language)
    except (KeyError, TypeError):
        return text
