"""Opens a PostgreSQL database with psycopg, which reads an address as libpq does.

`Database.at` imports this module only where it is needed: a bot with an SQLite file spends
nothing on a PostgreSQL driver.
"""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

CONNECT_SECONDS = 5
"""How long a server may take to let us in; a PaaS database that sleeps wakes within this."""

POOL_SIZE = 3
"""Connections that stay open."""

MAX_OVERFLOW = 2
"""Connections beyond them: two replicas with five stay below the twenty of the smallest plans."""


class BoundedConnection(AsyncConnection[Any]):
    """A connection that is closed, and not waited for, when its transaction takes too long.

    psycopg asks the server to cancel the statement and waits up to ten seconds for that, which is
    more than a person who pressed a button waits. A server whose client is gone rolls back.
    """

    async def cancel_safe(self, *, timeout: float = 0.0) -> None:  # noqa: ASYNC109 (psycopg's own)
        """Close the connection instead of asking the server to cancel the statement."""
        await self.close()


def postgresql_engine(conninfo: str) -> AsyncEngine:
    """Make an engine for an address in libpq's form; nothing is connected yet."""

    async def connect() -> AsyncConnection[Any]:
        return await BoundedConnection.connect(
            conninfo,
            connect_timeout=CONNECT_SECONDS,
            # A pooler such as PgBouncer hands each transaction to another server connection, where
            # a prepared statement is not known.
            prepare_threshold=None,
        )

    return create_async_engine(
        "postgresql+psycopg://",
        async_creator=connect,
        pool_size=POOL_SIZE,
        max_overflow=MAX_OVERFLOW,
        pool_timeout=CONNECT_SECONDS,
        pool_pre_ping=True,
        # Would ask the server for a type that no table has, at the first connection.
        use_native_hstore=False,
    )
