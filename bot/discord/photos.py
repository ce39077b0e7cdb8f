"""Pictures come in, and are answered: one with its card, several in one message."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bot.conversation.answers import ReadPhoto, answer_album, answer_photo, read_photo
from bot.conversation.message import Message
from bot.conversation.services import Services
from bot.conversation.why import AnsweredPhotos, explain_photo
from bot.discord.pictures import SentPicture
from bot.store.answers import MAX_ALBUM_PHOTOS, new_id
from bot.store.people import Person

MAX_REMEMBERED_PEOPLE = 1000
"""People whose last answer /why knows."""

Say = Callable[[Message], Awaitable[object]]
"""Says something to the person who waits."""


class Photos:
    """Answers pictures, however they were sent.

    Args:
        services: what the conversation works with.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._answered = AnsweredPhotos[SentPicture]()
        self._answering: set[asyncio.Task[Any]] = set()
        self._last_answers: OrderedDict[Person, str] = OrderedDict()

    async def answer(
        self, pictures: Sequence[SentPicture], person: Person, name: str, say: Say
    ) -> None:
        """Answer the pictures of one message.

        Args:
            pictures: at least one; those beyond `MAX_ALBUM_PHOTOS` are left out, as Discord allows
                no more.
            person: who asked, to whom the buttons belong.
            name: of what asked, for the log.
            say: gives the answer. A person's next picture waits for it, so that answers come in
                the order of the pictures.

        Raises:
            PhotoError, FetchFailed, TooManyWaiting: the only picture could not be read.
        """
        task = asyncio.current_task()
        assert task is not None, "a coroutine runs in a task"
        self._answering.add(task)
        try:
            if len(pictures) == 1:
                await self._answer_one(pictures[0], person, name, say)
            else:
                await self._answer_several(pictures, person, name, say)
        finally:
            self._answering.discard(task)

    async def wait(self, seconds: float) -> None:
        """Wait until everything that was taken is answered, but not longer than that."""
        if self._answering:
            await asyncio.wait(self._answering, timeout=seconds)

    async def _answer_several(
        self, pictures: Sequence[SentPicture], person: Person, name: str, say: Say
    ) -> None:
        pictures = pictures[:MAX_ALBUM_PHOTOS]
        read = await asyncio.gather(*(self._read(each, person, name) for each in pictures))
        answer = answer_album(self._services, new_id(), read, 0)
        for identity, picture in zip(answer.ids, pictures, strict=True):
            self._answered.remember(identity, person, picture)
        self._remember_last(person, answer.ids[0])
        await say(answer.message)

    async def explain(self, picture: SentPicture, person: Person) -> Message:
        """Say and show why a picture is read as it is.

        Raises:
            PhotoError, FetchFailed, TooManyWaiting: it cannot be read.
        """
        queue = self._services.queue
        async with queue.of(person), queue.work:
            return await explain_photo(self._services.reader, picture.fetch)

    def find(self, answer: str) -> SentPicture | None:
        """Return the picture that an answer is about; None if it is not remembered."""
        return self._answered.find(answer)

    def find_last(self, person: Person) -> SentPicture | None:
        """Return the picture that a person last had an answer about, if it is remembered."""
        return self._answered.find(self._last_answers.get(person, ""))

    async def forget(self, person: Person) -> None:
        """Forget a person's pictures, and which answer that person last had."""
        self._last_answers.pop(person, None)
        await self._answered.forget(person)

    async def _answer_one(self, picture: SentPicture, person: Person, name: str, say: Say) -> None:
        queue, asked_at = self._services.queue, time.monotonic()
        with self._services.photo_log.photo("discord", name) as record:

            async def fetch() -> bytes:
                content = await picture.fetch()
                record.mark("fetch")
                return content

            async with queue.of(person):
                async with queue.work:
                    record.mark("wait")
                    answer = await answer_photo(self._services, fetch, person, asked_at)
                    record.mark("read")
                self._answered.remember(answer.ids[0], person, picture)
                self._remember_last(person, answer.ids[0])
                await say(answer.message)
                record.mark("send")
                record.answered(answer.refusal, answer.digits)

    async def _read(self, picture: SentPicture, person: Person, name: str) -> ReadPhoto:
        queue, asked_at = self._services.queue, time.monotonic()
        with self._services.photo_log.photo("discord", name) as record:
            async with queue.of(person), queue.work:
                record.mark("wait")
                read = await read_photo(self._services, picture.fetch, person, asked_at)
                record.mark("read")
            record.answered(*read.outcome)
        return read

    def _remember_last(self, person: Person, answer: str) -> None:
        self._last_answers[person] = answer
        self._last_answers.move_to_end(person)
        if len(self._last_answers) > MAX_REMEMBERED_PEOPLE:
            self._last_answers.popitem(last=False)
