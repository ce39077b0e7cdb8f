"""Breaks what is between the bot and Discord, and counts photos.

python -m tests.chaos.discord [NAME…]
"""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from simcord.backend.models import Message

from model.datasets import mnist
from tests.bot.discord.conftest import settings
from tests.bot.discord.people import Discord, discord
from tests.bot.discord.wire import FOREVER, Fault, Session, refuse, too_many
from tests.bot.running import BotProcess, running_bot
from tests.chaos.tables import print_table
from tests.model.photo_variants import jpeg, sheet

PEOPLE = 10
PHOTOS_EACH = 3
FIRST_PERSON = 5001

AWAY_SECONDS = 5.0
"""How long nothing can be reached, where that is the fault."""

PATIENCE_SECONDS = 120.0
"""What is not answered then is lost."""

SETTLE_SECONDS = 3.0
"""After the last answer, so that what comes twice has come."""

SEND, FILE = r"POST /channels/\d+/messages", "GET /files/"
SEND_FILE = f"{SEND} multipart"

COLUMNS = ("times", "sent", "answered", "lost", "told", "twice", "tracebacks", "bot")
"""Told: answered in words alone, without a card."""


@dataclass
class Scene:
    """A Discord, the bot on it, and how to start the bot again."""

    server: Discord
    bot: BotProcess
    folder: Path
    photos: list[bytes]

    def send_all(self) -> list[Message]:
        """Have everybody send their photos."""
        return [
            self.server.send(FIRST_PERSON + person, photo)
            for photo in self.photos
            for person in range(PEOPLE)
        ]

    def wait_first(self) -> None:
        """Wait until the first photo is answered, so that others are in hand."""
        self.server.reply(self.server.messages(FIRST_PERSON)[0])


Act = Callable[[Scene], tuple[int, list[Message]]]
"""Sends photos and lets something go wrong; returns how often it did, and what was sent."""


def none(scene: Scene) -> tuple[int, list[Message]]:
    """Let all go well."""
    return 0, scene.send_all()


def failing(requests: str, act: Callable[[], object] | None, times: int, *, after: bool) -> Act:
    """Let requests fail."""

    def suffer(scene: Scene) -> tuple[int, list[Message]]:
        fault = Fault(requests, act, times, after)  # type: ignore[arg-type]
        scene.server.faults.append(fault)
        sent = scene.send_all()
        scene.server.wait_for(lambda: fault.happened == times)
        return times, sent

    return suffer


def dropped(scene: Scene) -> tuple[int, list[Message]]:
    """Drop the connection with photos in hand, and send more while it is gone."""
    sent = []
    for _ in range(3):
        scene.server.drop()
        sent += [scene.server.send(FIRST_PERSON + n, scene.photos[0]) for n in range(PEOPLE)]
        time.sleep(AWAY_SECONDS)
    return 3, sent


def asked_to_reconnect(scene: Scene) -> tuple[int, list[Message]]:
    """Ask the bot to connect again (op 7), with photos in hand."""
    sent = []
    for _ in range(3):
        scene.server.ask_to_reconnect()
        sent += [scene.server.send(FIRST_PERSON + n, scene.photos[0]) for n in range(PEOPLE)]
        time.sleep(AWAY_SECONDS / 2)
    return 3, sent


def away(scene: Scene) -> tuple[int, list[Message]]:
    """Take everything away for a while, the gateway too, once photos are in hand."""
    sent = scene.send_all()
    scene.wait_first()
    fault = Fault(".*", None, FOREVER)
    scene.server.faults.append(fault)
    scene.server.drop()
    time.sleep(AWAY_SECONDS)
    fault.times = 0
    return 1, sent


def session_lost(scene: Scene) -> tuple[int, list[Message]]:
    """Forget the session, so that it cannot be resumed and what was sent in it does not come."""
    sent = scene.send_all()
    gone = Fault("GET /gateway", refuse(503), FOREVER)
    scene.server.faults.append(gone)
    scene.server.drop()
    scene.server.session = Session()
    sent += [scene.server.send(FIRST_PERSON + n, scene.photos[0]) for n in range(PEOPLE)]
    time.sleep(1)
    gone.times = 0
    return 1, sent


