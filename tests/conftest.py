"""Databases for all tests: an SQLite file, or one PostgreSQL server for the whole session."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store import Database, migrate
from tests.bot import postgres
from tests.tasks import no_task_left

DATABASE_NUMBERS = itertools.count(1)
"""Each test on PostgreSQL has a database of its own."""

KINDS = ("sqlite", "postgresql")

MAX_WORKERS = 5
"""Each may take 1 GB, with TensorFlow."""


def pytest_xdist_auto_num_workers() -> int:
    """Use one process more than there are cores, as many tests wait for a bot or a browser."""
    return min(MAX_WORKERS, (os.cpu_count() or 1) + 1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """Start one server for all tests; they skip where there is no build of PostgreSQL."""
    try:
        with postgres.server() as started:
            yield started
    except postgres.NoServer as reason:
        pytest.skip(str(reason))


@pytest_asyncio.fixture(scope="session")
async def sqlite_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an SQLite file with today's schema, once: a copy takes a hundredth of the migration."""
    file = tmp_path_factory.mktemp("schema") / "inkling.sqlite3"
    await _migrate(f"sqlite:///{file}")
    return file


@pytest_asyncio.fixture(scope="session")
async def postgres_schema(postgres_server: postgres.Server) -> str:
    """Make a database with today's schema, once, and give its name: others are made like it."""
    await _migrate(postgres_server.create("schema"))
    return "schema"


@pytest.fixture
def sqlite_address(sqlite_schema: Path, tmp_path: Path) -> str:
    """Return the address of an SQLite file with today's schema, and without anybody's rows."""
    file = shutil.copy(sqlite_schema, tmp_path)
    return f"sqlite:///{file}"


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest) -> str:
    """Return the address of a database with today's schema, of each kind in turn."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_address"))
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return server.create(_new_name(), like=request.getfixturevalue("postgres_schema"))


@pytest.fixture(params=KINDS)
def empty_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a database without any table, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return server.create(_new_name())


@pytest_asyncio.fixture
async def sqlite_database(sqlite_address: str) -> AsyncIterator[Database]:
    """Open an SQLite file with today's schema."""
    async with _opened(sqlite_address) as database:
        yield database


@pytest_asyncio.fixture
async def database(address: str) -> AsyncIterator[Database]:
    """Open a database with today's schema, of each kind in turn."""
    async with _opened(address) as database:
        yield database


@asynccontextmanager
async def _opened(address: str) -> AsyncIterator[Database]:
    database = Database.at(address)
    async with no_task_left():
        yield database
    await database.close()


async def _migrate(address: str) -> None:
    database = Database.at(address)
    await migrate(database)
    await database.close()


def _new_name() -> str:
    return f"test{next(DATABASE_NUMBERS)}"
