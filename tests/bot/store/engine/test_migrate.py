"""Any earlier schema becomes today's, with what it held, and once only."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from bot.errors import NewerSchema
from bot.store import Database, corrections, languages, migrate, people
from bot.store.engine.migrate import MIGRATIONS_FOLDER
from bot.store.people import DISCORD, HASH_BYTES, TELEGRAM, WEB, Forgotten, Person
from bot.store.tables import Table

ROOT = Path(__file__).parents[4]

PLATFORMS = (TELEGRAM, DISCORD, WEB)

REVISIONS = sorted(path.name[:4] for path in (MIGRATIONS_FOLDER / "versions").glob("*.py"))


def differences(connection: Connection) -> list[object]:
    """What would have to change for the database to be as the tables say."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Table.metadata))


async def test_an_empty_database_gets_todays_schema(empty_address: str) -> None:
    database = Database.at(empty_address)
    await migrate(database)
    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


@pytest.mark.parametrize("revision", REVISIONS)
async def test_each_earlier_schema_becomes_todays_and_keeps_its_rows(
    empty_address: str, revision: str
) -> None:
    database = Database.at(empty_address)
    await migrate(database, revision)
    async with database.writing() as connection:
        await connection.execute(
            text(
                "INSERT INTO corrections (id, answer, position, at, person, glyph, version, read,"
                " confidence, said, state) VALUES (7, 'a', 0, 1.5, :person, :glyph, 'v', 1, 0.5,"
                " 7, 'accepted')"
            ),
            {"person": b"p" * 16, "glyph": bytes(784)},
        )
        key = text("SELECT value FROM secrets WHERE name IN ('people', 'people:telegram')")
        secret = (await connection.execute(key)).scalar_one()
    await migrate(database)
    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []
        kept = (await connection.execute(text("SELECT id, said FROM corrections"))).one()
        assert tuple(kept) == (7, 7)
        assert (await connection.execute(key)).scalar_one() == secret
    await database.close()


GIVEN = (
    "INSERT INTO answers (id, at, person, version, labels, confidences, glyphs, milliseconds)"
    " VALUES (:name, 1.5, :person, 'v', '1', '0.5', :glyph, 9)",
    "INSERT INTO corrections (id, answer, position, at, person, glyph, version, read, confidence,"
    " said, state, reviewed_by) VALUES (:id, :name, 0, 1.5, :person, :glyph, 'v', 1, 0.5, 7,"
    " 'accepted', 9001)",
    "INSERT INTO languages (person, language) VALUES (:person, 'it')",
    "INSERT INTO questions (person, at, answer, message, text) VALUES (:person, 1.5, :name, 3, '')",
)
"""What a person gave, with the tables of revision 0006."""


async def test_what_people_gave_before_they_had_a_platform_is_still_theirs(
    empty_address: str,
) -> None:
    database = Database.at(empty_address)
    await migrate(database, "0006")
    async with database.writing() as connection:
        key = (await connection.execute(text("SELECT value FROM secrets"))).scalar_one()
        for number, identity in enumerate((b"1001", b"-4611686018427387905")):
            person = hmac.digest(key, identity, hashlib.sha256)[:HASH_BYTES]
            row = {"id": number, "name": f"a{number}", "person": person, "glyph": bytes(784)}
            for statement in GIVEN:
                given = {name: row[name] for name in row if f":{name}" in statement}
                await connection.execute(text(statement), given)
        await connection.execute(
            text("INSERT INTO activations (id, at, chosen_by, reason) VALUES (1, 1.5, 9001, '')")
        )
    await migrate(database)
    async with database.reading() as connection:
        reviewed = await connection.execute(text("SELECT reviewed_by FROM corrections"))
        assert set(reviewed.scalars()) == {"telegram:9001"}
        chosen = await connection.execute(text("SELECT chosen_by FROM activations"))
        assert chosen.scalar_one() == "telegram:9001"
    then = datetime.fromtimestamp(2, UTC)
    for user, is_theirs in (
        (Person(DISCORD, "1001"), False),
        (Person(TELEGRAM, "1001"), True),
        (Person(WEB, "-4611686018427387905"), True),
    ):
        assert await languages.chosen_language(database, user) == ("it" if is_theirs else None)
        assert (await people.find_question(database, user, then) is not None) == is_theirs
        assert await people.forget(database, user) == Forgotten(int(is_theirs), int(is_theirs))
    counted = await corrections.count(database)
    assert sum(counted.values()) == 0
    await database.close()


async def test_replicas_that_start_at_once_do_not_collide(empty_address: str) -> None:
    replicas = [Database.at(empty_address) for _ in range(4)]
    await asyncio.gather(*(migrate(replica) for replica in replicas))
    async with replicas[0].reading() as connection:
        found = await connection.execute(text("SELECT count(*) FROM secrets"))
        assert found.scalar_one() == len(PLATFORMS)
    for replica in replicas:
        await replica.close()


async def test_a_migration_that_fails_leaves_the_earlier_schema(empty_address: str) -> None:
    database = Database.at(empty_address)
    await migrate(database, "0001")
    async with database.writing() as connection:
        # In the way of the second step, after its first table.
        await connection.execute(text("CREATE TABLE activations (other INTEGER)"))
    with pytest.raises(Exception, match="activations"):
        await migrate(database)
    async with database.reading() as connection:
        tables = await connection.run_sync(lambda here: inspect(here).get_table_names())
        assert "versions" not in tables
        version = await connection.execute(text("SELECT version_num FROM alembic_version"))
        assert version.scalar_one() == "0001"
    await database.close()


async def test_a_program_older_than_its_database_says_so(empty_address: str) -> None:
    database = Database.at(empty_address)
    await migrate(database)
    async with database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerSchema, match="9999"):
        await migrate(database)
    await database.close()


def test_the_steps_are_one_line_without_branches() -> None:
    steps = ScriptDirectory(str(MIGRATIONS_FOLDER))
    assert [step.revision for step in reversed(list(steps.walk_revisions()))] == REVISIONS


@pytest.mark.slow
def test_alembics_own_command_finds_nothing_to_change(tmp_path: Path) -> None:
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path / 'state.sqlite3'}"}
    for command in (["upgrade", "head"], ["check"]):
        ran = subprocess.run(
            [sys.executable, "-m", "alembic", *command],
            cwd=ROOT,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert ran.returncode == 0, ran.stderr
    assert "No new upgrade operations" in ran.stdout
