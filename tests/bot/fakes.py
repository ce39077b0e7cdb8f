"""A Telegram without a network, and a recogniser without a model: injected, never patched in."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup
from telegram import Update
from telegram.ext import BaseHandler
from telegram.request import BaseRequest, RequestData

from bot.conversation.services import Services
from bot.messages.answer_card import answer_card
from bot.serving.active_model import ActiveModel
from bot.serving.answer_log import AnswerLog
from bot.serving.languages import PeoplesLanguages
from bot.serving.network_activity import Link, NetworkActivity
from bot.serving.photo_log import PhotoLog
from bot.serving.photo_queue import PhotoQueue
from bot.serving.reading.messages import Explanation, ReadingResult, RecordedReading
from bot.serving.reading.reader import Reader
from bot.store import Database
from bot.store.people import TELEGRAM, Person
from bot.store.runs import Run
from bot.telegram.application import TelegramApi, build_over
from bot.telegram.handlers.errors import on_error
from bot.telegram.transport.lifecycle import AnyApplication
from bot.training.reports import News, RunReports
from bot.training.runner import TrainingRunner
from model.artifact import ModelFolder
from model.types import Box, Digit, Reading

Json = dict[str, Any]

BOT = {"id": 1, "is_bot": True, "first_name": "Inkling", "username": "inkling_bot"}
ADA = {"id": 1001, "is_bot": False, "first_name": "Ada"}
PRIVATE = {"id": 1001, "type": "private", "first_name": "Ada"}
GROUP = {"id": -5, "type": "supergroup", "title": "Everybody"}
PHOTO = [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90, "file_size": 9}]


class FakeTelegram(BaseRequest):
    """Notes each request, and answers it like Telegram or as told.

    Attributes:
        calls: (method, parameters), in order.
        answers: by method, what to answer or raise first; afterwards it answers as usual.
        file: what every download gives.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, Json]] = []
        self.answers: defaultdict[str, list[Json | Exception]] = defaultdict(list)
        self.file = b"a photo"

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        """Open nothing."""

    async def shutdown(self) -> None:
        """Close nothing."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *timeouts: Any,
        **more_timeouts: Any,
    ) -> tuple[int, bytes]:
        if "/file/" in url:
            self.calls.append(("download", {}))
            return 200, self.file
        name = url.rpartition("/")[2]
        parameters: Json = {}
        if request_data:
            # Files are tuples of a name, the content and a type.
            parameters = request_data.parameters | (request_data.multipart_data or {})
        self.calls.append((name, parameters))
        # A request takes time; others run meanwhile.
        await asyncio.sleep(0.001)
        told = self.answers[name]
        answer: Json | Exception = (
            told.pop(0) if told else {"ok": True, "result": self._usual(name, parameters)}
        )
        if isinstance(answer, Exception):
            raise answer
        return int(answer.get("error_code", 200)), json.dumps(answer).encode()

    def texts(self) -> list[str]:
        """Return what was said, as texts and as captions."""
        return [
            parameters.get("text") or parameters["caption"]
            for name, parameters in self.calls
            if name in {"sendMessage", "sendPhoto"}
        ]

    def methods(self) -> list[str]:
        """Return the methods that were called, without "typing…"."""
        return [name for name, _ in self.calls if name != "sendChatAction"]

    def _usual(self, name: str, parameters: Json) -> object:
        chat = {"id": parameters.get("chat_id", 0), "type": "private"}
        usual: dict[str, object] = {
            "getMe": BOT,
            "getUpdates": [],
            "getFile": {"file_id": "p", "file_unique_id": "p", "file_path": "photos/1.jpg"},
            "sendMessage": {
                "message_id": 9,
                "date": 0,
                "chat": chat,
                "text": str(parameters.get("text")),
            },
            "sendPhoto": {"message_id": 9, "date": 0, "chat": chat},
        }
        return usual.get(name, True)


async def until(condition: Callable[[], bool]) -> None:
    """Let everything else run until this holds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what changes has no event
            await asyncio.sleep(0.005)


