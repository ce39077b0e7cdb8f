"""Sends mixed traffic for a long time, with a training run in the middle, and draws what it does.

    python -m tests.chaos.soak [--minutes N] [--out PNG]

A few people send photos of digits, pictures without one, texts, commands, files that are no
images, and press buttons. Memory, open files, threads and the time that answers take should stay
flat. The exit status is 1 if a message was lost, or if memory went on growing.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
import psutil
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bot.local import ADMIN
from tests.bench.chatting import busy_picture
from tests.bench.measuring import held_mib
from tests.bench.reading import photograph
from tests.bot.running import Chat, Message, running_bot, telegram

TOKEN = "4713:soak"
FIRST_PERSON = 5001
PEOPLE = 4

PAUSE_SECONDS = 1.0
"""Between an answer and the next message of a person: about two messages a second in all."""

PATIENCE_SECONDS = 60.0
"""For an answer. What comes later is lost."""

WATCH_SECONDS = 5.0
"""Between two looks at the bot's processes."""

MAX_GROWTH = 1.15
"""Memory of the last quarter of the time, of that of the second, from which it counts as growing.
In the first the bot loads what it needs; training ends in the third."""


@dataclass
class Watched:
    """What was seen of the bot.

    Attributes:
        at: seconds since the start, of each look.
        memory: (of the bot, of its reading process), in MiB, not of training. Pages that both have
            are shared out between them (PSS), as a container counts them.
        files: open file descriptors of both.
        threads: of both.
        answers: (seconds since the start, seconds that it took) of each answer.
        lost: messages without an answer.
        training: (begin, end) in seconds since the start.
    """

    at: list[float] = field(default_factory=list)
    memory: list[tuple[float, ...]] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    answers: list[tuple[float, float]] = field(default_factory=list)
    lost: int = 0
    training: list[float] = field(default_factory=list)

    def growth(self) -> float:
        """Return the memory of the last quarter of the time, of that of the second."""
        quarters = np.array_split(np.array(self.memory).sum(axis=1), 4)
        return float(np.median(quarters[3]) / np.median(quarters[1]))


def soak(minutes: float) -> Watched:
    """Run a bot, people and an admin for that long."""
    people = range(FIRST_PERSON, FIRST_PERSON + PEOPLE)
    with (
        tempfile.TemporaryDirectory() as folder,
        telegram(TOKEN, (ADMIN, *people)) as url,
        running_bot(
            Path(folder),
            TELEGRAM_BOT_TOKEN=TOKEN,
            TELEGRAM_API_URL=url,
            ADMIN_IDS=str(ADMIN),
        ) as bot,
    ):
        bot.wait_for("Asking Telegram for updates")
        watched = Watched()
        asyncio.run(_all(url, psutil.Process(bot.pid), 60 * minutes, watched))
        return watched


async def _all(url: str, bot: psutil.Process, seconds: float, watched: Watched) -> None:
    began = time.monotonic()
    reading = bot.children()

    def now() -> float:
        return time.monotonic() - began

    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(_watch([bot, *reading], watched, now))
        people = [
            tasks.create_task(asyncio.to_thread(_talk, Chat(url, number), seconds, watched, now))
            for number in range(FIRST_PERSON, FIRST_PERSON + PEOPLE)
        ]
        people.append(tasks.create_task(asyncio.to_thread(_train, url, seconds, watched, now)))
        await asyncio.wait(people)
        watching.cancel()


async def _watch(
    processes: list[psutil.Process], watched: Watched, now: Callable[[], float]
) -> None:
    while True:
        watched.at.append(now())
        watched.memory.append(tuple(held_mib(each) for each in processes))
        watched.files.append(sum(each.num_fds() for each in processes))
        watched.threads.append(sum(each.num_threads() for each in processes))
        await asyncio.sleep(WATCH_SECONDS)