def killed(scene: Scene) -> tuple[int, list[Message]]:
    """Kill the bot with photos in hand, and send more before it runs again."""
    scene.server.reply(scene.server.send(FIRST_PERSON, scene.photos[0]))
    for person in range(1, PEOPLE):
        scene.server.reply(scene.server.send(FIRST_PERSON + person, scene.photos[0]))
    sent = []
    for _ in range(3):
        batch = scene.send_all()
        scene.server.reply(batch[0])
        sent += batch
        scene.bot.stop(signal.SIGKILL)
        sent += [scene.server.send(FIRST_PERSON + n, scene.photos[1]) for n in range(PEOPLE)]
        scene.bot = BotProcess(scene.folder, **settings(scene.server))
        scene.bot.wait_for("Connected to Discord")
    return 3, sent


def links_expired(scene: Scene) -> tuple[int, list[Message]]:
    """Let the links of photos expire before the bot asks for them."""
    scene.server.links_expire = True
    return PEOPLE, [scene.server.send(FIRST_PERSON + n, scene.photos[0]) for n in range(PEOPLE)]


def large(scene: Scene) -> tuple[int, list[Message]]:
    """Send photos of 10 MiB."""
    # What follows the end of a JPEG is not looked at.
    content = scene.photos[0].ljust(10 * 2**20, b"\0")
    return 3, [scene.server.send(FIRST_PERSON + number, content) for number in range(3)]


FAULTS: dict[str, Act] = {
    "none": none,
    "connection dropped, photos meanwhile": dropped,
    "asked to reconnect (op 7)": asked_to_reconnect,
    "session lost, photos meanwhile": session_lost,
    "everything away for 5 s": away,
    "429, retry after 1 s": failing(SEND, too_many(1), 10, after=False),
    "502 before the answer is sent": failing(SEND, refuse(502), 10, after=False),
    "502 after the answer was sent": failing(SEND, refuse(502), 10, after=True),
    "reset before the answer is sent": failing(SEND, None, 10, after=False),
    "reset after the answer was sent": failing(SEND, None, 10, after=True),
    "no right to attach files": failing(SEND_FILE, refuse(403, 50013), 5, after=False),
    "direct messages closed": failing(SEND, refuse(403, 50007), 5, after=False),
    "download breaks": failing(FILE, None, 10, after=False),
    "links expired": links_expired,
    "photos of 10 MiB": large,
    "kill -9, photos meanwhile": killed,
}
"""What goes wrong."""


def suffer(act: Act) -> tuple[object, ...]:
    """Send photos through a fault, and count; returns a value for each of `COLUMNS`."""
    photos = [jpeg(sheet(glyph)) for glyph in mnist.test_set().glyphs[:PHOTOS_EACH]]
    with (
        tempfile.TemporaryDirectory() as folder,
        discord() as server,
        running_bot(Path(folder), **settings(server)) as bot,
    ):
        bot.wait_for("Connected to Discord")
        scene = Scene(server, bot, Path(folder), photos)
        try:
            times, sent = act(scene)
            until = time.monotonic() + PATIENCE_SECONDS
            while time.monotonic() < until and not all(server.replies(each) for each in sent):
                time.sleep(0.2)
            time.sleep(SETTLE_SECONDS)
            answers = [server.replies(each) for each in sent]
            cards = [[one for one in each if one.attachments] for each in answers]
            return (
                times,
                len(sent),
                sum(bool(each) for each in cards),
                sum(not each for each in answers),
                sum(bool(each) for each in answers) - sum(bool(each) for each in cards),
                sum(len(each) > 1 for each in answers),
                scene.bot.text.count("Traceback"),
                "runs" if scene.bot.runs else "ended",
            )
        finally:
            scene.bot.kill()


def main(names: list[str]) -> None:
    """Run the faults of these names, or all."""
    print_table(names or FAULTS, COLUMNS, lambda name: suffer(FAULTS[name]))


if __name__ == "__main__":
    main(sys.argv[1:])
