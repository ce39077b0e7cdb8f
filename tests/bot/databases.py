"""Fixtures: the same tests on SQLite and on PostgreSQL. A conftest imports what it needs."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store import Database, migrate
from tests.bot import postgres

NAMES = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One server for all tests."""
    try:
        with postgres.server() as started:
            yield started
    except postgres.NoServer as reason:
        pytest.skip(str(reason))


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'inkling.sqlite3'}"
    started: postgres.Server = request.getfixturevalue("postgres_server")
    return started.create(f"test{next(NAMES)}")


@pytest_asyncio.fixture
async def database(address: str) -> AsyncIterator[Database]:
    """An open database with today's schema."""
    opened = Database.at(address)
    await migrate(opened)
    yield opened
    await opened.close()
