"""Writes the next migration from what changed in the tables.

python -m bot.store.migrations "what changes"
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from bot.store import Database, migrate
from bot.store.migrate import MIGRATIONS


async def write(message: str) -> None:
    """Write a migration under `versions/`: the difference between the head and the tables."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database.at(f"sqlite:///{Path(folder) / 'head.sqlite3'}")
        await migrate(database)
        async with database.writing() as connection:
            await connection.run_sync(_compare, message)
        await database.close()


def _compare(connection: Connection, message: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    number = len(list((MIGRATIONS / "versions").glob("*.py"))) + 1
    command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('Expected one argument: python -m bot.store.migrations "say what changes"')
    asyncio.run(write(sys.argv[1]))
