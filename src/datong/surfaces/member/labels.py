"""Words of the room `member`; English here is the key of the translations."""

REFUSALS: dict[str, str] = {
    "member.login_taken": "This log-in name is taken.",
    "member.password_weak": "A password has at least 8 characters and is not the log-in name.",
    "member.wrong_password": "The log-in name or the password is wrong.",
    "member.passkey_refused": "This passkey does not prove who you are. Nothing was changed.",
    "member.too_many_passkeys": "You can keep at most 20 passkeys.",
    "member.too_many_addresses": "You can keep at most 25 addresses.",
}
