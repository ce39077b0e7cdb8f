"""People who send photos at the same time, each the next one as soon as the last is answered."""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import psutil

from bot.local import LocalTelegram
from bot.local.api.files import Picture, photo_sizes
from bot.local.world.state import World
from tests.bench.measuring import cpu_seconds, family, held_mib
from tests.bench.reading import photograph

PATIENCE_SECONDS = 120.0
"""For the last answers. What is not answered then is lost."""

WATCH_SECONDS = 0.5
"""Time between two looks at a bot's memory."""


DIFFERENT_PHOTOS = 24
"""How many different photos people send in turn."""


class Photo(NamedTuple):
    """A photo to send.

    Attributes:
        sizes: as Telegram scales it, see `photo_sizes`. That is not the bot's work, so it is done
            before.
        plain: whether a digit is in it.
    """

    sizes: list[Picture]
    plain: bool = True


def photos_of_digits() -> list[Photo]:
    """Return different photos of one digit, 1280×960."""
    return [Photo(photo_sizes(photograph(number))) for number in range(DIFFERENT_PHOTOS)]


@dataclass
class Result:
    """What became of the photos of a crowd.

    Attributes:
        seconds: for how long the people sent photos.
        latencies: seconds from each photo to its answer, of photos with a digit in them.
        in_time: answers within those seconds.
        sent: photos.
        lost: photos without an answer.
        twice: photos with more than one.
        peak_mib: the most memory that the bot's processes held together, in MiB.
        cpu_seconds: of the bot's processes, in all.
    """

    seconds: float
    latencies: list[float] = field(default_factory=list)
    in_time: int = 0
    sent: int = 0
    lost: int = 0
    twice: int = 0
    peak_mib: float = 0.0
    cpu_seconds: float = 0.0


class Crowd:
    """The people in one local Telegram, whose ids begin with `FIRST_PERSON`.

    Args:
        telegram: in which each person has a chat with the bot.
        photos: which they send in turn.
    """

    FIRST_PERSON = 5001

    def __init__(self, telegram: LocalTelegram, photos: Sequence[Photo]) -> None:
        self._world: World = telegram.world
        self._photos = photos
        self._waiting: dict[tuple[int, int], asyncio.Future[None]] = {}
        self._answers: Counter[tuple[int, int]] = Counter()

    async def send(
        self, people: int, seconds: float, bot: psutil.Process, photos_each: int = sys.maxsize
    ) -> Result:
        """Have people send photos for some seconds, and wait for the last answers.

        Args:
            people: how many.
            seconds: for how long at most.
            bot: whose processes are looked at.
            photos_each: how many a person sends at most.
        """
        result = Result(seconds)
        self._answers.clear()
        async with self._listening(), _watching(bot, result):
            cpu = cpu_seconds(*family(bot.pid))
            until = time.monotonic() + seconds
            numbers = range(self.FIRST_PERSON, self.FIRST_PERSON + people)
            await asyncio.gather(
                *(self._person(number, photos_each, until, result) for number in numbers)
            )
            result.cpu_seconds = cpu_seconds(*family(bot.pid)) - cpu
        result.twice = sum(times > 1 for times in self._answers.values())
        return result

    async def _person(self, person: int, photos: int, until: float, result: Result) -> None:
        for number in range(person, person + photos):
            if time.monotonic() >= until:
                return
            photo = self._photos[number % len(self._photos)]
            kept = [size.to_dict() for size in self._world.files.keep_photo(photo.sizes)]
            began = time.monotonic()
            sent = self._world.say(self._world.people[person], person, {"photo": kept})
            result.sent += 1
            answered = self._waiting[person, sent.message_id] = asyncio.Future()
            try:
                await asyncio.wait_for(answered, PATIENCE_SECONDS)
            except TimeoutError:
                result.lost += 1
                continue
            result.in_time += time.monotonic() < until
            if photo.plain:
                result.latencies.append(time.monotonic() - began)

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(self._listen())
            yield
            task.cancel()

    async def _listen(self) -> None:
        events = self._world.events
        last = events.last
        while True:
            await events.wait(last)
            for event in events.since(last):
                last = event.number
                message = event.content.get("message", {})
                replied = message.get("reply_to_message")
                if event.kind == "message" and message["from"]["is_bot"] and replied:
                    place = message["chat"]["id"], replied["message_id"]
                    self._answers[place] += 1
                    waiting = self._waiting.pop(place, None)
                    if waiting is not None and not waiting.done():
                        waiting.set_result(None)


@asynccontextmanager
async def _watching(bot: psutil.Process, result: Result) -> AsyncIterator[None]:
    async def watch() -> None:
        while True:
            result.peak_mib = max(result.peak_mib, held_mib(*family(bot.pid)))
            await asyncio.sleep(WATCH_SECONDS)

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(watch())
        yield
        task.cancel()
