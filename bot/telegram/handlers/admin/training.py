"""/train, /cancel and /recipes: an admin has a model made."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, ContextTypes

from bot.errors import AlreadyRunning, InsufficientResources
from bot.store import Database, runs
from bot.store.runs import Run, RunRequest
from bot.telegram.handlers.admin.access import Admins
from bot.telegram.notifier import duration, live_text
from bot.training.progress import ProgressSnapshot
from bot.training.runner import TrainingRunner
from model.recipes import RECIPES

FINE_TUNE = "fine-tune"
"""The recipe of a bare /train: goes on from the active version's weights."""

MOST_EPOCHS = 500
"""Above any recipe's; what is beyond is a slip of the finger."""


class TrainingHandlers:
    """Starts and stops runs."""

    def __init__(self, database: Database, workshop: TrainingRunner, admins: Admins) -> None:
        self._database = database
        self._workshop = workshop
        self._admins = admins

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """For the application."""
        return [
            self._admins.command("train", self.train),
            self._admins.command("cancel", self.cancel),
        ]

    async def train(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Start a run, with one message that lives while it does."""
        message, person = update.message, update.effective_user
        assert message is not None and person is not None
        words = context.args or []
        try:
            recipe, epochs = asked(words)
        except ValueError as error:
            await message.reply_text(str(error))
            return
        wanted = RunRequest(person.id, person.full_name, message.chat.id, recipe, epochs)
        try:
            run = await self._workshop.begin(wanted, go_on=RECIPES[recipe].needs_start)
        except InsufficientResources as error:
            await message.reply_text(escape(str(error), quote=False))
            return
        except AlreadyRunning as error:
            await message.reply_text(already_text(error.run, datetime.now(UTC)))
            return
        live = await message.reply_text(live_text(ProgressSnapshot(run)))
        await self._workshop.show_in(run, live.message_id)

    async def cancel(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Ask the run to stop, whichever replica it is in."""
        message, person = update.message, update.effective_user
        assert message is not None and person is not None
        run = await runs.ask_to_stop(self._database, person.full_name)
        if run is None:
            await message.reply_text("Nothing is being trained.")
        else:
            await message.reply_text(f"Stopping the training of {escape(run.recipe)}…")


def asked(words: list[str]) -> tuple[str, int]:
    """The recipe and the epochs (0: the recipe's own) that follow /train.

    Raises:
        ValueError: a sentence for the admin, as HTML.
    """
    if not words:
        return FINE_TUNE, 0
    recipe, *rest = words
    if recipe not in RECIPES:
        known = "\n".join(f"{name}: {escape(r.purpose)}" for name, r in RECIPES.items())
        raise ValueError(f"I know no recipe {escape(recipe)}. There are:\n{known}")
    if not rest:
        return recipe, 0
    if len(rest) > 1 or not rest[0].isdecimal() or not 1 <= int(rest[0]) <= MOST_EPOCHS:
        raise ValueError(
            f"Expected /train RECIPE [EPOCHS], with 1 to {MOST_EPOCHS} epochs. "
            f"Received {escape(' '.join(rest))} for the epochs."
        )
    return recipe, int(rest[0])


def already_text(run: Run, now: datetime) -> str:
    """Who is training what since when, and how far it is."""
    since = duration((now - run.started_at).total_seconds()).removeprefix("about ")
    far = f"epoch {run.epoch} of {run.epochs}" if run.epoch else "no epoch is over yet"
    return (
        f"{escape(run.starter)} is already training {escape(run.recipe)}: started {since} ago "
        f"({run.started_at:%H:%M} UTC), {far}. /cancel stops it."
    )
