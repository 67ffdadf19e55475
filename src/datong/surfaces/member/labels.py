"""Words of the room `member`; English here is the key of the translations."""

REFUSALS: dict[str, str] = {
    "member.login_taken": "This username is taken.",
    "member.password_weak": "A password needs at least 8 characters and can't be the username.",
    "member.wrong_password": "The username or the password is wrong.",
    "member.passkey_refused": "This passkey could not be verified. Nothing was changed.",
    "member.too_many_passkeys": "You can keep at most 20 passkeys.",
    "member.grant_unknown": "There is no such benefit here.",
    "member.too_many_addresses": "You can keep at most 25 addresses.",
}
