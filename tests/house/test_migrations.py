"""Every room keeps its own steps: run once, in the order of the rooms, refused when they are of a later release."""

from pathlib import Path

import asyncpg
import pytest

from datong.kernel.house import House, Room, build_house
from datong.runtime.migrate import TooNew, migrate
from datong.wiring import WINGS, find_rooms

LETTER = "create table letter (bkt integer not null, letter_id bigint not null, primary key (bkt, letter_id));"


def house_with(*rooms: Room) -> House:
    return build_house([*find_rooms(), *rooms], WINGS)


def steps(folder: Path, **texts: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name.removeprefix('s')}.sql").write_text(text)
    return folder


async def test_a_room_brings_its_steps_and_runs_each_once(dsn: str, tmp_path: Path) -> None:
    folder = steps(tmp_path / "letters", s0001_letters=LETTER)
    house = house_with(Room(name="letter", wing="consumer", migrations=folder))
    assert await migrate(dsn, house) == ["letter/0001_letters"]
    assert await migrate(dsn, house) == []
    steps(folder, s0002_more="alter table letter add column text text not null default '';")
    assert await migrate(dsn, house) == ["letter/0002_more"]


async def test_rooms_go_in_the_order_in_which_they_use_each_other(dsn: str, tmp_path: Path) -> None:
    upper = Room(
        name="answer", wing="consumer", uses=("letter",),
        migrations=steps(tmp_path / "answers", s0001_answers="alter table letter add column answer text;"),
    )  # fmt: skip
    lower = Room(name="letter", wing="commerce", migrations=steps(tmp_path / "letters", s0001_letters=LETTER))
    assert await migrate(dsn, house_with(upper, lower)) == ["letter/0001_letters", "answer/0001_answers"]


async def test_a_step_that_fails_leaves_nothing_and_is_run_again(dsn: str, tmp_path: Path) -> None:
    folder = steps(tmp_path / "letters", s0001_letters=LETTER + "select no_such_function();")
    house = house_with(Room(name="letter", wing="consumer", migrations=folder))
    with pytest.raises(asyncpg.PostgresError, match="no_such_function"):
        await migrate(dsn, house)
    steps(folder, s0001_letters=LETTER)
    assert await migrate(dsn, house) == ["letter/0001_letters"]


async def test_a_step_of_a_later_release_is_refused(dsn: str, tmp_path: Path) -> None:
    folder = steps(tmp_path / "letters", s0001_letters=LETTER)
    house = house_with(Room(name="letter", wing="consumer", migrations=folder))
    await migrate(dsn, house)
    steps(folder, s0002_later="select 1;")
    await migrate(dsn, house)
    (folder / "0002_later.sql").unlink()
    with pytest.raises(TooNew, match="the room letter of this database is at step 0002_later"):
        await migrate(dsn, house)


async def test_what_is_derived_from_all_rooms_is_run_when_it_changes(dsn: str) -> None:
    def room(text: str) -> House:
        return house_with(Room(name="letter", wing="consumer", derived=lambda _: text))

    first = room("create table derived_one ();")
    assert await migrate(dsn, first) == ["letter/derived"]
    assert await migrate(dsn, first) == []
    assert await migrate(dsn, room("drop table derived_one;")) == ["letter/derived"]


async def test_tables_of_a_room_that_is_gone_stay(dsn: str, tmp_path: Path) -> None:
    folder = steps(tmp_path / "letters", s0001_letters=LETTER)
    await migrate(dsn, house_with(Room(name="letter", wing="consumer", migrations=folder)))
    assert await migrate(dsn, house_with()) == []
    connection = await asyncpg.connect(dsn)
    assert await connection.fetchval("select to_regclass('letter') is not null")
    await connection.close()