def _train(url: str, seconds: float, watched: Watched, now: Callable[[], float]) -> None:
    """Have the admin train in the middle of the time."""
    admin = Chat(url, ADMIN)
    time.sleep(seconds / 3)
    watched.training.append(now())
    admin.say("/train baseline 2")
    with suppress(AssertionError):  # a short run ends before training does
        admin.wait_for(_is_report, 2 * seconds / 3)
    watched.training.append(now())


def _is_report(message: Message) -> bool:
    return "Model version" in message.get("text", "") or "did not end" in message.get("text", "")


def _talk(chat: Chat, seconds: float, watched: Watched, now: Callable[[], float]) -> None:
    """Send one message of each kind after the other."""
    for number in itertools.count(chat.person):
        if now() >= seconds:
            return
        send = KINDS[number % len(KINDS)]
        since = now()
        try:
            send(chat, number)
        except (AssertionError, httpx.HTTPError):
            watched.lost += 1
        else:
            watched.answers.append((since, now() - since))
        time.sleep(PAUSE_SECONDS)


def _photo(chat: Chat, number: int) -> None:
    chat.ask(photograph(number % 50))


def _press(chat: Chat, number: int) -> None:
    answer = chat.ask(photograph(number % 50))
    chat.press(answer, answer["reply_markup"]["inline_keyboard"][0][0]["callback_data"])


KINDS: tuple[Callable[[Chat, int], object], ...] = (
    _photo,
    _press,
    _photo,
    lambda chat, number: chat.ask(busy_picture(number % 20)),
    lambda chat, number: chat.say("hello"),
    _photo,
    lambda chat, number: chat.ask(photograph(number % 50), kind="document"),
    lambda chat, number: chat.ask(b"no image", kind="document", name="x.png"),
    lambda chat, number: chat.say("/help"),
)
"""What people send. What is no photo of a digit is answered in words."""


def draw(watched: Watched, file: Path) -> None:
    """Draw what was seen over time."""
    figure = Figure(figsize=(9, 9), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(4, 1, sharex=True)
    minutes = np.array(watched.at) / 60
    axes[0].stackplot(minutes, np.array(watched.memory).T, labels=("chat", "reading"))
    axes[0].set_ylabel("memory, MiB")
    axes[0].legend(loc="lower right")
    axes[1].plot(minutes, watched.files)
    axes[1].set_ylabel("open files")
    axes[2].plot(minutes, watched.threads)
    axes[2].set_ylabel("threads")
    at, took = np.array(watched.answers).T
    axes[3].semilogy(at / 60, 1000 * took, ".", markersize=3)
    axes[3].set_ylabel("answer, ms")
    axes[3].set_xlabel("minutes; grey: while it trains")
    for each in axes:
        each.set_ylim(bottom=None if each is axes[3] else 0)
        if watched.training:
            each.axvspan(*(second / 60 for second in watched.training[:2]), color="0.9")
    figure.savefig(file)


def main() -> int:
    """Soak, draw, and print the figures of the second and the last quarter."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir(), "inkling-soak.png"))
    chosen = parser.parse_args()
    watched = soak(chosen.minutes)
    draw(watched, chosen.out)
    took = np.array(sorted(watched.answers))[:, 1]
    print(f"{len(took):,} answers, {watched.lost} lost; in quarters of the time:")
    for name, values in (
        *(
            (f"{process}, MiB, median", [np.median(q) for q in np.array_split(memory, 4)])
            for process, memory in zip(("chat", "reading"), np.array(watched.memory).T, strict=True)
        ),
        ("open files, most", [q.max() for q in np.array_split(watched.files, 4)]),
        ("threads, most", [q.max() for q in np.array_split(watched.threads, 4)]),
        ("answer, ms, p95", [1000 * np.percentile(q, 95) for q in np.array_split(took, 4)]),
    ):
        print(f"{name:>20}", *(f"{value:8.0f}" for value in values))
    print(f"Drawn in {chosen.out}")
    return int(watched.lost > 0 or watched.growth() > MAX_GROWTH)


if __name__ == "__main__":
    sys.exit(main())
