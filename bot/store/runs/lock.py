"""Requests, claims, renews and ends a run. The one whose state is `running` is the lock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import case, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import AlreadyRunning, Ending, LeaseLost
from bot.store.engine.database import Database
from bot.store.runs.records import (
    NO_HOLDER,
    SHOW_SECONDS,
    Lease,
    Run,
    RunRequest,
    RunState,
    read_run,
    run_from,
    select_runs,
)
from bot.store.tables import RunRow, database_now

RENEW_SECONDS = 10.0
"""How long a renewal may take: longer than other calls, as nobody waits for it, and a database that
is slow for a moment need not end a run."""

LEASE_SECONDS = 30.0
"""How long a run outlives its holder. Above two renewals that fail as slowly as they may; short
enough that an admin whose trainer was killed need not wait long."""

HEARTBEAT_SECONDS = 3.0
"""How often the holder renews its lease and looks whether somebody asked to stop."""

WAITING_SECONDS = 3600.0
"""How long a run waits for a process that can train. An admin who reads that there is none has time
to start one, and a request that everybody has forgotten does not begin days later."""


async def request(database: Database, wanted: RunRequest) -> Run:
    """Take the lock for a run, which then waits for a process that claims it.

    Raises:
        AlreadyRunning: with the run that holds the lock.
    """
    try:
        async with database.writing() as connection:
            await mark_lapsed(connection)
            row = await connection.execute(
                insert(RunRow)
                .values(
                    started_at=datetime.now(UTC),
                    started_by=str(wanted.started_by),
                    starter=wanted.starter,
                    address=str(wanted.address),
                    recipe=wanted.recipe,
                    phase="",
                    epoch=0,
                    epochs=wanted.epochs,
                    corrections=0,
                    state=RunState.RUNNING,
                    reason="",
                    holder=NO_HOLDER,
                    lease=database_now() + WAITING_SECONDS,
                    report_at=database_now() + SHOW_SECONDS,
                )
                .returning(RunRow.id)
            )
            number = row.scalar_one()
        return await get(database, number)
    except IntegrityError:
        run = await running(database)
    if run is None:  # it ended between our attempt and our question
        return await request(database, wanted)
    raise AlreadyRunning(run.id, run.starter, run.recipe)


async def waiting(database: Database) -> Run | None:
    """Return the run that waits for a process that can train, or None."""
    async with database.reading() as connection:
        row = (await connection.execute(select_runs().where(*_waits()))).one_or_none()
    return None if row is None else run_from(row)


async def claim(database: Database, lease: Lease) -> Run | None:
    """Take a run that waits; None if it does not wait any more. The lease is what keeps it."""
    async with database.writing() as connection:
        claimed = await connection.execute(
            update(RunRow)
            .where(RunRow.id == lease.run, *_waits())
            .values(holder=lease.holder, lease=database_now() + LEASE_SECONDS)
        )
        if claimed.rowcount == 0:
            return None
        return run_from(
            (await connection.execute(select_runs().where(RunRow.id == lease.run))).one()
        )


async def renew(database: Database, lease: Lease, **progress: Any) -> Run:
    """Renew the lease of a run and write how far it is; return its row as it is now.

    Args:
        progress: any of phase, phase_share, seconds_left, epoch, epochs, loss, accuracy,
            corrections.

    Raises:
        LeaseLost: it is no longer ours.
    """
    async with database.writing(RENEW_SECONDS) as connection:
        renewed = await connection.execute(
            update(RunRow)
            .where(*_held(lease))
            .values(lease=database_now() + LEASE_SECONDS, **progress)
        )
        if renewed.rowcount == 0:
            raise LeaseLost("This run was taken for dead and may not go on.")
        return run_from(
            (await connection.execute(select_runs().where(RunRow.id == lease.run))).one()
        )


async def end(
    database: Database, lease: Lease, state: RunState, ending: Ending, detail: str = ""
) -> None:
    """Release the lock without a new version. A run that is no longer ours stays as it is."""
    async with database.writing() as connection:
        await connection.execute(
            update(RunRow)
            .where(*_held(lease))
            .values(
                state=state,
                reason=f"{ending}\n{detail}".strip(),
                ended_at=datetime.now(UTC),
                report_at=database_now(),
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
            report_at=database_now(),
        )
    )
    if done.rowcount == 0:
        raise LeaseLost("This run was taken for dead; what it made was not stored.")


async def request_cancel(database: Database, admin: str) -> Run | None:
    """Ask the running run, whichever process holds it, to stop; None if there is none.

    A run that still waits for a process ends at once.
    """
    async with database.writing() as connection:
        await mark_lapsed(connection)
        await connection.execute(
            update(RunRow)
            .where(RunRow.state == RunState.RUNNING, RunRow.cancelled_by.is_(None))
            .values(cancelled_by=admin)
        )
        row = await connection.execute(select_runs().where(RunRow.state == RunState.RUNNING))
        found = row.one_or_none()
        await connection.execute(
            update(RunRow)
            .where(RunRow.state == RunState.RUNNING, RunRow.holder == NO_HOLDER)
            .values(
                state=RunState.CANCELLED,
                reason=Ending.CANCELLED,
                ended_at=datetime.now(UTC),
                report_at=database_now(),
            )
        )
    return None if found is None else run_from(found)


async def running(database: Database) -> Run | None:
    """Return the run that holds the lock, or None."""
    async with database.reading() as connection:
        held = (RunRow.state == RunState.RUNNING, RunRow.lease >= database_now())
        row = (await connection.execute(select_runs().where(*held))).one_or_none()
    return None if row is None else run_from(row)


async def get(database: Database, run: int) -> Run:
    """Return one run."""
    async with database.reading() as connection:
        return await read_run(connection, run)


async def mark_lapsed(connection: AsyncConnection, exclude_holder: str = "") -> None:
    """End the run whose holder stopped renewing, or that nobody claimed."""
    await connection.execute(
        update(RunRow)
        .where(
            RunRow.state == RunState.RUNNING,
            RunRow.lease < database_now(),
            # Not `exclude_holder` alone: by default that is what a waiting run has.
            (RunRow.holder != exclude_holder) | (RunRow.holder == NO_HOLDER),
        )
        .values(
            state=RunState.INTERRUPTED,
            reason=case(
                (RunRow.holder == NO_HOLDER, Ending.NOBODY_CAME.value),
                else_=Ending.HOLDER_GONE.value,
            ),
            ended_at=datetime.now(UTC),
            report_at=database_now(),
        )
    )


def _waits() -> tuple[Any, ...]:
    return (
        RunRow.state == RunState.RUNNING,
        RunRow.holder == NO_HOLDER,
        RunRow.lease >= database_now(),
    )


def _held(lease: Lease) -> tuple[Any, ...]:
    return (RunRow.id == lease.run, RunRow.holder == lease.holder, RunRow.state == RunState.RUNNING)
