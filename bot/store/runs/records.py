"""What is stored of a training run, and how its row is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.people import Person
from bot.store.tables import RunRow

SHOW_SECONDS = 3.0
"""Between edits of the live message: Telegram allows about one a second in a chat, and twenty a
minute where several people read."""

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


def select_runs() -> Select[Any]:
    """Select the columns that `run_from` reads."""
    return select(*(getattr(RunRow, name) for name in Run.__dataclass_fields__))


def run_from(row: Row[Any]) -> Run:
    """Read a row of `select_runs`."""
    columns = dict(row._mapping)
    address, state = Address.parse(columns.pop("address")), RunState(columns.pop("state"))
    started_by = Person.parse(columns.pop("started_by"))
    return Run(address=address, state=state, started_by=started_by, **columns)


async def read_run(connection: AsyncConnection, number: int) -> Run:
    """Read one run."""
    return run_from((await connection.execute(select_runs().where(RunRow.id == number))).one())
