"""/review: an admin looks at what people said, and accepts or rejects it.

    v:a:ID  v:x:ID     accept, reject one
    v:A     v:X        accept, reject what is left of the page
    v:n                the next page

Which corrections a page holds stands in its own buttons, so it outlives a restart.
"""

from __future__ import annotations

import asyncio
from typing import Any

from telegram import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    Update,
)
from telegram.ext import BaseHandler, ContextTypes

from bot.messages.review_sheet import PAGE, review_sheet, suspicious
from bot.store import Database, corrections
from bot.store.corrections import Correction, State
from bot.telegram.handlers.admin.access import Admins

Button = InlineKeyboardButton


class ReviewHandlers:
    """Shows sheets of waiting corrections and takes the decisions."""

    def __init__(self, database: Database, admins: Admins) -> None:
        self._database = database
        self._admins = admins

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """For the application."""
        return [
            self._admins.command("review", self.review),
            self._admins.button(r"^v:n$", self.next_page),
            self._admins.button(r"^v:[ax]:", self.decide_one),
            self._admins.button(r"^v:[AX]$", self.decide_page),
        ]

    async def review(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Show the first page."""
        assert update.message is not None
        await self._show_page(update.message)

    async def next_page(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Show what is waiting now, in a new message."""
        query, message = _pressed(update)
        await query.answer()
        await query.edit_message_reply_markup(None)
        await self._show_page(message)

    async def decide_one(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Accept or reject one correction, and take its buttons away."""
        query, message = _pressed(update)
        assert query.data is not None
        _, letter, number = query.data.split(":")
        await self._decide(query, message, letter, [int(number)])

    async def decide_page(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Accept or reject all that is left of a page."""
        query, message = _pressed(update)
        assert query.data is not None
        await self._decide(query, message, query.data[-1].lower(), list(_left(message)))

    async def _decide(
        self, query: CallbackQuery, message: Message, letter: str, ids: list[int]
    ) -> None:
        state = State.ACCEPTED if letter == "a" else State.REJECTED
        decided = await corrections.decide(self._database, ids, state, query.from_user.id)
        told = f"{decided} {state}."
        if decided < len(ids):
            told += f" {len(ids) - decided} had changed or gone meanwhile, and were left."
        await query.answer(told)
        places = {number: place for number, place in _left(message).items() if number not in ids}
        await query.edit_message_reply_markup(keyboard(places))

    async def _show_page(self, message: Message) -> None:
        page = await corrections.waiting(self._database, PAGE)
        counts = await corrections.count(self._database)
        if not page:
            await message.reply_text(
                f"Nothing is waiting. {counts[State.ACCEPTED]} accepted, "
                f"{counts[State.REJECTED]} rejected so far. /train teaches the accepted ones."
            )
            return
        sheet = await asyncio.to_thread(review_sheet, page)
        places = {correction.id: place for place, correction in enumerate(page, start=1)}
        await message.reply_photo(
            sheet,
            caption=caption(page, counts[State.WAITING]),
            filename="review.png",
            reply_markup=keyboard(places),
        )


def caption(page: tuple[Correction, ...], waiting: int) -> str:
    """What a page says in words."""
    marked = [str(place) for place, c in enumerate(page, start=1) if suspicious(c)]
    lines = [f"<b>{waiting} waiting</b>, {len(page)} here: what was read → what people say."]
    if marked:
        lines.append(
            f"Look twice at {', '.join(marked)}: the model was sure of what it read, or whoever "
            "says otherwise was often wrong."
        )
    return "\n".join(lines)


def keyboard(places: dict[int, int]) -> InlineKeyboardMarkup:
    """Two buttons a correction, by its id and its place on the page; then the page's."""
    buttons = [
        Button(f"{sign} {place}", callback_data=f"v:{letter}:{number}")
        for number, place in places.items()
        for sign, letter in (("✓", "a"), ("✗", "x"))
    ]
    rows = [buttons[start : start + 6] for start in range(0, len(buttons), 6)]
    if len(places) > 1:
        rows.append(
            [
                Button(f"✓ accept all {len(places)}", callback_data="v:A"),
                Button(f"✗ reject all {len(places)}", callback_data="v:X"),
            ]
        )
    return InlineKeyboardMarkup([*rows, [Button("next page ›", callback_data="v:n")]])


def _left(message: Message) -> dict[int, int]:
    """The corrections of a page that are not decided, by id, with their places."""
    buttons = message.reply_markup.inline_keyboard if message.reply_markup else ()
    return {
        int(str(button.callback_data)[4:]): int(button.text.split()[-1])
        for row in buttons
        for button in row
        if str(button.callback_data).startswith("v:a:")
    }


def _pressed(update: Update) -> tuple[CallbackQuery, Message]:
    query = update.callback_query
    assert query is not None and isinstance(query.message, Message)
    return query, query.message
