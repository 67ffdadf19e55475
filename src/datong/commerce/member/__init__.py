"""Members: people who log in, where they live, and their sessions.

Owns members, log-ins, passkeys, sessions, addresses, tags, grants given, and who is an operator. Calls `rulebook`.
Tells `MemberRegistered`. Programmes above give members tags (`put_tag`), which `pricing` reads with every quote, and
benefits of each other (`give_grant`, through the port `Grant`). A member's things are in the
member's bucket; a log-in name is found in its own.
"""

from datong.commerce.member.addresses import (
    Address,
    AddressDraft,
    add_address,
    change_address,
    find_addresses,
    get_address,
    list_addresses,
    remove_address,
)
from datong.commerce.member.grants import Grant, GrantTerms, give_grant, note_refused_grant
from datong.commerce.member.operators import CENTRES, appoint_operator
from datong.commerce.member.passkeys import (
    add_passkey,
    drop_passkey,
    list_passkeys,
    log_in_with_passkey,
    start_passkey_log_in,
    start_passkey_registration,
)
from datong.commerce.member.queries import find_member, get_names, get_profile
from datong.commerce.member.regions import REGIONS
from datong.commerce.member.registration import LoginTaken, PasswordWeak, find_member_by_login, register
from datong.commerce.member.sessions import change_password, end_other_sessions, list_sessions
from datong.commerce.member.sign_in import WrongPassword, find_session, log_in, log_out, open_session
from datong.commerce.member.tags import drop_tag, put_tag, tags_of

__all__ = [
    "CENTRES",
    "REGIONS",
    "Address",
    "AddressDraft",
    "Grant",
    "GrantTerms",
    "LoginTaken",
    "PasswordWeak",
    "WrongPassword",
    "add_address",
    "add_passkey",
    "appoint_operator",
    "change_address",
    "change_password",
    "drop_passkey",
    "drop_tag",
    "end_other_sessions",
    "find_addresses",
    "find_member",
    "find_member_by_login",
    "find_session",
    "get_address",
    "get_names",
    "get_profile",
    "give_grant",
    "list_addresses",
    "list_passkeys",
    "list_sessions",
    "log_in",
    "log_in_with_passkey",
    "log_out",
    "note_refused_grant",
    "open_session",
    "put_tag",
    "register",
    "remove_address",
    "start_passkey_log_in",
    "start_passkey_registration",
    "tags_of",
]
