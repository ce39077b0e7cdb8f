"""Training runs. The one whose state is `running` is the lock, in all replicas at once.

The database allows a single running row (a unique index), and its holder renews a lease on it.
A holder whose lease lapses was killed: the first replica that notices marks the run, and then
another one can start. The clock is the database's, so replicas need not agree on the time.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import AlreadyRunning, LeaseLost
from bot.store.engine.database import Database
from bot.store.tables import RunRow, database_now

LEASE_SECONDS = 15.0
"""How long a run outlives its holder. Above three missed renewals, so that a slow database does
not end a healthy run; short enough that an admin who restarts the bot need not wait."""

HEARTBEAT_SECONDS = 3.0
"""How often the holder renews its lease and looks whether somebody asked to stop."""

REPORT_SECONDS = 30.0
"""How long a replica may take to tell the admin how a run ended, before another one does:
above sending three messages and two pictures at the pace that Telegram allows."""


class RunState(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Run:
    """One training run.

    Attributes:
        started_by, starter: the Telegram id and the name of the admin.
        chat, message: the message that lives while it runs.
        recipe: the word after /train, or that of the model that it goes on from.
        epoch, epochs, loss, accuracy: how far it is.
        corrections: how many it trains on.
        reason: how it ended, in words; empty while it runs.
        cancelled_by: the name of who asked to stop it.
        version: what it made.
    """

    id: int
    started_at: datetime
    started_by: int
    starter: str
    chat: int
    message: int | None
    recipe: str
    epoch: int
    epochs: int
    loss: float | None
    accuracy: float | None
    corrections: int
    state: RunState
    reason: str
    holder: str
    cancelled_by: str | None
    ended_at: datetime | None
    version: str | None


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What an admin asks for: see `Run`."""

    started_by: int
    starter: str
    chat: int
    recipe: str
    epochs: int


class Lease(NamedTuple):
    """The right to go on with a run, for the replica that began it."""

    run: int
    holder: str


async def begin(database: Database, holder: str, wanted: RunRequest) -> Run:
    """Take the lock by starting a run; `Lease(run.id, holder)` is what keeps it.

    Raises:
        AlreadyRunning: with the run that holds the lock.
    """
    try:
        async with database.writing() as connection:
            await _mark_lapsed(connection)
            row = await connection.execute(
                insert(RunRow)
                .values(
                    **asdict(wanted),
                    started_at=datetime.now(UTC),
                    epoch=0,
                    corrections=0,
                    state=RunState.RUNNING,
                    reason="",
                    holder=holder,
                    lease=database_now() + LEASE_SECONDS,
                )
                .returning(RunRow.id)
            )
            number = row.scalar_one()
        return await get(database, number)
    except IntegrityError:
        run = await running(database)
    if run is None:  # it ended between our attempt and our question
        return await begin(database, holder, wanted)
    raise AlreadyRunning(run.id, run.starter, run.recipe)


async def renew(database: Database, lease: Lease, **progress: Any) -> Run:
    """Renew the lease of a run and write how far it is; return its row as it is now.

    Args:
        progress: any of message, epoch, epochs, loss, accuracy, corrections.

    Raises:
        LeaseLost: it is no longer ours.
    """
    async with database.writing() as connection:
        renewed = await connection.execute(
            update(RunRow)
            .where(*_held(lease))
            .values(lease=database_now() + LEASE_SECONDS, **progress)
        )
        if renewed.rowcount == 0:
            raise LeaseLost("This run was taken for dead and may not go on.")
        return _run((await connection.execute(_runs().where(RunRow.id == lease.run))).one())


async def end(database: Database, lease: Lease, state: RunState, reason: str) -> None:
    """Release the lock without a new version. A run that is no longer ours stays as it is."""
    async with database.writing() as connection:
        await connection.execute(
            update(RunRow)
            .where(*_held(lease))
            .values(
                state=state,
                reason=reason,
                ended_at=datetime.now(UTC),
                report_at=database_now() + REPORT_SECONDS,
            )
        )


