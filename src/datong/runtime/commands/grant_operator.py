"""`datong grant-operator LOGIN CENTRE…`: let a member work as an operator."""

import argparse

from datong.commerce.member import CENTRES, appoint_operator, find_member_by_login
from datong.kernel.actor import SYSTEM
from datong.kernel.ids import bucket_of
from datong.kernel.tx import Db
from datong.runtime.command_db import run_job
from datong.runtime.supervisor import say
from datong.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """Who, and where."""
    parser.add_argument("login")
    parser.add_argument("centres", nargs="+", choices=sorted(CENTRES))


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """The centres replace those the member had."""

    async def grant(_: Settings, db: Db) -> int:
        async with db.read() as tx:
            member_id = await find_member_by_login(tx, asked.login)
        if member_id is None:
            say(f"no member has the log-in {asked.login}")
            return 1
        async with db.begin(bucket_of(member_id)) as tx:
            await appoint_operator(tx, SYSTEM, member_id, asked.centres)
        return 0

    return run_job(settings, grant)
