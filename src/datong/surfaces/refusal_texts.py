"""What refusals say to people, by their code; English is the key of the translations. Texts of a room are in its window."""

from datong.kernel.refusal import Refusal
from datong.surfaces.language import translate

SHARED: dict[str, str] = {
    "kernel.refused": "This is not possible.",
    "kernel.not_found": "There is no such thing here.",
    "kernel.not_allowed": "You may not do this.",
    "kernel.sign_in_needed": "Please log in first.",
    "kernel.invalid": "Something is not right with “%(field)s”: %(reason)s.",
    "kernel.conflict": "This is not possible any more.",
    "kernel.too_many": "Too many attempts. Please try again in %(retry_after)s seconds.",
    "kernel.request_key_reused": "This request key was used before for something else.",
    "kernel.request_in_progress": "This is being worked on at this moment. Please try again in a second.",
    "surface.bad_signature": "The signature is not right.",
    "surface.objects_down": "Files cannot be kept or read at this moment. Nothing was lost; please try again.",
    "surface.engine_down": "The search does not answer. Nothing was lost; please try again, or browse the categories.",
    "surface.gateway_down": "The payment provider does not answer. Nothing was lost; please try again.",
    "surface.database_away": "The platform is catching its breath. Nothing was lost; please try again in a moment.",
    "surface.unreadable": "Something that was sent cannot be read or kept.",
    "surface.failed": "Something went wrong on our side. It was noted.",
    "surface.stale_form": "This page was open for too long. Please try again.",
}


def refusal_text(refusal: Refusal, language: str) -> str:
    """A refusal as a sentence in a language of the installation (`request_context.language_of`)."""
    words = getattr(language, "words", None)
    texts = words.refusals if words else SHARED
    text = translate(texts.get(refusal.code, SHARED["kernel.refused"]), language)
    try:
        return text % refusal.details()
    except (KeyError, TypeError):
        return text
