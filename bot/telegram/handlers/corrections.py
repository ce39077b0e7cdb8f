"""What people say of an answer: the buttons under it, and /forget.

    r:ANSWER              all of it is right
    w:ANSWER              something is wrong: which digit, or what is it?
    p:ANSWER:PLACE        this digit is wrong: what is it?
    s:ANSWER:PLACE:SAID   it is that, 0–9, or -1 for no digit
    b:ANSWER              never mind

All that the buttons refer to is in the database, so they outlive a restart, and any replica can
take the press.
"""

from __future__ import annotations

import logging
from typing import Any

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
)

from bot.errors import AnswerGone, NotTheirs
from bot.serving.answer_log import AnswerLog
from bot.serving.reader import Answer, Reader
from bot.store import Database, StoreUnavailable, answers, corrections, people
from bot.store.answers import Answered, new_id
from bot.telegram.filters import MESSAGE
from model.errors import PhotoError
from model.types import NOT_A_DIGIT, Reading

log = logging.getLogger(__name__)

PLACES = 40
"""Digits that can be picked one by one, eight rows of five; Telegram allows 100 buttons."""

NOT_KEPT = "I could not keep that: my memory is away just now. Please press again in a minute."
"""At most 200 characters, as for all that a pressed button answers."""

Keyboard = InlineKeyboardMarkup
Button = InlineKeyboardButton


