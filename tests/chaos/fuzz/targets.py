"""What is given odd inputs, and when it has failed."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from bot import local
from bot.config.settings import Settings, read_settings
from bot.conversation.services import Services
from bot.errors import ReadingTooCostly, SettingsError
from bot.messages import texts
from bot.serving.reading.process import Limits
from bot.serving.reading.reader import Reader
from bot.store import Database, answers, migrate
from bot.store.answers import Answered
from bot.store.people import TELEGRAM, Person
from bot.store.updates.memory import UpdateMemory
from bot.telegram.application import TelegramApi, add_handlers, build_over
from bot.telegram.transport.updates import UpdateTracker
from model.errors import PhotoError
from tests.bot import fakes
from tests.bot.fakes import ADA, PRIVATE, SEVEN, FakeReader, FakeTelegram, Json
from tests.chaos.fuzz import chat_updates
from tests.chaos.fuzz.image_files import damaged_files, odd_pictures
from tests.chaos.fuzz.settings_files import settings_files

BORIS = ADA | {"id": 1002, "first_name": "Boris"}

MAX_SECONDS = 2.0
"""Of processor time, for one input."""

PATIENCE_SECONDS = 60.0
"""Of the clock, for an input that waits for something: the machine may be busy."""

Check = Callable[[Any], None]
"""Gives one input to the target; raises if the target fails."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that must take any input.

    Attributes:
        inputs: what it is given.
        checking: a context in which it runs; yields the check.
    """

    inputs: st.SearchStrategy[Any]
    checking: Callable[[], AbstractContextManager[Check]]


@contextmanager
def reading() -> Iterator[Check]:
    """Read pictures in the process in which the bot reads them, with its limit of memory.

    A picture is read, or refused with a sentence. What takes longer than `MAX_SECONDS` or too much
    memory, ends the process or raises what nobody foresaw, has failed.
    """
    with asyncio.Runner() as runner:
        reader = Reader(Limits(cpu_seconds=MAX_SECONDS))
        runner.run(reader.__aenter__())

        def check(picture: bytes) -> None:
            try:
                result = runner.run(reader.read(picture))
                assert result.reading.digits or result.reading.refusal
            except ReadingTooCostly:
                raise
            except PhotoError as error:
                assert str(error).startswith("Expected"), error

        try:
            yield check
        finally:
            runner.run(reader.__aexit__(None, None, None))


@contextmanager
def chatting() -> Iterator[Check]:
    """Answer updates with all of the bot's handlers, over a Telegram without a network.

    Each is finished in time, and nothing is logged that nobody foresaw.
    """
    with _services() as (services, runner):
        errors = _Errors()
        logging.getLogger().addHandler(errors)

        def check(update: Json) -> None:
            runner.run(_answer(services, update))
            errors.check()

        try:
            yield check
        finally:
            logging.getLogger().removeHandler(errors)


@contextmanager
def going_on() -> Iterator[Check]:
    """Take updates that break Telegram's own rules.

    They may fail, in a line of the log, but each is finished in time, and so is what comes next.
    """
    with _services() as (services, runner):
        logging.disable(logging.CRITICAL)

        def check(update: Json) -> None:
            said = runner.run(_answer(services, update, PLAIN))
            assert texts.NOT_FOR_ME["text"] in said, "the next message is not answered"

        try:
            yield check
        finally:
            logging.disable(logging.NOTSET)


PLAIN: Json = {
    "update_id": 2,
    "message": {"message_id": 8, "date": 0, "chat": PRIVATE, "from": BORIS, "text": "hello"},
}
"""A message that has a well-known answer."""


@contextmanager
def _services() -> Iterator[tuple[Services, asyncio.Runner]]:
    os.environ["PTB_TIMEDELTA"] = "true"  # as `python -m bot` has it
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        database = Database.at(f"sqlite:///{folder}/inkling.sqlite3")
        runner.run(migrate(database))
        answer = Answered(chat_updates.ANSWER, Person(TELEGRAM, str(local.ADA)), "v", SEVEN, 1.0)
        runner.run(answers.keep(database, answer))
        admins = frozenset({local.ADMIN})
        yield fakes.services(database, FakeReader(SEVEN), Path(folder), admins), runner
        runner.run(database.close())


async def _answer(services: Services, *contents: Json) -> list[str]:
    """Give updates to a bot, one after the other; what it has said."""
    fake = FakeTelegram()
    application = build_over(TelegramApi("1:token", "http://nowhere.invalid"), fake, fake)
    add_handlers(application, services)
    async with application:
        tracker = UpdateTracker(application, UpdateMemory(None))
        tracker.open()
        for content in contents:
            began = time.process_time()
            await tracker.take([content])
            await tracker.wait(PATIENCE_SECONDS)
            assert tracker.oldest is None, "it is never answered"
            assert time.process_time() - began < MAX_SECONDS
    return fake.texts()


class _Errors(logging.Handler):
    """Keeps what is logged as an error: the bot logs each that it did not foresee."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._found: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._found.append(record)

    def check(self) -> None:
        """Raise what was found."""
        found, self._found = self._found, []
        for record in found:
            raise AssertionError(record.getMessage()) from (record.exc_info or (None, None))[1]


@contextmanager
def configuring() -> Iterator[Check]:
    """Read settings from a file: they are understood, or refused with one sentence."""
    known = {name.upper() for name in Settings.model_fields}
    before = {name: os.environ.pop(name) for name in known & os.environ.keys()}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, ".env")

        def check(content: bytes) -> None:
            file.write_bytes(content)
            try:
                read_settings(_env_file=file)
            except SettingsError as error:
                assert str(error).startswith("Expected"), error

        try:
            yield check
        finally:
            os.environ.update(before)


TARGETS: Mapping[str, Target] = {
    "image files": Target(damaged_files(), reading),
    "pictures": Target(odd_pictures(), reading),
    "messages": Target(chat_updates.messages(), chatting),
    "commands": Target(chat_updates.commands(), chatting),
    "presses": Target(chat_updates.presses(), chatting),
    "broken updates": Target(chat_updates.broken_updates(), going_on),
    "settings": Target(settings_files, configuring),
}
"""Each target, by name."""
