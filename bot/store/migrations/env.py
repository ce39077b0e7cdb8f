"""What Alembic runs for each command.

`bot.store.engine.migrate` passes the connection on which the bot brings its database up to date.
The command `alembic` passes none, and gets the database that `DATABASE_URL` names.
"""

import asyncio
from collections.abc import Iterable
from typing import Any, Literal

from alembic import context
from alembic.operations import MigrationScript
from sqlalchemy import Connection

from bot.config.settings import read_settings
from bot.store.engine.database import Database
from bot.store.engine.migrate import MIGRATE_SECONDS, MIGRATIONS_FOLDER
from bot.store.tables import Instant, Table


def render(kind: str, item: object, _: Any) -> str | Literal[False]:
    """Write our own type as what it is: a step must not depend on code that moves on."""
    return "sa.Double()" if kind == "type" and isinstance(item, Instant) else False


def number(_context: Any, _revision: Any, directives: Iterable[MigrationScript]) -> None:
    """Give a new step the next number instead of a random name."""
    for directive in directives:
        directive.rev_id = f"{len(list((MIGRATIONS_FOLDER / 'versions').glob('*.py'))) + 1:04}"


def run(connection: Connection) -> None:
    """Run the steps, or compare the tables, on a connection inside a transaction."""
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        # SQLite cannot alter a column in place; batches make a new table and copy.
        render_as_batch=True,
        render_item=render,
        process_revision_directives=number,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_on_own_database() -> None:
    """Open the database that the settings name, for the command `alembic`."""
    database = Database.at(read_settings().database_url.get_secret_value())
    try:
        async with database.writing(MIGRATE_SECONDS) as connection:
            await connection.run_sync(run)
    finally:
        await database.close()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_on_own_database())
