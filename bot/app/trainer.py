"""The wiring of `python -m bot trainer`: carries out training runs that admins request from a bot.

It needs the bot's `DATABASE_URL` and nothing else: no token, no port. Several may run; each run is
carried out by one of them.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack

from bot.app.background import AWAY_SECONDS, finished, scratch_folder, stop_on_signals
from bot.config.settings import Settings
from bot.store import Database, StoreUnavailable, migrate
from bot.training.runner import TrainingRunner
from model.recipes import RECIPES

log = logging.getLogger(__name__)


async def run(settings: Settings) -> None:
    """Train until SIGTERM or Ctrl-C; then the run is ended, and its admin hears of it.

    Raises:
        NewerSchema: this program is older than the database.
    """
    stop = stop_on_signals()
    async with AsyncExitStack() as opened:
        database = Database.at(settings.database_url.get_secret_value())
        opened.push_async_callback(database.close)
        scratch = opened.enter_context(scratch_folder())
        if not await finished(_migrate(database), before=stop):
            return
        runner = TrainingRunner(database, scratch, prepare_after=0.0)
        opened.push_async_callback(runner.close)
        _say_what_fits(runner)
        await finished(runner.run(), before=stop)


async def _migrate(database: Database) -> None:
    """Bring the database up to date, once it can be reached."""
    while True:
        try:
            await migrate(database)
        except StoreUnavailable as error:
            log.warning("Waiting for the database. %s", error)
            await asyncio.sleep(AWAY_SECONDS)
        else:
            return


def _say_what_fits(runner: TrainingRunner) -> None:
    fits = [name for name in RECIPES if runner.shortage(name) is None]
    if fits:
        log.info("Waiting for training runs. These recipes fit here: %s.", ", ".join(fits))
        return
    for name in RECIPES:
        if missing := runner.shortage(name):
            log.warning("No recipe fits here. %s", missing.text)
            return
