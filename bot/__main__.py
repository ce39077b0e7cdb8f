"""The bot: `python -m bot [--web | --webhook]`, and what trains for it: `python -m bot trainer`.

All else comes from the environment and `.env`; see `.env.example`. Exit status: 0 when stopped by
SIGTERM or Ctrl-C, 1 when something failed, 2 when a setting cannot be used.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.config import logs
from bot.config.settings import Settings, others_may_read, read_settings
from bot.errors import SettingsError
from bot.serving.reading.reader import Reader
from model import __version__
from model.errors import InklingError

log = logging.getLogger("bot")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bot until it is told to stop, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m bot",
        description="Answers photos of handwritten digits. Settings: see .env.example.",
    )
    parser.add_argument(
        "command",
        nargs="?",
        choices=["trainer"],
        help="carry out training runs of the bots with the same DATABASE_URL, instead of answering",
    )
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument(
        "--web",
        action="store_true",
        help="ask Telegram for updates, and serve the web pages and the REST interface beside",
    )
    ways.add_argument(
        "--webhook",
        action="store_true",
        help="serve the same, and let Telegram call this bot at PUBLIC_URL",
    )
    parser.add_argument("--version", action="version", version=f"Inkling {__version__}")
    chosen = parser.parse_args(arguments)
    if chosen.command == "trainer" and (chosen.web or chosen.webhook):
        parser.error("Expected trainer alone: it talks to the database and to nobody else.")
    # A crash must not leave the token in a file: no core dumps, of the children either.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Durations as `timedelta`, which is what python-telegram-bot is going to have anyway.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    try:
        settings = read_settings()
        logs.set_up(settings)
        if settings.telegram_bot_token.get_secret_value() and others_may_read(Path(".env")):
            log.warning("Every user of this machine may read .env: `chmod 600 .env` changes that.")
        if chosen.command == "trainer":
            from bot.app import trainer  # noqa: PLC0415 - it needs nothing of the bot's

            asyncio.run(trainer.run(settings))
        else:
            asyncio.run(_answer(settings, by_webhook=chosen.webhook, with_web=chosen.web))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except InklingError as error:
        print(error, file=sys.stderr)
        return 1
    except Exception:
        # Through the log, which redacts, rather than by the interpreter's own traceback.
        log.critical("Stopped by an error.", exc_info=True)
        return 1
    return 0


async def _answer(settings: Settings, *, by_webhook: bool, with_web: bool) -> None:
    """Answer photos. The reading process loads its libraries while this one loads its own."""
    gc.disable()  # until `memory.settle`: nearly all that importing makes stays
    async with Reader() as reader:
        # Without httpx's command line, which takes 6 MB and 0.1 s for libraries of terminals.
        sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
        from bot.app import worker  # noqa: PLC0415

        options = worker.Options(by_webhook=by_webhook, with_web=by_webhook or with_web)
        await worker.run(settings, options, reader, say=_say)


def _say(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    sys.exit(main())
