"""Opens an SQLite file: private, with a write-ahead log, and noticed when it is gone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import SettingsError

BUSY_SECONDS = 2.0
"""How long SQLite waits for another writer: above the slowest write, a model version of 12 MB."""

PRIVATE_MODE = 0o600
"""The mode of a new file: it holds what people wrote, so other users of the machine see nothing."""


def sqlite_engine(path: Path) -> AsyncEngine:
    """Make an engine for a file, which is created if it does not exist yet.

    Readers never wait for a writer (write-ahead log). A connection never creates the file: after
    somebody removed it, every transaction fails instead of writing where nobody finds it.

    Raises:
        SettingsError: the file cannot be written, or its folder cannot be made.
    """
    _create(path)
    url = URL.create(
        "sqlite+aiosqlite",
        database=f"file:{quote(str(path))}",
        query={"uri": "true", "mode": "rw"},
    )
    engine = create_async_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, record: Any) -> None:
        record.info["inode"] = _inode(path)
        # None: the driver begins no transactions of its own, so `begin` below is the only one,
        # and schema changes are part of it.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "checkout")
    def check_file(_connection: Any, record: Any, _proxy: Any) -> None:
        # A file that was removed or replaced lives on behind an open connection, until the last
        # one is closed; what is written to it then is lost.
        if record.info["inode"] != _inode(path):
            raise DisconnectionError

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later fails at once, whatever the timeout,
        # when another wrote in between. Taking the write lock at the start waits instead.
        writes = connection.get_execution_options().get("inkling_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _create(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_MODE))
        if not os.access(path.parent, os.W_OK):
            raise PermissionError(None, "the folder cannot be written")
    except OSError as error:
        raise SettingsError(
            "Expected DATABASE_URL to name an SQLite file that can be written. "
            f"Received {path} ({error.strerror})."
        ) from error


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except OSError:
        return None
