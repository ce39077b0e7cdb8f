"""An open database: two kinds of transaction, and what it means that the database is away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.config.database_url import SqliteFile, parse_database_url
from bot.errors import StoreUnavailable
from bot.store.engine.sqlite import sqlite_engine

CALL_SECONDS = 5.0
"""How long one transaction may take: long for a row, short for a person who pressed a button."""


class Database:
    """An open database. Build it inside a running event loop, and close it in the same one."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(inkling_writes=True)

    @classmethod
    def at(cls, url: str) -> Database:
        """Open the database at an address as in `DATABASE_URL`.

        Nothing is connected before the first transaction, so this cannot fail for a server
        that is away.

        Raises:
            SettingsError: the address is of another kind, or names a file that cannot be written.
        """
        place = parse_database_url(url)
        if isinstance(place, SqliteFile):
            return cls(sqlite_engine(place.path))
        from bot.store.engine.postgresql import postgresql_engine  # noqa: PLC0415 (see that module)

        return cls(postgresql_engine(place.conninfo))

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @asynccontextmanager
    async def reading(self, seconds: float = CALL_SECONDS) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that only reads, within a time limit.

        Raises:
            StoreUnavailable: the database is away, slow or locked.
        """
        async with _translated(seconds), self._engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self, seconds: float = CALL_SECONDS) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that writes: all of it happens, or nothing of it.

        Raises:
            StoreUnavailable: the database is away, slow, full or locked; nothing was written.
        """
        async with _translated(seconds), self._writing.begin() as connection:
            yield connection

    async def ping(self) -> None:
        """Ask the database for an answer.

        Raises:
            StoreUnavailable: there is none.
        """
        async with self.reading() as connection:
            await connection.execute(select(1))

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


@asynccontextmanager
async def _translated(seconds: float) -> AsyncIterator[None]:
    """Turn what drivers raise when a database is away into `StoreUnavailable`.

    What the database says of our own statements (a duplicate, a bad column) passes as it is.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except (IntegrityError, ProgrammingError, DataError):
        raise
    except (DBAPIError, PoolTimeout) as error:
        # In one line: libpq's messages have several.
        cause = " ".join(str(getattr(error, "orig", None) or error).split())
        raise StoreUnavailable(f"The database did not answer as it should: {cause}") from error
    except TimeoutError as error:
        raise StoreUnavailable(f"The database took longer than {seconds:g} s.") from error
    except OSError as error:
        raise StoreUnavailable(f"The database cannot be reached: {error}") from error
