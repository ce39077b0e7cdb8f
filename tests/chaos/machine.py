"""Breaks the machine that the bot runs on, and counts what becomes of people's photos.

python -m tests.chaos.machine [NAME…]

Disk, database, clock and processes fail for real. A fault that needs root, PostgreSQL or
libfaketime (`pip install libfaketime`) is left out where there is none.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.bot.running import BotProcess, telegram
from tests.chaos.grounds import Ground, NotHere, clock, disk, folder_alone, full_disk, postgresql
from tests.chaos.proxy import Act, Fault, Request, Reset, proxied
from tests.chaos.senders import PEOPLE, TOKEN, Senders, Tally
from tests.chaos.tables import print_table

PATIENCE_SECONDS = 300.0
"""For the last answer. What is not answered then is lost."""

START_SECONDS = 150.0
"""For a bot to start on a busy machine."""

FAULT_SECONDS = 8.0
"""How long a fault lasts, if it is a matter of time: longer than the bot waits for its database."""

KILLS = 3
"""How often the bot is killed in one step."""

COLUMNS = ("times", *Tally._fields, "tracebacks", "bot")


@dataclass
class Scene:
    """A bot that runs on some ground, with people who write to it.

    Attributes:
        ground: what can be broken.
        senders: the people.
        url: of the Bot API that the bot talks to.
        bots: every process of the bot so far; the last one is the one that runs.
    """

    ground: Ground
    senders: Senders
    url: str
    bots: list[BotProcess] = field(default_factory=list)

    @property
    def bot(self) -> BotProcess:
        """The process that was started last."""
        return self.bots[-1]

    def start(self, folder: str = "bot") -> BotProcess:
        """Start the bot, in a folder of its own, beside those that run; does not wait for it."""
        place = self.ground.folder / folder
        place.mkdir(exist_ok=True)
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": self.url}
        self.bots.append(BotProcess(place, **settings | self.ground.settings))
        return self.bot

    def start_and_wait(self, folder: str = "bot") -> None:
        """Start the bot, and wait until it takes messages."""
        self.start(folder).wait_for("Asking Telegram for updates", START_SECONDS)

    def wait_for_answers(self, count: int) -> None:
        """Wait until so many photos are answered."""
        until = time.monotonic() + PATIENCE_SECONDS
        while self.senders.answered() < count and time.monotonic() < until:
            time.sleep(0.1)


Harm = Callable[[Scene], int]
"""Sends photos and breaks something; returns how often it did."""


def nothing(scene: Scene) -> int:
    """Let all go well."""
    scene.start_and_wait()
    scene.senders.send_all()
    return 0


def locked(scene: Scene) -> int:
    """Hold the lock of the database while photos come."""
    scene.start_and_wait()
    holder = sqlite3.connect(scene.ground.folder / "bot/data/inkling.sqlite3")
    holder.execute("BEGIN EXCLUSIVE")
    scene.senders.send_all()
    time.sleep(FAULT_SECONDS)
    holder.close()
    return 1


def removed(scene: Scene) -> int:
    """Remove the files of the database."""
    scene.start_and_wait()
    for file in (scene.ground.folder / "bot/data").glob("inkling.sqlite3*"):
        file.unlink()
    scene.senders.send_all()
    return 1


def full(scene: Scene) -> int:
    """Fill the disk of the database while photos come, and make room again."""
    scene.start_and_wait()
    with full_disk(scene.ground.folder / "bot/data"):
        scene.senders.send_all()
        time.sleep(FAULT_SECONDS)
    return 1


def full_at_start(scene: Scene) -> int:
    """Start on a full disk; once there is room, start anew if that was not enough."""
    (scene.ground.folder / "bot/data").mkdir(parents=True, exist_ok=True)
    with full_disk(scene.ground.folder / "bot/data"):
        scene.start()
        scene.senders.send_all()
        time.sleep(FAULT_SECONDS)
    if not scene.bot.runs:
        scene.start_and_wait()
    return 1


def read_only(scene: Scene) -> int:
    """Let the disk become read-only under the bot; then repair it, and start the bot anew."""
    scene.start_and_wait()
    scene.ground.make_read_only()
    scene.senders.send_all()
    time.sleep(FAULT_SECONDS)
    scene.bot.stop(seconds=PATIENCE_SECONDS)
    scene.ground.repair()
    scene.start_and_wait()
    return 1


def read_only_at_start(scene: Scene) -> int:
    """Start on a read-only disk; then repair it, and start the bot anew."""
    scene.ground.make_read_only()
    scene.senders.send_all()
    with suppress(AssertionError):
        scene.start().wait_for("Asking Telegram for updates", START_SECONDS)
    if scene.bot.runs:
        scene.bot.stop(seconds=PATIENCE_SECONDS)
    scene.ground.repair()
    scene.start_and_wait()
    return 1


def connections_lost(scene: Scene) -> int:
    """End all connections of PostgreSQL, again and again."""
    scene.start_and_wait()
    scene.senders.send_all()
    for _ in range(KILLS):
        scene.ground.end_connections()
        time.sleep(1)
    return KILLS


def database_halts(scene: Scene) -> int:
    """Halt PostgreSQL while photos come, so that it neither answers nor refuses."""
    scene.start_and_wait()
    with scene.ground.halted():
        scene.senders.send_all()
        time.sleep(FAULT_SECONDS)
    return 1


def database_crashes(scene: Scene) -> int:
    """Kill a process of PostgreSQL, which then drops everybody and recovers."""
    scene.start_and_wait()
    scene.senders.send_all()
    for _ in range(KILLS):
        scene.ground.crash()
        time.sleep(2)
    return KILLS


def clock_jumps(scene: Scene) -> int:
    """Set the clock a year ahead, then two years back, with photos in hand."""
    scene.start_and_wait()
    scene.senders.send_all()
    for answers, jump in ((1, "+1y"), (10, "-1y")):
        scene.wait_for_answers(answers)
        scene.ground.set_clock(jump)
    return 2


def two_pollers(scene: Scene) -> int:
    """Run the bot twice, each with a database of its own."""
    scene.start_and_wait()
    scene.start_and_wait("another")
    scene.senders.send_all()
    return 1


def rolling_restart(scene: Scene) -> int:
    """Stop the bot with photos in hand (SIGTERM), when the next one already starts."""
    scene.start_and_wait()
    for _ in range(KILLS):
        old = scene.bot
        scene.senders.send_all()
        scene.wait_for_answers(1)
        scene.start()
        old.stop(seconds=PATIENCE_SECONDS)
        scene.bot.wait_for("Asking Telegram for updates", START_SECONDS)
    return KILLS


def killed(methods: str, *, after: bool) -> tuple[Callable[[list[BotProcess]], Fault], Harm]:
    """Kill the bot with SIGKILL in the step in which it asks for something.

    Args:
        methods: a regular expression of the Bot API's methods, or "download".
        after: whether that is carried out before the bot dies.
    """

    def fault(bots: list[BotProcess]) -> Fault:
        return Fault(methods, _kill(bots, after=after))

    def suffer(scene: Scene) -> int:
        scene.start_and_wait()
        scene.senders.send_all()
        for _ in range(KILLS):
            scene.bot.wait(PATIENCE_SECONDS)
            scene.start()
        return KILLS

    return fault, suffer


def _kill(bots: list[BotProcess], *, after: bool) -> Act:
    killed: set[int] = set()

    async def act(request: Request) -> tuple[int, bytes]:
        process = bots[-1].pid
        if process in killed or len(killed) == KILLS:
            # Also what a dead bot has asked for is carried out.
            return await request.forward()
        killed.add(process)
        done = await request.forward() if after else None
        if done is not None and request.method == "getUpdates" and b'"update_id"' not in done[1]:
            killed.remove(process)
            return done
        with suppress(psutil.NoSuchProcess):
            psutil.Process(process).kill()
        raise Reset

    return act


@dataclass(frozen=True)
class Breakage:
    """One row of the table.

    Attributes:
        harm: what is done.
        ground: on what the bot runs; raises `NotHere`.
        on_the_way: makes a fault between the bot and Telegram.
    """

    harm: Harm
    ground: Callable[[Path], AbstractContextManager[Ground]] = folder_alone
    on_the_way: Callable[[list[BotProcess]], Fault] | None = None


def _killed(methods: str, *, after: bool) -> Breakage:
    fault, harm = killed(methods, after=after)
    return Breakage(harm, on_the_way=fault)


BREAKAGES: dict[str, Breakage] = {
    "none": Breakage(nothing),
    "SQLite locked for 8 s": Breakage(locked),
    "SQLite file removed": Breakage(removed),
    "disk full for 8 s": Breakage(full, disk),
    "disk full at start": Breakage(full_at_start, disk),
    "disk becomes read-only": Breakage(read_only, disk),
    "disk read-only at start": Breakage(read_only_at_start, disk),
    "PostgreSQL ends connections": Breakage(connections_lost, postgresql),
    "PostgreSQL halts for 8 s": Breakage(database_halts, postgresql),
    "PostgreSQL crashes": Breakage(database_crashes, postgresql),
    "clock jumps by a year": Breakage(clock_jumps, clock),
    "two pollers": Breakage(two_pollers),
    "restart that overlaps": Breakage(rolling_restart),
    "kill -9 before getFile": _killed("getFile", after=False),
    "kill -9 after getFile": _killed("getFile", after=True),
    "kill -9 after the download": _killed("download", after=True),
    "kill -9 before sendPhoto": _killed("sendPhoto", after=False),
    "kill -9 after sendPhoto": _killed("sendPhoto", after=True),
    "kill -9 as photos come": _killed("getUpdates", after=True),
}
"""What goes wrong."""


def suffer(breakage: Breakage) -> tuple[object, ...]:
    """Send photos while something breaks, and count; returns a value for each of `COLUMNS`.

    Raises:
        NotHere: it cannot be broken on this machine.
    """
    bots: list[BotProcess] = []
    fault = breakage.on_the_way(bots) if breakage.on_the_way else None
    with (
        tempfile.TemporaryDirectory() as folder,
        breakage.ground(Path(folder)) as ground,
        telegram(TOKEN, PEOPLE) as url,
        proxied(url, fault) as proxy,
        _ended(bots),
    ):
        scene = Scene(ground, Senders(url), proxy, bots)
        times = breakage.harm(scene)
        scene.senders.wait(PATIENCE_SECONDS)
        return (
            times,
            *scene.senders.tally(),
            sum(bot.text.count("Traceback") for bot in bots),
            "runs" if scene.bot.runs else "ended",
        )


@contextmanager
def _ended(bots: list[BotProcess]) -> Iterator[None]:
    """End all bots, whatever happens."""
    try:
        yield
    finally:
        for bot in bots:
            bot.kill()


def suffer_if_possible(name: str) -> tuple[object, ...]:
    """Break what has this name, and count; where it cannot be broken, say why."""
    try:
        return suffer(BREAKAGES[name])
    except NotHere as reason:
        return (f"left out: {reason}",)


def main(names: list[str]) -> None:
    """Break what has these names, or all."""
    print_table(names or BREAKAGES, COLUMNS, suffer_if_possible)


if __name__ == "__main__":
    main(sys.argv[1:])
