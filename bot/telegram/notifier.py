"""Tells admins what became of a training run, and what concerns all of them."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Collection
from html import escape
from pathlib import Path

from telegram import Bot, InputMediaPhoto
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.store import Database, versions
from bot.store.archive import unpack
from bot.store.runs import Run, RunState
from bot.store.versions import Version
from bot.telegram.retries import with_retries
from bot.telegram.updates import seconds_to_wait
from bot.training.progress import ProgressSnapshot
from model.artifact import Manifest, ModelFolder
from model.errors import ModelError

log = logging.getLogger(__name__)

BAR = 12
"""Blocks of the bar: as wide as the narrowest phone shows in one line."""

PICTURES = ("accuracy.png", "loss.png", "confusion.png")
"""Of a model folder, as they are shown."""

WORST = 3
"""Digits that are named as most often wrong."""


class Notifier:
    """Speaks to admins through a bot."""

    def __init__(self, bot: Bot, database: Database, admin_ids: Collection[int]) -> None:
        self._bot = bot
        self._database = database
        self._admin_ids = admin_ids
        self._last = ""

    async def tell(self, text: str) -> None:
        """Say something to every admin who can be reached."""
        for admin in sorted(self._admin_ids):
            try:
                await self._say(admin, escape(text, quote=False))
            except TelegramError as error:
                log.warning("Admin %d could not be told (%s).", admin, error)

    async def show(self, moment: ProgressSnapshot) -> None:
        """Bring the live message up to date, if Telegram will have it."""
        text = live_text(moment)
        if moment.run.message is None or text == self._last:
            return
        try:
            await self._bot.edit_message_text(text, moment.run.chat, moment.run.message)
            self._last = text
        except RetryAfter as error:
            await asyncio.sleep(seconds_to_wait(error))
        except TelegramError as error:
            log.debug("The live message stays as it is (%s).", error)

    async def report(self, run: Run) -> None:
        """Say how a run ended.

        Raises:
            TelegramError: Telegram is away, so that this is to be tried again.
        """
        try:
            if run.message is not None:
                await self._close(run, run.message)
            if run.state is not RunState.DONE:
                await self._say(run.chat, ended_text(run))
            elif run.version is not None:
                await self._present(run, run.version)
        except Forbidden:
            log.warning(
                "Admin %d has stopped the bot, and was not told of run %d.", run.chat, run.id
            )

    async def _close(self, run: Run, message: int) -> None:
        try:
            await with_retries(
                lambda: self._bot.edit_message_text(closed_text(run), run.chat, message)
            )
        except BadRequest as error:
            log.debug("The live message is gone (%s).", error)

    async def _present(self, run: Run, name: str) -> None:
        version = await versions.get(self._database, name)
        assert version is not None
        active = await versions.active(self._database)
        try:
            archive = await versions.archive_of(self._database, name)
            with tempfile.TemporaryDirectory() as scratch:
                path = await asyncio.to_thread(unpack, archive, Path(scratch) / name)
                folder = await asyncio.to_thread(ModelFolder.open, path)
                pictures = [(path / picture).read_bytes() for picture in PICTURES]
        except ModelError as error:
            await self._say(run.chat, escape(str(error), quote=False))
            return
        media = [
            InputMediaPhoto(picture, filename=file)
            for file, picture in zip(PICTURES, pictures, strict=True)
        ]
        await with_retries(lambda: self._bot.send_media_group(run.chat, media))
        await self._say(
            run.chat, result_text(version, folder.manifest, serves=active.version == name)
        )

    async def _say(self, chat: int, text: str) -> None:
        await with_retries(lambda: self._bot.send_message(chat, text))


def live_text(moment: ProgressSnapshot) -> str:
    """What the message says that lives while a run does."""
    run = moment.run
    lines = [f"<b>Training {escape(run.recipe)}</b>"]
    if run.epochs and run.epoch:
        full = round(BAR * run.epoch / run.epochs)
        lines += [
            f"<code>{'█' * full}{'░' * (BAR - full)}</code> epoch {run.epoch} of {run.epochs}",
            f"loss {run.loss:.4f}, accuracy {run.accuracy:.2%}",
        ]
    if moment.measuring:
        lines.append("Trained. Now it is measured.")
    elif moment.seconds_left is not None:
        lines.append(f"{duration(moment.seconds_left)} left")
    else:
        lines.append("Getting ready… " + escape(moment.busy_with[:100], quote=False))
    if run.corrections:
        lines.append(f"with {run.corrections} accepted corrections")
    if run.cancelled_by:
        lines.append(f"{escape(run.cancelled_by)} asked to stop.")
    return "\n".join([*lines, "/cancel stops it."])


def closed_text(run: Run) -> str:
    """What the live message says when it has died."""
    how = {
        RunState.DONE: "✓ done",
        RunState.FAILED: "✗ failed",
        RunState.CANCELLED: "✗ cancelled",
        RunState.INTERRUPTED: "✗ interrupted",
        RunState.RUNNING: "running",
    }[run.state]
    lines = [f"<b>Training {escape(run.recipe)}: {how}</b>"]
    if run.epoch:
        lines.append(
            f"{run.epoch} of {run.epochs} epochs, loss {run.loss:.4f}, accuracy {run.accuracy:.2%}"
        )
    return "\n".join(lines)


def ended_text(run: Run) -> str:
    """How a run ended that made nothing, and that nothing else has changed."""
    if run.state is RunState.CANCELLED:
        return f"Training stopped. {escape(run.reason, quote=False)} Nothing has changed."
    return (
        f"<b>Training {escape(run.recipe)} did not end well.</b>\n"
        f"{escape(run.reason, quote=False)}\n"
        "The model that served goes on serving; nothing else has changed."
    )


def result_text(version: Version, manifest: Manifest, *, serves: bool) -> str:
    """What a run has made."""
    gate = escape(version.gate, quote=False)
    if serves:
        verdict = "It passed the gate and <b>reads photos from now on</b>. /models is the way back."
    elif version.passed:
        verdict = (
            "It passed the gate, but another version was activated meanwhile, with which it was "
            "not compared. It is kept, <b>not active</b>. /models can activate it."
        )
    else:
        verdict = (
            "It <b>failed the gate</b>: the checks with ✗ say why. It is kept, <b>not active</b>. "
            f"To use it anyway, send\n/activate {version.id} anyway"
        )
    return (
        f"<b>Model version {version.id}</b> ({escape(version.recipe)}, "
        f"{version.corrections} corrections)\n{gate}\n\n{verdict}\n\n{worst_text(manifest)}"
    )


def worst_text(manifest: Manifest) -> str:
    """The digits that a version gets wrong most, of the test images."""
    errors = sorted(
        ((sum(row) - row[digit], digit, row) for digit, row in enumerate(manifest.confusion)),
        reverse=True,
    )[:WORST]
    lines = ["<b>Most often wrong</b>"]
    for wrong, digit, row in errors:
        if not wrong:
            continue
        count, taken = max((count, other) for other, count in enumerate(row) if other != digit)
        lines.append(f"{digit}: {wrong} of {sum(row):,}, most as {taken} ({count})")
    return "\n".join(lines) if len(lines) > 1 else "It got every test image right."


def duration(seconds: float) -> str:
    """A time that is left, roughly.

    >>> duration(7), duration(75)
    ('about 10 s', 'about 1 min 20 s')
    """
    tens = max(1, round(seconds / 10)) * 10
    minutes, rest = divmod(tens, 60)
    words = [f"{minutes} min"] * bool(minutes) + [f"{rest} s"] * bool(rest)
    return "about " + " ".join(words)
