"""Databases for all tests: an SQLite file, or one PostgreSQL server for the whole session."""

from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store import Database, migrate
from tests.bot import postgres
from tests.tasks import no_task_left

DATABASE_NUMBERS = itertools.count(1)
"""Each test on PostgreSQL has an empty database of its own."""


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
    async with no_task_left():
        yield opened
    await opened.close()
