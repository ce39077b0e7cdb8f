"""/models, /activate and /accuracy: which versions there are, and which one reads photos.

m:l        the list
m:s:ID     one version, with a button to activate it
m:a:ID     activate it
"""

from __future__ import annotations

import asyncio
import io
import time
from html import escape
from typing import Any

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest
from telegram.ext import BaseHandler, ContextTypes

from bot.serving.active_model import ActiveModel
from bot.store import Database, versions
from bot.store.versions import Version
from bot.telegram.handlers.admin.access import Admins
from model.artifact import DEFAULT_MODEL, ModelFolder
from model.datasets import mnist
from model.errors import InklingError
from model.evaluation import metrics
from model.evaluation.metrics import Evaluation
from model.evaluation.plots import confusion_matrix
from model.recognition.classifier import Classifier

SHIPPED = "shipped"
"""What the model that comes with the program is called, besides its version."""

LISTED = 20
"""Versions in the list, the newest; each is a button."""

Button = InlineKeyboardButton


class ModelHandlers:
    """Lists, activates and measures model versions."""

    def __init__(self, database: Database, keeper: ActiveModel, admins: Admins) -> None:
        self._database = database
        self._keeper = keeper
        self._admins = admins

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """For the application."""
        return [
            self._admins.command("models", self.models),
            self._admins.command("activate", self.activate_by_name),
            self._admins.command("accuracy", self.accuracy),
            self._admins.button(r"^m:l$", self.back_to_list),
            self._admins.button(r"^m:s:", self.show),
            self._admins.button(r"^m:a:", self.activate),
        ]

    async def models(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """List the versions."""
        assert update.message is not None
        text, keyboard = await self._list()
        await update.message.reply_text(text, reply_markup=keyboard)

    async def back_to_list(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """List the versions in the same message."""
        query, _ = _pressed(update)
        await query.answer()
        await _rewrite(query, *await self._list())

    async def show(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Say all about one version."""
        query, name = _pressed(update)
        await query.answer()
        active = (await versions.active(self._database)).version or SHIPPED
        version = None if name == SHIPPED else await versions.get(self._database, name)
        back = Button("‹ all versions", callback_data="m:l")
        if name == active:
            offer = []
        elif version is not None and not version.passed:
            offer = [Button("Activate it although it failed the gate", callback_data=f"m:a:{name}")]
        else:
            offer = [Button("Activate it", callback_data=f"m:a:{name}")]
        text = shipped_text() if version is None else version_text(version)
        if name == active:
            text += "\n\nIt reads photos now."
        await _rewrite(query, text, InlineKeyboardMarkup([offer, [back]] if offer else [[back]]))

    async def activate(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Make a version the active one, in every replica."""
        query, name = _pressed(update)
        told = await self._activate(name, query.from_user.id)
        await query.answer(told[:200])
        await _rewrite(query, *await self._list())

    async def activate_by_name(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """As the button; a version that failed the gate needs the word "anyway"."""
        message, person = update.message, update.effective_user
        assert message is not None and person is not None
        words = context.args or []
        if not words or len(words) > 2 or (len(words) == 2 and words[1] != "anyway"):
            await message.reply_text("Expected /activate VERSION, as /models lists them.")
            return
        name = words[0]
        version = None if name == SHIPPED else await versions.get(self._database, name)
        if version is None and name != SHIPPED:
            await message.reply_text(f"I have no version {escape(name)}. /models lists them.")
        elif version is not None and not version.passed and len(words) == 1:
            await message.reply_text(
                f"Version {name} failed the gate:\n{escape(version.gate, quote=False)}\n\n"
                f"To use it all the same, send\n/activate {name} anyway"
            )
        else:
            await message.reply_text(await self._activate(name, person.id))

    async def accuracy(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Measure the active version on the test images, now."""
        message = update.message
        assert message is not None
        serving = self._keeper.serving
        try:
            found, seconds = await asyncio.to_thread(measure, serving.folder)
            picture = await asyncio.to_thread(_drawn, found)
        except InklingError as error:
            await message.reply_text(escape(str(error), quote=False))
            return
        low, high = found.interval
        await message.reply_photo(
            picture,
            caption=(
                f"<b>{found.accuracy:.2%}</b> of MNIST's {found.images:,} test images right, "
                f"{found.errors} wrong (95% interval {low:.2%} to {high:.2%}). "
                f"Version {serving.version}, measured just now in {seconds:.2f} s."
            ),
            filename="confusion.png",
        )

    async def _activate(self, name: str, admin: int) -> str:
        stored = None if name == SHIPPED else name
        # Loaded before it is chosen: what cannot serve is refused here, not in every replica.
        try:
            await self._keeper.fetch(stored)
        except (InklingError, OSError) as error:
            return f"It cannot be used: {escape(str(error), quote=False)}"
        await versions.activate(self._database, stored, admin, "chosen by an admin")
        await self._keeper.refresh()
        return f"Version {self._keeper.serving.version} reads photos from now on, everywhere."

    async def _list(self) -> tuple[str, InlineKeyboardMarkup]:
        stored = await versions.listed(self._database, LISTED)
        history = await versions.history(self._database, 2)
        active = (history[0].version if history else None) or SHIPPED
        lines = ["<b>Model versions</b>, the newest first"]
        rows = []
        for version in stored:
            mark = "▶" if version.id == active else "✓" if version.passed else "✗"
            lines.append(f"{mark} {line(version)}")
            rows.append([Button(f"{mark} {version.id}", callback_data=f"m:s:{version.id}")])
        manifest = ModelFolder.open(DEFAULT_MODEL).manifest
        mark = "▶" if active == SHIPPED else "✓"
        lines.append(
            f"{mark} <code>{manifest.version}</code> {escape(manifest.recipe)}, "
            f"{manifest.test_accuracy:.2%}, {manifest.created[:10]}: ships with the program"
        )
        rows.append(
            [Button(f"{mark} {manifest.version} (shipped)", callback_data=f"m:s:{SHIPPED}")]
        )
        if history:
            before = (history[1].version if len(history) > 1 else None) or SHIPPED
            if before != active:
                rows.append([Button(f"Go back to {before}", callback_data=f"m:a:{before}")])
        lines.append("▶ reads photos, ✓ passed the gate, ✗ failed it")
        return "\n".join(lines), InlineKeyboardMarkup(rows)


def line(version: Version) -> str:
    """A version in the list."""
    return (
        f"<code>{version.id}</code> {escape(version.recipe)}, {version.test_accuracy:.2%}, "
        f"{version.at:%Y-%m-%d %H:%M}, {version.corrections} corrections"
    )


def version_text(version: Version) -> str:
    """All about one version."""
    return f"{line(version)}\nloss {version.test_loss:.4f}\n\n{escape(version.gate, quote=False)}"


def shipped_text() -> str:
    """All about the shipped version."""
    manifest = ModelFolder.open(DEFAULT_MODEL).manifest
    return (
        f"<code>{manifest.version}</code> {escape(manifest.recipe)}, "
        f"{manifest.test_accuracy:.2%}, {manifest.created[:10]}\nloss {manifest.test_loss:.4f}\n\n"
        "It ships with the program and is always there."
    )


def measure(folder: ModelFolder) -> tuple[Evaluation, float]:
    """What a model makes of the test images, and the seconds it took.

    With a classifier of its own, so that no photo waits for it.
    """
    test = mnist.test_set()
    began = time.perf_counter()
    found = metrics.measure(Classifier.load(folder), test)
    return found, time.perf_counter() - began


def _drawn(found: Evaluation) -> bytes:
    drawn = io.BytesIO()
    confusion_matrix(found.confusion).savefig(drawn, format="png", dpi=160)
    return drawn.getvalue()


def _pressed(update: Update) -> tuple[CallbackQuery, str]:
    query = update.callback_query
    assert query is not None and query.data is not None
    return query, query.data.split(":")[-1]


async def _rewrite(query: CallbackQuery, text: str, keyboard: InlineKeyboardMarkup) -> None:
    try:
        await query.edit_message_text(text, reply_markup=keyboard)
    except BadRequest as error:
        if "not modified" not in error.message.lower():
            raise
