"""Runs a bot through each fault, and prints what became of the photos: `python -m tests.chaos`."""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.local import ADMIN
from model.datasets import mnist
from tests.bot.running import Chat, Message, running_bot, telegram
from tests.chaos.faults import FAULTS, FIRST_PERSON
from tests.chaos.proxy import Fault, proxied
from tests.model.photo_variants import jpeg, sheet

TOKEN = "4711:chaos"

PEOPLE = 10
PHOTOS_EACH = 3

PATIENCE_SECONDS = 150.0
"""Longer than any fault lasts, so that what is not answered then is lost."""

SETTLE_SECONDS = 3.0
"""After the last answer, so that what comes twice has come."""


COLUMNS = ("sent", "answered", "lost", "told", "twice", "both", "others after", "tracebacks", "bot")
"""Told: answered in words alone. Both: with a card and words. Others after: the seconds until
everybody but the first person had their last answer."""


def suffer(fault: Fault | None) -> tuple[object, ...]:
    """Send photos through a fault, and count; returns a value for each of `COLUMNS`."""
    examples = mnist.test_set().glyphs[:PHOTOS_EACH]
    people = range(FIRST_PERSON, FIRST_PERSON + PEOPLE)
    photos = [jpeg(sheet(glyph)) for glyph in examples]
    with (
        tempfile.TemporaryDirectory() as folder,
        telegram(TOKEN, people) as url,
        proxied(url, fault) as proxy,
        running_bot(
            Path(folder),
            TELEGRAM_BOT_TOKEN=TOKEN,
            TELEGRAM_API_URL=proxy,
            ADMIN_IDS=str(ADMIN),
        ) as bot,
    ):
        bot.wait_for("Asking Telegram for updates")
        chats = [Chat(url, person) for person in people]
        began = time.monotonic()
        sent = {
            (chat.chat_id, message["message_id"])
            for photo in photos
            for chat in chats
            for message in chat.send(photo)
        }
        seconds, others, missing = 0.0, Counter[tuple[int, int]](), True
        while missing and time.monotonic() - began < PATIENCE_SECONDS:
            time.sleep(0.5)
            before, others = others, count(chats[1:])
            if others != before:
                seconds = time.monotonic() - began
            missing = len(others) + len(count(chats[:1])) < len(sent)
        time.sleep(SETTLE_SECONDS)
        cards, words = count(chats, "photo"), count(chats, "text")
        return (
            len(sent),
            len(cards),
            len(sent) - len(cards.keys() | words.keys()),
            len(words.keys() - cards.keys()),
            sum(times > 1 for times in cards.values()),
            len(words.keys() & cards.keys()),
            f"{seconds:.0f} s",
            bot.text.count("Traceback"),
            "runs" if bot.runs else "ended",
        )


def count(chats: list[Chat], kind: str = "") -> Counter[tuple[int, int]]:
    """How often the bot has answered each message: with any, with cards or with words."""
    return Counter(
        place(chat, message)
        for chat in chats
        for message in chat.from_bot()
        if not kind or kind in message
    )


def place(chat: Chat, said: Message) -> tuple[int, int]:
    """What a message is about; if it does not show that, itself."""
    return chat.chat_id, said.get("reply_to_message", said)["message_id"]


def main(names: list[str]) -> None:
    """Run the faults of these names, or all."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("fault")
    for heading in ("times", *COLUMNS):
        table.add_column(heading, justify="right")
    for name in names or FAULTS:
        fault = FAULTS[name]()
        found = suffer(fault)
        row = [str(value) for value in (fault.happened if fault else 0, *found)]
        table.add_row(name, *row)
        print(name, *row, file=sys.stderr, flush=True)
    Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
