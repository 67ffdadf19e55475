"""Texts for codes (states, reasons, kinds) in the visitor's language."""

from collections.abc import Mapping

from datong.surfaces.language import translate


def worded(labels: Mapping[str, str], language: str) -> dict[str, str]:
    """Labels in a language."""
    return {key: translate(text, language) for key, text in labels.items()}
