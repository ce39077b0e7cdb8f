"""Training runs. The one whose state is `running` is the lock, in all processes at once.

An admin requests a run, and a process that can train claims it: the bot itself, or a trainer on
another machine. The database allows a single running row (a unique index), and its holder renews a
lease on it. A holder whose lease lapses was killed: the first process that notices marks the run,
and then another one can start. The clock is the database's, so machines need not agree on the time.

The row is also how a bot hears what a trainer does: some bot claims the right to tell the admin how
far the run is, or how it ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, case, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import AlreadyRunning, Ending, LeaseLost
from bot.store.engine.database import Database
from bot.store.people import Person
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

SHOW_SECONDS = 3.0
"""Between edits of the live message: Telegram allows about one a second in a chat, and twenty a
minute where several people read."""

REPORT_SECONDS = 30.0
"""How long a bot may take to tell the admin how a run ended, before another one does: above sending
three messages and two pictures at the pace that Telegram allows."""

NO_HOLDER = ""
"""The holder of a run that waits for a process that can train."""


class Address(NamedTuple):
    """Where in a chat an admin reads how a run goes; in the database `platform:chat:message`.

    Attributes:
        platform: which front end can reach the chat, such as "telegram".
        chat: the chat's id on that platform.
        message: the id of the message that lives while the run does; empty before there is one.
    """

    platform: str
    chat: str
    message: str = ""

    def __str__(self) -> str:
        return ":".join(self)

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read what `str` wrote."""
        platform, chat, message = text.split(":")
        return cls(platform, chat, message)


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
        started_by, starter: the admin, and what they are called.
        address: where the admin reads how it goes.
        recipe: the word after /train, or that of the model that it goes on from.
        phase: what the training process does now, in its own word; empty before it has begun.
        phase_share: how much of that is done, 0 to 1, or None if nobody can tell.
        seconds_left: an estimate for the phase, or None.
        epoch, epochs, loss, accuracy: how far it is.
        corrections: how many it trains on.
        reason: an `Ending`, and in further lines what only this run knows of it; empty while it
            runs. Older programs wrote a sentence in English.
        holder: the process that carries it out, or `NO_HOLDER`.
        cancelled_by: the name of who asked to stop it.
        version: what it made.
    """

    id: int
    started_at: datetime
    started_by: Person
    starter: str
    address: Address
    recipe: str
    phase: str
    phase_share: float | None
    seconds_left: float | None
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

    @property
    def waits(self) -> bool:
        """Whether no process carries it out yet."""
        return self.state is RunState.RUNNING and self.holder == NO_HOLDER


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What an admin asks for: see `Run`."""

    started_by: Person
    starter: str
    address: Address
    recipe: str
    epochs: int


class Lease(NamedTuple):
    """The right to go on with a run, for the process that claimed it."""

    run: int
    holder: str


async def request(database: Database, wanted: RunRequest) -> Run:
    """Take the lock for a run, which then waits for a process that claims it.

    Raises:
        AlreadyRunning: with the run that holds the lock.
    """
    try:
        async with database.writing() as connection:
            await _mark_lapsed(connection)
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
        row = (await connection.execute(_runs().where(*_waits()))).one_or_none()
    return None if row is None else _run(row)


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
        return _run((await connection.execute(_runs().where(RunRow.id == lease.run))).one())


async def show_at(database: Database, run: int, address: Address) -> None:
    """Note which message shows how far a run is."""
    async with database.writing() as connection:
        await connection.execute(
            update(RunRow).where(RunRow.id == run).values(address=str(address))
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
        return _run((await connection.execute(_runs().where(RunRow.id == lease.run))).one())


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
        await _mark_lapsed(connection)
        await connection.execute(
            update(RunRow)
            .where(RunRow.state == RunState.RUNNING, RunRow.cancelled_by.is_(None))
            .values(cancelled_by=admin)
        )
        row = await connection.execute(_runs().where(RunRow.state == RunState.RUNNING))
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


async def to_tell(database: Database, platform: str, exclude_holder: str = "") -> Run | None:
    """Claim a run about which its admin is to be told: how far it is, or how it ended.

    Of several bots on a platform one at a time gets the run, again and again while it runs. When it
    has ended, call `reported` when the admin knows; if this bot ends before that, another one
    reports the run.

    Args:
        platform: where the caller can reach admins.
        exclude_holder: a process that is alive, however long the database was away.
    """
    async with database.writing() as connection:
        await _mark_lapsed(connection, exclude_holder)
        due = (RunRow.report_at <= database_now()) & RunRow.address.startswith(f"{platform}:")
        first = select(RunRow.id).where(due).order_by(RunRow.id).limit(1).scalar_subquery()
        pause = case((RunRow.state == RunState.RUNNING, SHOW_SECONDS), else_=REPORT_SECONDS)
        claimed = await connection.execute(
            update(RunRow)
            # `due` again: of two bots that found the same run, the second finds it taken.
            .where(RunRow.id == first, due)
            .values(report_at=database_now() + pause)
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


def _runs() -> Select[Any]:
    return select(*(getattr(RunRow, name) for name in Run.__dataclass_fields__))


def _run(row: Row[Any]) -> Run:
    columns = dict(row._mapping)
    address, state = Address.parse(columns.pop("address")), RunState(columns.pop("state"))
    started_by = Person.parse(columns.pop("started_by"))
    return Run(address=address, state=state, started_by=started_by, **columns)
