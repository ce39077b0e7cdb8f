"""Where the database is, how it is opened, and what it means that it is away.

SQLite unless told otherwise: one file, write-ahead log, so that readers never wait for a writer.
PostgreSQL through the address that a PaaS hands out, `postgres://…` with its libpq parameters.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import asyncpg
from sqlalchemy import Connection, event
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StoreUnavailable

DEFAULT_FILE = Path("data/inkling.sqlite3")

CONNECT_SECONDS = 5.0
"""How long a server may take to let us in; a PaaS database that sleeps wakes within this."""

CALL_SECONDS = 5.0
"""How long one operation may take: long for a row, short for a person who pressed a button."""

DRIVER_SECONDS = 180.0
"""What the driver itself allows a statement: above every limit that an operation asks for."""

BUSY_SECONDS = 2.0
"""How long SQLite waits for another writer: above the slowest write, a model version of 12 MB."""

NOT_FOR_THE_SERVER = frozenset({"channel_binding", "connect_timeout", "pgbouncer", "gssencmode"})
"""libpq parameters in the addresses of PaaS databases that asyncpg would pass on to the server,
which refuses what it does not know."""


class Database:
    """An open database: two kinds of transaction, and a way to close it.

    Build it inside a running event loop, and close it in the same one.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(inkling_writes=True)

    @classmethod
    def at(cls, address: str = "") -> Database:
        """Open the database at an address as in `DATABASE_URL`; empty is the default file.

        Nothing is connected before the first transaction, so this cannot fail for a server
        that is away.
        """
        if address.startswith(("postgres://", "postgresql://")):
            return cls(_postgresql(address))
        if not address:
            return cls(_sqlite(DEFAULT_FILE))
        if address.startswith("sqlite:///"):
            return cls(_sqlite(Path(address.removeprefix("sqlite:///"))))
        raise ValueError(
            "Expected DATABASE_URL to start with postgres://, postgresql:// or sqlite:///. "
            f"Received {urlsplit(address).scheme or 'no scheme'}:…"
        )

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @asynccontextmanager
    async def reading(self, seconds: float = CALL_SECONDS) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads, within a time limit."""
        async with _translated(seconds), self._engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self, seconds: float = CALL_SECONDS) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes: all of it happens, or nothing of it."""
        async with _translated(seconds), self._writing.begin() as connection:
            yield connection

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
    except (DBAPIError, PoolTimeout, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        cause = getattr(error, "orig", None) or error
        raise StoreUnavailable(f"The database did not answer as it should: {cause}") from error
    except TimeoutError as error:
        raise StoreUnavailable(f"The database took longer than {seconds:g} s.") from error
    except OSError as error:
        raise StoreUnavailable(f"The database cannot be reached: {error}") from error


def _sqlite(path: Path) -> AsyncEngine:
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}", connect_args={"timeout": BUSY_SECONDS}
    )

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        # None: the driver begins no transactions of its own, so `begin` below is the only one,
        # and schema changes are part of it.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later fails at once, whatever the timeout,
        # when another wrote in between. Taking the write lock at the start waits instead.
        writes = connection.get_execution_options().get("inkling_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(address: str) -> AsyncEngine:
    server = libpq_address(address)

    async def connect() -> asyncpg.Connection:
        # asyncpg reads the address itself, as libpq does: sslmode, sslrootcert, sockets, several
        # hosts. SQLAlchemy's own reading of an address knows none of that.
        return await asyncpg.connect(
            server, timeout=CONNECT_SECONDS, command_timeout=DRIVER_SECONDS
        )

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        # Two replicas with five connections each stay below the twenty of the smallest plans.
        pool_size=3,
        max_overflow=2,
        pool_timeout=CONNECT_SECONDS,
        pool_pre_ping=True,
    )


def libpq_address(address: str) -> str:
    """A PaaS database's address as asyncpg takes it: less what the server would refuse.

    >>> libpq_address("postgres://u:p@host/db?sslmode=require&channel_binding=require")
    'postgresql://u:p@host/db?sslmode=require'
    """
    parts = urlsplit(address)
    asked = parse_qsl(parts.query)
    query = urlencode([(name, value) for name, value in asked if name not in NOT_FOR_THE_SERVER])
    # By hand: urlunsplit drops the // of an address without a host, which names a socket.
    return f"postgresql://{parts.netloc}{parts.path}" + (f"?{query}" if query else "")
