"""Databases for all tests: an SQLite file, or one PostgreSQL server for the whole session."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store import Database, migrate
from tests.bot import postgres

DATABASE_NUMBERS = itertools.count(1)
"""Each test on PostgreSQL has an empty database of its own."""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """Start one server for all tests; they skip where there is no build of PostgreSQL."""
    try:
        with postgres.server() as started:
            yield started
    except postgres.NoServer as reason:
        pytest.skip(str(reason))


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'inkling.sqlite3'}"
    started: postgres.Server = request.getfixturevalue("postgres_server")
    return started.create(f"test{next(DATABASE_NUMBERS)}")


@pytest_asyncio.fixture
async def database(address: str) -> AsyncIterator[Database]:
    """Open a database with today's schema."""
    opened = Database.at(address)
    await migrate(opened)
    yield opened
    await opened.close()
