"""The figures behind `/stats`, counted by the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import Double, Integer, case, cast, func, select, type_coerce

from bot.store.engine.database import Database
from bot.store.tables import AnswerRow, CorrectionRow

DAYS_SHOWN = 30
"""What a chart on a phone can show with a bar for each day."""

LATENCY_ANSWERS = 2000
"""How many of the latest answers the latency is taken from."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How often people said right and wrong of something."""

    right: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """What has happened so far.

    Attributes:
        photos: answered, refused ones included.
        digits: read in them.
        people: who sent them, less those who were forgotten.
        refusals: by reason, the most frequent first.
        by_digit: what people said of each digit that was read.
        by_version: what people said of each model version.
        by_day: photos a day (UTC), the last DAYS_SHOWN days, oldest first.
        median_ms, slow_ms: 50 % and 95 % of the latest photos were answered faster; None before
            the first.
    """

    photos: int
    digits: int
    people: int
    refusals: dict[str, int]
    by_digit: dict[int, Judged]
    by_version: dict[str, Judged]
    by_day: tuple[int, ...]
    median_ms: float | None
    slow_ms: float | None


async def gather(database: Database, now: datetime | None = None) -> Statistics:
    """Count everything, in one transaction."""
    midnight = (now or datetime.now(UTC)).replace(hour=0, minute=0, second=0, microsecond=0)
    first_day = midnight - timedelta(days=DAYS_SHOWN - 1)
    right = func.sum(case((CorrectionRow.said == CorrectionRow.read, 1), else_=0))
    wrong = func.sum(case((CorrectionRow.said != CorrectionRow.read, 1), else_=0))
    day = cast(
        func.floor((type_coerce(AnswerRow.at, Double) - first_day.timestamp()) / 86400), Integer
    )
    async with database.reading() as connection:
        photos, digits, people = (
            await connection.execute(
                select(
                    func.count(),
                    func.coalesce(func.sum(func.length(AnswerRow.labels)), 0),
                    func.count(AnswerRow.person.distinct()),
                ).select_from(AnswerRow)
            )
        ).one()
        refusals = await connection.execute(
            select(AnswerRow.refusal, func.count())
            .where(AnswerRow.refusal.is_not(None))
            .group_by(AnswerRow.refusal)
            .order_by(func.count().desc())
        )
        by_digit = await connection.execute(
            select(CorrectionRow.read, right, wrong).group_by(CorrectionRow.read)
        )
        by_version = await connection.execute(
            select(CorrectionRow.version, right, wrong).group_by(CorrectionRow.version)
        )
        days = await connection.execute(
            select(day, func.count()).where(AnswerRow.at >= first_day).group_by(day)
        )
        latest = select(AnswerRow.milliseconds).order_by(AnswerRow.at.desc()).limit(LATENCY_ANSWERS)
        latencies = (await connection.execute(latest)).scalars().all()
        counted: dict[int, int] = {row[0]: row[1] for row in days}
        return Statistics(
            photos=photos,
            digits=int(digits),
            people=people,
            refusals={str(reason): number for reason, number in refusals},
            by_digit={digit: Judged(int(yes), int(no)) for digit, yes, no in by_digit},
            by_version={version: Judged(int(yes), int(no)) for version, yes, no in by_version},
            by_day=tuple(counted.get(number, 0) for number in range(DAYS_SHOWN)),
            median_ms=float(np.percentile(latencies, 50)) if latencies else None,
            slow_ms=float(np.percentile(latencies, 95)) if latencies else None,
        )
