"""Runs a bot through each fault, and prints what became of the photos: `python -m tests.chaos`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bot.local import ADMIN
from tests.bot.running import running_bot, telegram
from tests.chaos.faults import FAULTS
from tests.chaos.proxy import Fault, proxied
from tests.chaos.senders import PEOPLE, TOKEN, Senders, Tally
from tests.chaos.tables import print_table

PATIENCE_SECONDS = 150.0
"""Longer than any fault lasts, so that what is not answered then is lost."""

COLUMNS = ("times", *Tally._fields, "others after", "tracebacks", "bot")
"""Others after: the seconds until everybody but the first person had their last answer."""


def suffer(fault: Fault | None) -> tuple[object, ...]:
    """Send photos through a fault, and count; returns a value for each of `COLUMNS`."""
    with (
        tempfile.TemporaryDirectory() as folder,
        telegram(TOKEN, PEOPLE) as url,
        proxied(url, fault) as proxy,
        running_bot(
            Path(folder),
            TELEGRAM_BOT_TOKEN=TOKEN,
            TELEGRAM_API_URL=proxy,
            ADMIN_IDS=str(ADMIN),
        ) as bot,
    ):
        bot.wait_for("Asking Telegram for updates")
        senders = Senders(url)
        senders.send_all()
        others = senders.wait(PATIENCE_SECONDS)
        return (
            fault.happened if fault else 0,
            *senders.tally(),
            f"{others:.0f} s",
            bot.text.count("Traceback"),
            "runs" if bot.runs else "ended",
        )


def main(names: list[str]) -> None:
    """Run the faults of these names, or all."""
    print_table(names or FAULTS, COLUMNS, lambda name: suffer(FAULTS[name]()))


if __name__ == "__main__":
    main(sys.argv[1:])
