"""Model versions with their weights, and which one is active.

A version is one row, archive and all, so it is stored whole or not at all. Which one serves is
the last row of a list that only grows: the way back stays known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.archive import sha256
from bot.store.engine.database import Database
from bot.store.people import Person
from bot.store.runs import Lease, finish
from bot.store.tables import ActivationRow, VersionRow
from model.errors import ModelError

ARCHIVE_SECONDS = 60.0
"""A version is a few MB, over a network that may be slow."""


_VERSION_ID = re.compile(r"[\w-]{1,64}")


@dataclass(frozen=True, slots=True)
class Version:
    """A stored version, without its weights.

    Attributes:
        id: the manifest's `version`.
        corrections: how many of those it was trained on.
        passed: whether it passed the gate.
        gate: what the gate found, in words.
    """

    id: str
    at: datetime
    recipe: str
    corrections: int
    test_accuracy: float
    test_loss: float
    passed: bool
    gate: str


@dataclass(frozen=True, slots=True)
class Activation:
    """That a version serves; None is the model that ships with the program.

    Attributes:
        number: grows with each activation; 0 before the first.
    """

    number: int
    version: str | None
    at: datetime | None = None
    reason: str = ""


SHIPPED = Activation(0, None)
"""What is active in a new database."""


async def publish(
    database: Database, version: Version, archive: bytes, lease: Lease, compared_with: int
) -> bool:
    """Store a version, make it the active one if it passed the gate, and end its run: all or none.

    Args:
        archive: from `archive.pack`.
        lease: of the run that made it, which must still hold the lock.
        compared_with: the number of the activation that the gate compared it with.

    Returns:
        Whether it is now active. False too if another version was activated meanwhile: the gate
        has not compared it with that one.

    Raises:
        LeaseLost: the run was taken for dead; nothing was stored.
    """
    async with database.writing(ARCHIVE_SECONDS) as connection:
        await finish(connection, lease, version.id)
        known = await connection.execute(select(VersionRow.id).where(VersionRow.id == version.id))
        if known.one_or_none() is None:  # the same seed and data make the same version again
            await connection.execute(
                insert(VersionRow).values(
                    id=version.id,
                    at=version.at,
                    run=lease.run,
                    recipe=version.recipe,
                    corrections=version.corrections,
                    test_accuracy=version.test_accuracy,
                    test_loss=version.test_loss,
                    passed=version.passed,
                    gate=version.gate,
                    archive=archive,
                    archive_sha256=sha256(archive),
                )
            )
        if not version.passed or (await _active(connection)).number != compared_with:
            return False
        await _activate(connection, version.id, None, "passed the gate")
        return True


async def activate(
    database: Database, version: str | None, admin: Person | None, reason: str
) -> None:
    """Make a stored version the active one; None is the shipped model."""
    async with database.writing() as connection:
        await _activate(connection, version, admin, reason)


async def active(database: Database) -> Activation:
    """Return which version serves. One small row: replicas ask every few seconds."""
    async with database.reading() as connection:
        return await _active(connection)


async def history(database: Database, limit: int) -> tuple[Activation, ...]:
    """Return the latest activations, newest first: where to fall back to."""
    asked = select(
        ActivationRow.id, ActivationRow.version, ActivationRow.at, ActivationRow.reason
    ).order_by(ActivationRow.id.desc())
    async with database.reading() as connection:
        rows = (await connection.execute(asked.limit(limit))).all()
    return tuple(Activation(row.id, row.version, row.at, row.reason) for row in rows)


async def listed(database: Database, limit: int) -> tuple[Version, ...]:
    """Return the stored versions, newest first."""
    asked = _figures().order_by(VersionRow.at.desc()).limit(limit)
    async with database.reading() as connection:
        return tuple(Version(**row._mapping) for row in (await connection.execute(asked)).all())


async def get(database: Database, version: str) -> Version | None:
    """Return one stored version's figures, or None."""
    async with database.reading() as connection:
        row = (await connection.execute(_figures().where(VersionRow.id == version))).one_or_none()
    return None if row is None else Version(**row._mapping)


async def archive_of(database: Database, version: str) -> bytes:
    """Return the bytes of a version's model folder.

    Raises:
        ModelError: there is no such version, or its bytes are not what was stored.
    """
    if not _VERSION_ID.fullmatch(version):
        # It becomes the name of a folder, and must not name another one.
        raise ModelError(f"Expected a version of letters and digits. Received {version!r}.")
    asked = select(VersionRow.archive, VersionRow.archive_sha256).where(VersionRow.id == version)
    async with database.reading(ARCHIVE_SECONDS) as connection:
        row = (await connection.execute(asked)).one_or_none()
    if row is None:
        raise ModelError(f"Expected version {version} in the database; it is not there.")
    found = sha256(row.archive)
    if found != row.archive_sha256:
        raise ModelError(
            f"Version {version} is damaged. Expected SHA-256 {row.archive_sha256[:12]}…, "
            f"received {found[:12]}…."
        )
    archive: bytes = row.archive
    return archive


def _figures() -> Select[Any]:
    return select(*(getattr(VersionRow, name) for name in Version.__dataclass_fields__))


async def _active(connection: AsyncConnection) -> Activation:
    newest = select(func.max(ActivationRow.id)).scalar_subquery()
    asked = select(
        ActivationRow.id, ActivationRow.version, ActivationRow.at, ActivationRow.reason
    ).where(ActivationRow.id == newest)
    row = (await connection.execute(asked)).one_or_none()
    return SHIPPED if row is None else Activation(row.id, row.version, row.at, row.reason)


async def _activate(
    connection: AsyncConnection, version: str | None, admin: Person | None, reason: str
) -> None:
    await connection.execute(
        insert(ActivationRow).values(
            at=datetime.now(UTC),
            version=version,
            chosen_by=None if admin is None else str(admin),
            reason=reason,
        )
    )
