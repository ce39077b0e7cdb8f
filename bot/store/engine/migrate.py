"""Brings the schema up to date when the bot starts, from nothing or from any earlier schema."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.errors import NewerSchema
from bot.store.engine.database import Database

MIGRATIONS_FOLDER = Path(__file__).parents[1] / "migrations"

MIGRATE_SECONDS = 120.0
"""A migration may rewrite a table, and waits for another replica that is migrating."""

MIGRATION_LOCK = 0x1A2B11A6
"""An advisory lock's number: arbitrary, and the same in every release."""


async def migrate(database: Database, target: str = "head") -> None:
    """Bring the schema to a revision, the newest unless told otherwise.

    All in one transaction, so that an interrupted migration leaves the earlier schema. Replicas
    that start at once wait for each other: in SQLite the transaction itself is the lock; in
    PostgreSQL a lock held to its end, since two transactions may both find a table missing.

    Raises:
        NewerSchema: a step is not known here.
        StoreUnavailable: the database is away.
    """
    async with database.writing(MIGRATE_SECONDS) as connection:
        if database.dialect == "postgresql":
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
        await connection.run_sync(_upgrade, target)


def newest_revision() -> str:
    """Return the revision that this program's tables are made for."""
    files = sorted((MIGRATIONS_FOLDER / "versions").glob("[0-9]*.py"))
    return files[-1].name.split("_")[0]


def _upgrade(connection: Connection, target: str) -> None:
    if target == "head" and _revision(connection) == newest_revision():
        return
    # Nearly every start finds the newest schema, and Alembic takes a good part of a second.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_FOLDER))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, target)
    except CommandError as error:
        raise NewerSchema(
            f"Expected a database of this version of Inkling or an earlier one. {error}. "
            "Run the newer version, or another DATABASE_URL."
        ) from error


def _revision(connection: Connection) -> str | None:
    """Return the revision of the schema; None if the database is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
