"""Tables of members."""

import sqlalchemy as sa

from datong.kernel.schema import Bytes, Instant, Json, Texts, check, column, index, key, table

member = table(
    "member",
    "sharded",
    column("member_id"),
    column("display_name", sa.Text),
    column("password_hash", sa.Text),
    column("registered_at", Instant),
    key("bkt", "member_id"),
)

session = table(
    "session",
    "sharded",
    column("token_hash", Bytes),
    column("member_id"),
    column("opened_at", Instant),
    column("expires_at", Instant),
    key("bkt", "token_hash"),
    index("session_expires", "expires_at"),
)

address = table(
    "address",
    "sharded",
    column("address_id"),
    column("member_id"),
    column("receiver", sa.Text),
    column("phone", sa.Text),
    column("region", sa.Text),
    column("city", sa.Text),
    column("street", sa.Text),
    column("is_default", sa.Boolean),
    key("bkt", "address_id"),
    index("address_member", "bkt", "member_id"),
)

operator = table(
    "operator",
    "sharded",
    column("member_id"),
    column("centres", Texts),
    column("appointed_at", Instant),
    key("bkt", "member_id"),
    check("some_centre", "cardinality(centres) > 0"),
)

passkey = table(
    "passkey",
    "sharded",
    column("credential_id", Bytes),
    column("member_id"),
    column("public_key", Bytes),
    column("sign_count"),
    column("name", sa.Text),
    column("kept_at", Instant),
    column("used_at", Instant, null=True),
    key("bkt", "credential_id"),
    index("passkey_member", "bkt", "member_id"),
)

passkey_challenge = table(
    "passkey_challenge",
    "sharded",
    column("challenge", Bytes),
    column("member_id"),
    column("expires_at", Instant),
    key("bkt", "challenge"),
    index("passkey_challenge_expires", "expires_at"),
)

member_tag = table(
    "member_tag",
    "sharded",
    column("member_id"),
    column("tag", sa.Text),
    column("until", Instant, null=True),
    column("given_by", sa.Text),
    key("bkt", "member_id", "tag"),
    index("member_tag_until", "until", where="until is not null"),
)

grant_given = table(
    "grant_given",
    "sharded",
    column("owner_id"),
    column("name", sa.Text),
    column("key", sa.Text),
    column("terms", Json),
    column("given_at", Instant),
    column("refused", sa.Text, "''"),
    key("bkt", "owner_id", "name", "key"),
)
