"""What the conversation works with, made once by `bot.app` and given to each front end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from bot.serving.active_model import ActiveModel
from bot.serving.answer_log import AnswerLog
from bot.serving.languages import PeoplesLanguages
from bot.serving.photo_log import PhotoLog
from bot.serving.photo_queue import PhotoQueue
from bot.serving.reading.reader import Reader
from bot.store import Database
from bot.store.people import Person
from bot.training.reports import RunReports
from bot.training.runner import TrainingRunner


class Memory(Protocol):
    """What a front end remembers of people, beside what the database has of all platforms."""

    async def forget(self, person: Person) -> None:
        """Forget a person.

        Raises:
            StoreUnavailable: the database is away, so that something is still known.
        """


@dataclass(frozen=True, slots=True)
class Services:
    """What the conversation works with.

    Attributes:
        database: where corrections, model versions and runs are kept.
        reader: reads photos.
        languages: knows which language each person wants.
        queue: says whose photo is next.
        photo_log: says in a line what became of each photo.
        answer_log: writes answers down, without anybody waiting for it.
        active_model: the model version that reads photos now.
        trainer: makes new model versions, or has a trainer elsewhere make them.
        reports: tells admins how that goes.
        admins: the people who may use the admins' commands and buttons.
        memories: what front ends remember, by platform; each adds its own, for /forget.
    """

    database: Database
    reader: Reader
    languages: PeoplesLanguages
    queue: PhotoQueue
    photo_log: PhotoLog
    answer_log: AnswerLog
    active_model: ActiveModel
    trainer: TrainingRunner
    reports: RunReports
    admins: frozenset[Person]
    memories: dict[str, Memory] = field(default_factory=dict)