def refused(code: int, description: str) -> Json:
    """Make an answer with which Telegram refuses."""
    return {"ok": False, "error_code": code, "description": description}


@asynccontextmanager
async def application(
    fake: FakeTelegram, handlers: Sequence[BaseHandler[Any, Any, Any]]
) -> AsyncIterator[AnyApplication]:
    """Open an application as the bot builds it, over the fake."""
    built = build_over(TelegramApi("1:token", "http://nowhere.invalid"), fake, fake)
    built.add_handlers(handlers)
    built.add_error_handler(on_error)
    async with built:
        fake.calls.clear()
        yield built


def update(application: AnyApplication, number: int = 1, **message: Any) -> Update:
    """Make an update with a message of Ada's to the bot."""
    about = {"message_id": 7, "date": 0, "chat": PRIVATE, "from": ADA}
    return Update.de_json({"update_id": number, "message": about | message}, application.bot)


def digit(label: int, confidence: float = 0.97, second: int | None = None) -> Digit:
    """Make a digit whose glyph is a bar; the rest of the probability is the second label's."""
    glyph = np.zeros((28, 28), np.uint8)
    glyph[4:24, 12:16] = 255
    probabilities = np.zeros(10, np.float32)
    probabilities[label] = confidence
    probabilities[(label + 1) % 10 if second is None else second] = 1 - confidence
    return Digit(glyph, probabilities, Box(0, 0, 20, 20))


class FakeReader(Reader):
    """Reads the same in every photo, or fails the same way; without a process."""

    def __init__(self, result: Reading | Exception) -> None:
        super().__init__()
        self.result = result
        self.version = "fake"
        self.candidates: tuple[Digit, ...] = ()
        self.photos: list[bytes] = []

    async def load(self, model: Path) -> str:
        return ModelFolder.open(model).manifest.version

    async def read(self, photo: bytes, *, with_card: bool = True) -> ReadingResult:
        self.photos.append(photo)
        if isinstance(self.result, Exception):
            raise self.result
        card = answer_card(self.result) if with_card and self.result.digits else None
        return ReadingResult(self.result, card, self.version, self.candidates)

    async def explain(self, photo: bytes) -> Explanation:
        await self.read(photo)
        return Explanation(Markup("Why."), b"png")

    async def record(self, drawing: bytes) -> RecordedReading:
        read = (await self.read(drawing, with_card=False)).reading
        layer = np.zeros(784, np.uint8)
        activity = NetworkActivity((layer,), ((Link(0, 7),),))
        return RecordedReading(read, (activity,) * len(read.digits), self.version)


SEVEN = Reading((digit(7),))


class NobodyToTell:
    """Notifies nobody of training runs."""

    platform = "telegram"

    async def tell(self, say: Callable[[], str]) -> None:
        """Leave it unsaid."""

    async def show(self, run: Run) -> None:
        """Leave it unsaid."""

    async def report(self, run: Run) -> None:
        """Leave it unsaid."""

    async def spread(self, run: Run) -> None:
        """Leave it unsaid."""


def services(
    database: Database,
    reader: Reader,
    scratch: Path,
    admin_ids: frozenset[int] = frozenset(),
    queue: PhotoQueue | None = None,
) -> Services:
    """Make what the conversation works with, as `bot.app` does; nothing of it runs."""
    notifier = NobodyToTell()
    trainer = TrainingRunner(database, scratch)
    news: News = deque()
    active_model = ActiveModel(database, reader, scratch, news.append)
    return Services(
        database=database,
        reader=reader,
        languages=PeoplesLanguages(database),
        queue=queue or PhotoQueue(),
        photo_log=PhotoLog(),
        answer_log=AnswerLog(database),
        active_model=active_model,
        trainer=trainer,
        reports=RunReports(database, (notifier,), trainer.holder, active_model.refresh, news),
        admins=frozenset(Person(TELEGRAM, str(admin)) for admin in admin_ids),
    )
