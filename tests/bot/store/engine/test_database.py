"""Transactions, and what a database that is away looks like."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import SettingsError
from bot.store import Database, StoreUnavailable, migrate
from tests.bot.postgres import Server


@pytest.mark.parametrize(
    "prefix", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+asyncpg"]
)
@pytest.mark.parametrize("mode", ["disable", "prefer"])
async def test_postgres_addresses_connect(postgres_server: Server, prefix: str, mode: str) -> None:
    address = postgres_server.address("postgres").replace("postgres:", prefix + ":", 1)
    database = Database.at(address.replace("sslmode=prefer", f"sslmode={mode}"))
    async with database.reading() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    await database.close()


async def test_encryption_that_was_asked_for_is_not_done_without(postgres_server: Server) -> None:
    address = postgres_server.address("postgres").replace("prefer", "require")
    database = Database.at(address)
    with pytest.raises(StoreUnavailable):
        async with database.reading():
            pass
    await database.close()


async def test_sqlite_is_one_file_with_a_write_ahead_log(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder 100%#" / "state.sqlite3"
    database = Database.at(f"sqlite+aiosqlite:///{file}")
    await migrate(database)
    async with database.reading() as connection:
        mode = await connection.exec_driver_sql("PRAGMA journal_mode")
        assert mode.scalar_one() == "wal"
        waits = await connection.exec_driver_sql("PRAGMA busy_timeout")
        assert waits.scalar_one() == 2000
    await database.close()


async def test_what_fails_in_a_transaction_did_not_happen(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.writing() as connection:
            await connection.execute(text("INSERT INTO secrets VALUES ('half', 'done')"))
            raise RuntimeError("killed in the middle")
    async with database.reading() as connection:
        found = await connection.execute(text("SELECT count(*) FROM secrets WHERE name = 'half'"))
        assert found.scalar_one() == 0


async def test_nobody_listening_is_unavailable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        database = Database.at(f"postgres://u:p@127.0.0.1:{unused.getsockname()[1]}/d")
        with pytest.raises(StoreUnavailable) as away:
            async with database.reading():
                pass
    assert "\n" not in str(away.value)
    await database.close()


async def test_somebody_who_never_answers_is_unavailable_within_the_limit() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        database = Database.at(f"postgres://u:p@127.0.0.1:{silent.getsockname()[1]}/d")
        started = time.monotonic()
        with pytest.raises(StoreUnavailable):
            async with database.reading(0.3):
                pass
        assert time.monotonic() - started < 2
        await database.close()


async def test_a_sqlite_file_that_somebody_else_keeps_locked_is_unavailable(
    tmp_path: Path,
) -> None:
    address = f"sqlite:///{tmp_path / 'state.sqlite3'}"
    one, other = Database.at(address), Database.at(address)
    await migrate(one)
    async with one.writing():
        async with other.reading() as connection:
            await connection.execute(text("SELECT 1 FROM secrets"))
        with pytest.raises(StoreUnavailable):
            async with other.writing(0.3):
                pass
    await one.close()
    await other.close()


async def test_connections_that_the_server_dropped_are_replaced(postgres_server: Server) -> None:
    database = Database.at(postgres_server.address("postgres"))
    async with database.reading() as connection:
        await connection.execute(text("SELECT 1"))
    postgres_server.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    async with database.reading() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    await database.close()


async def test_a_server_that_hangs_is_unavailable_within_the_limit(
    postgres_server: Server,
) -> None:
    database = Database.at(postgres_server.address("postgres"))
    async with database.reading() as connection:
        backend = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    os.kill(backend, signal.SIGSTOP)
    try:
        started = time.monotonic()
        with pytest.raises(StoreUnavailable):
            async with database.reading(0.3):
                pass
        assert time.monotonic() - started < 3
        async with database.reading() as connection:
            assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    finally:
        os.kill(backend, signal.SIGCONT)
    await database.close()


async def test_a_long_statement_ends_with_its_time(postgres_server: Server) -> None:
    database = Database.at(postgres_server.address("postgres"))
    started = time.monotonic()
    with pytest.raises(StoreUnavailable, match=r"longer than 0\.3 s"):
        async with database.reading(0.3) as connection:
            await connection.execute(text("SELECT pg_sleep(30)"))
    assert time.monotonic() - started < 3
    await database.close()


async def test_a_removed_sqlite_file_is_noticed_and_a_restored_one_used(tmp_path: Path) -> None:
    file, aside = tmp_path / "state.sqlite3", tmp_path / "aside.sqlite3"
    database = Database.at(f"sqlite:///{file}")
    await migrate(database)
    file.rename(aside)
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="unable to open"):
            async with database.writing():
                pass
    assert not file.exists()
    shutil.copy(aside, file)
    async with database.reading() as connection:
        found = await connection.execute(text("SELECT count(*) FROM secrets"))
        assert found.scalar_one() > 0
    await database.close()


async def test_a_new_sqlite_file_is_nobody_elses_to_read(tmp_path: Path) -> None:
    database = Database.at(f"sqlite:///{tmp_path / 'state.sqlite3'}")
    await migrate(database)
    modes = {entry.stat().st_mode & 0o777 for entry in os.scandir(tmp_path)}
    assert modes == {0o600}
    await database.close()


@pytest.mark.parametrize("place", ["/proc/none/state.db", "{occupied}/state.db", "{folder}"])
def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "occupied").touch()
    file = place.format(occupied=tmp_path / "occupied", folder=tmp_path)
    with pytest.raises(SettingsError) as refused:
        Database.at(f"sqlite:///{file}")
    assert str(refused.value).startswith("Expected DATABASE_URL to name an SQLite file")
    assert file in str(refused.value)
