"""Answers, versions and figures, as a database gives and takes them."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from bot.store import Database, runs
from bot.store.answers import Answered, new_id
from bot.store.people import TELEGRAM, Person
from bot.store.runs import Address, Lease, Run, RunRequest, RunState
from bot.store.statistics import DAYS_SHOWN, Judged, Statistics
from bot.store.versions import Version
from model.types import Box, Digit, Reading


def person(number: int) -> Person:
    """The person whom Telegram knows by this number."""
    return Person(TELEGRAM, str(number))


ANNA, BORIS, ADMIN = person(1001), person(1002), person(9001)

REQUEST = RunRequest(ADMIN, "Ada", Address("telegram", "1"), recipe="baseline", epochs=3)
"""What an admin asks for."""

RUN = Run(
    id=1,
    started_at=datetime(2026, 5, 20, 12, 0, tzinfo=UTC),
    started_by=ADMIN,
    starter="Ada <b>",
    address=Address(TELEGRAM, ADMIN.id, "5"),
    recipe="baseline",
    phase="",
    phase_share=None,
    seconds_left=None,
    epoch=0,
    epochs=0,
    loss=None,
    accuracy=None,
    corrections=0,
    state=RunState.RUNNING,
    reason="",
    holder="here",
    cancelled_by=None,
    ended_at=None,
    version=None,
)
"""A run that has just been started."""


async def begun(database: Database, holder: str, wanted: RunRequest = REQUEST) -> Run:
    """Request a run, and claim it."""
    requested = await runs.request(database, wanted)
    claimed = await runs.claim(database, Lease(requested.id, holder))
    assert claimed is not None
    return claimed


def digit(label: int, confidence: float = 0.9, seed: int = 0) -> Digit:
    """A digit whose glyph depends on the label and the seed."""
    ink = np.random.default_rng([label, seed]).integers(0, 256, (28, 28), np.uint8)
    probabilities = np.full(10, (1 - confidence) / 9, np.float32)
    probabilities[label] = confidence
    return Digit(ink, probabilities, Box(0, 0, 10, 20))


def answered(
    *digits: Digit, user: Person = ANNA, version: str = "v1", ms: float = 12.0
) -> Answered:
    """One photo with these digits, answered."""
    return Answered(new_id(), user, version, Reading(digits), ms)


def version(name: str = "v2", *, passed: bool = True) -> Version:
    """A version's figures."""
    return Version(name, datetime.now(UTC), "baseline", 3, 0.976, 0.08, passed, "all is well")


NOTHING_YET = Statistics(0, 0, 0, {}, {}, {}, (0,) * DAYS_SHOWN, None, None)
"""The figures of an empty database."""


def statistics(photos: int = 3) -> Statistics:
    """Figures that are long, and hold what is not HTML."""
    return Statistics(
        photos=photos,
        digits=4,
        people=2,
        refusals={f"reason <{n}>": n for n in range(20)},
        by_digit={digit: Judged(10_000, 10_000) for digit in range(10)},
        by_version={f"version{n}": Judged(1, 2) for n in range(40)},
        by_day=(1,) * DAYS_SHOWN,
        median_ms=12.3,
        slow_ms=45.6,
    )
