"""Words of the room `rulebook`; English here is the key of the translations."""

WHOLE: dict[str, str] = {"platform": "The whole platform"}
REFUSALS: dict[str, str] = {
    "rulebook.standing_unknown": "Nothing here measures this, so it can't be decided by.",
    "rulebook.value_refused": "The value of %(name)s does not fit: %(expected)s.",
    "rulebook.scope_unknown": "This parameter may be set for: %(reason)s.",
}