class CorrectionHandlers:
    """Offers the buttons, and takes what people say.

    Args:
        database: where corrections go.
        journal: where answers go, without waiting.
        reader: tells the model version when a photo could not be read at all.
    """

    def __init__(self, database: Database, journal: AnswerLog, reader: Reader) -> None:
        self._database = database
        self._journal = journal
        self._reader = reader

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """For the application."""
        return [
            CallbackQueryHandler(self.right, r"^r:"),
            CallbackQueryHandler(self.wrong, r"^w:"),
            CallbackQueryHandler(self.pick, r"^p:"),
            CallbackQueryHandler(self.say, r"^s:"),
            CallbackQueryHandler(self.back, r"^b:"),
            CommandHandler("forget", self.forget, MESSAGE),
        ]

    def answered(self, person: int, answer: Answer, milliseconds: float) -> Keyboard | None:
        """Note an answer that is about to be sent; the buttons to send under it."""
        kept = Answered(new_id(), person, answer.version, answer.reading, milliseconds)
        if not self._journal.note(kept) or not answer.reading.digits:
            return None
        return verdict_keyboard(kept.id)

    def refused(self, person: int, problem: PhotoError, milliseconds: float) -> None:
        """Note a file that could not be read."""
        version, kind = self._reader.recognizer.version, type(problem).__name__
        self._journal.note(Answered(new_id(), person, version, Reading(()), milliseconds, kind))

    async def right(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Keep that every digit is right."""
        query, (answer,) = _pressed(update)

        async def keep() -> None:
            found = await answers.get_own(self._database, answer, query.from_user.id)
            for place, digit in enumerate(found.digits):
                await corrections.submit(
                    self._database, answer, place, query.from_user.id, digit.label
                )
            await query.answer("Thank you!")
            await _show(query, verdict_keyboard(answer, right="✓ right, you say"))

        await self._for_its_owner(query, answer, keep)

    async def wrong(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Ask which digit is wrong, or what the only one is."""
        query, (answer,) = _pressed(update)

        async def ask() -> None:
            found = await answers.get_own(self._database, answer, query.from_user.id)
            labels = [digit.label for digit in found.digits]
            if len(labels) == 1:
                await query.answer("What is it?")
                await _show(query, digits_keyboard(answer, 0))
            else:
                await query.answer("Which one is wrong?")
                await _show(query, places_keyboard(answer, labels))

        await self._for_its_owner(query, answer, ask)

    async def pick(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Ask what the picked digit is."""
        query, (answer, place) = _pressed(update)

        async def ask() -> None:
            await answers.get_own(self._database, answer, query.from_user.id)
            await query.answer(f"What is digit {int(place) + 1}?")
            await _show(query, digits_keyboard(answer, int(place)))

        await self._for_its_owner(query, answer, ask)

    async def say(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Keep what a digit really is."""
        query, (answer, place, said) = _pressed(update)

        async def keep() -> None:
            person = query.from_user.id
            await corrections.submit(self._database, answer, int(place), person, int(said))
            name = named(int(said))
            await query.answer(f"Thank you, noted: {name}. You can change your mind.")
            shown = f"✗ you say: {name}"
            found = await answers.get_own(self._database, answer, person)
            if len(found.digits) > 1:
                shown = f"✗ digit {int(place) + 1}, you say: {name}"
            await _show(query, verdict_keyboard(answer, wrong=shown))

        await self._for_its_owner(query, answer, keep)

    async def back(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Put the first two buttons back."""
        query, (answer,) = _pressed(update)

        async def put_back() -> None:
            await answers.get_own(self._database, answer, query.from_user.id)
            await query.answer()
            await _show(query, verdict_keyboard(answer))

        await self._for_its_owner(query, answer, put_back)

    async def forget(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Delete all that a person gave."""
        message, person = update.message, update.effective_user
        assert message is not None
        if person is None:
            return
        self._journal.forget(person.id)
        try:
            gone = await people.forget(self._database, person.id)
        except StoreUnavailable as error:
            log.warning("Nothing was forgotten: %s", error)
            await message.reply_text(
                "My memory is away just now, so nothing is deleted yet. "
                "Please send /forget again in a minute."
            )
            return
        if gone.corrections or gone.answers:
            text = (
                f"Done. I have deleted what you gave me: {_count(gone.corrections, 'correction')}, "
                f"and the digits of {_count(gone.answers, 'answered photo')}."
            )
        else:
            text = "There is nothing of yours here."
        await message.reply_text(text)

    async def _for_its_owner(self, query: CallbackQuery, answer: str, act: Any) -> None:
        """Do what was pressed, or say why not to whoever pressed."""
        await self._journal.settled(answer)
        try:
            await act()
        except (NotTheirs, AnswerGone) as error:
            await query.answer(str(error), show_alert=True)
        except StoreUnavailable as error:
            log.warning("A correction was not kept: %s", error)
            await query.answer(NOT_KEPT, show_alert=True)


def verdict_keyboard(answer: str, right: str = "✓ right", wrong: str = "✗ wrong") -> Keyboard:
    """Under an answer: right or wrong, and what was said so far."""
    buttons = [
        Button(right, callback_data=f"r:{answer}"),
        Button(wrong, callback_data=f"w:{answer}"),
    ]
    return Keyboard([buttons])


def places_keyboard(answer: str, labels: list[int]) -> Keyboard:
    """Which of several digits: they stand in reading order, each as it was read."""
    buttons = [
        Button(str(label), callback_data=f"p:{answer}:{place}")
        for place, label in enumerate(labels[:PLACES])
    ]
    rows = [buttons[start : start + 5] for start in range(0, len(buttons), 5)]
    return Keyboard([*rows, [Button("‹ back", callback_data=f"b:{answer}")]])


def digits_keyboard(answer: str, place: int) -> Keyboard:
    """What a digit really is."""
    digits = [
        Button(str(digit), callback_data=f"s:{answer}:{place}:{digit}") for digit in range(10)
    ]
    none = Button("not a digit", callback_data=f"s:{answer}:{place}:{NOT_A_DIGIT}")
    back = Button("‹ back", callback_data=f"b:{answer}")
    return Keyboard([digits[:5], digits[5:], [none, back]])


def named(said: int) -> str:
    """A label in words.

    >>> named(7), named(-1)
    ('7', 'not a digit')
    """
    return "not a digit" if said == NOT_A_DIGIT else str(said)


def _pressed(update: Update) -> tuple[CallbackQuery, list[str]]:
    query = update.callback_query
    assert query is not None and query.data is not None
    return query, query.data.split(":")[1:]


async def _show(query: CallbackQuery, keyboard: Keyboard) -> None:
    try:
        await query.edit_message_reply_markup(keyboard)
    except BadRequest as error:
        # Pressed twice, or the message was deleted: what was said is kept all the same.
        log.debug("Buttons stay as they are (%s).", error)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