async def give_up(database: Database, lease: Lease) -> None:
    """Let a lease lapse now, since its holder is known to be dead."""
    async with database.writing() as connection:
        await connection.execute(
            update(RunRow).where(*_held(lease)).values(lease=database_now() - 1)
        )


async def finish(connection: AsyncConnection, lease: Lease, version: str) -> None:
    """Release the lock with a new version, in the transaction that stores it.

    Raises:
        LeaseLost: it is no longer ours.
    """
    done = await connection.execute(
        update(RunRow)
        .where(*_held(lease))
        .values(
            state=RunState.DONE,
            version=version,
            ended_at=datetime.now(UTC),
            report_at=database_now() + REPORT_SECONDS,
        )
    )
    if done.rowcount == 0:
        raise LeaseLost("This run was taken for dead; what it made was not stored.")


async def request_cancel(database: Database, admin: str) -> Run | None:
    """Ask the running run, whichever replica holds it, to stop; None if there is none."""
    async with database.writing() as connection:
        await _mark_lapsed(connection)
        await connection.execute(
            update(RunRow)
            .where(RunRow.state == RunState.RUNNING, RunRow.cancelled_by.is_(None))
            .values(cancelled_by=admin)
        )
        row = await connection.execute(_runs().where(RunRow.state == RunState.RUNNING))
        found = row.one_or_none()
    return None if found is None else _run(found)


async def running(database: Database) -> Run | None:
    """Return the run that holds the lock, or None."""
    async with database.reading() as connection:
        asked = _runs().where(RunRow.state == RunState.RUNNING, RunRow.lease >= database_now())
        row = (await connection.execute(asked)).one_or_none()
    return None if row is None else _run(row)


async def get(database: Database, run: int) -> Run:
    """Return one run."""
    async with database.reading() as connection:
        return _run((await connection.execute(_runs().where(RunRow.id == run))).one())


async def to_report(database: Database, exclude_holder: str = "") -> Run | None:
    """Claim a run that has ended and whose admin has not been told.

    First marks the runs whose lease has lapsed, except those of `exclude_holder`: the caller
    itself is alive, however long the database was away. Call `reported` when the admin knows; if
    this replica ends before that, another one reports the run.
    """
    async with database.writing() as connection:
        await _mark_lapsed(connection, exclude_holder)
        due = (RunRow.report_at <= database_now()) & (RunRow.state != RunState.RUNNING)
        first = select(RunRow.id).where(due).order_by(RunRow.id).limit(1).scalar_subquery()
        claimed = await connection.execute(
            update(RunRow)
            # `due` again: of two replicas that found the same run, the second finds it taken.
            .where(RunRow.id == first, due)
            .values(report_at=database_now() + REPORT_SECONDS)
            .returning(RunRow.id)
        )
        number = claimed.scalar_one_or_none()
        if number is None:
            return None
        return _run((await connection.execute(_runs().where(RunRow.id == number))).one())


async def reported(database: Database, run: int) -> None:
    """Note that the admin was told how a run ended."""
    async with database.writing() as connection:
        await connection.execute(update(RunRow).where(RunRow.id == run).values(report_at=None))


async def _mark_lapsed(connection: AsyncConnection, exclude_holder: str = "") -> None:
    """End the run whose holder stopped renewing: it was killed, or its machine was."""
    await connection.execute(
        update(RunRow)
        .where(
            RunRow.state == RunState.RUNNING,
            RunRow.lease < database_now(),
            RunRow.holder != exclude_holder,
        )
        .values(
            state=RunState.INTERRUPTED,
            reason="The bot that ran it stopped without a word: killed, or restarted.",
            ended_at=datetime.now(UTC),
            report_at=database_now(),
        )
    )


def _held(lease: Lease) -> tuple[Any, ...]:
    return (RunRow.id == lease.run, RunRow.holder == lease.holder, RunRow.state == RunState.RUNNING)


def _runs() -> Select[Any]:
    return select(*(getattr(RunRow, name) for name in Run.__dataclass_fields__))


def _run(row: Row[Any]) -> Run:
    return Run(**{**row._mapping, "state": RunState(row.state)})
