"""What people say of an answer by the buttons under it.

All that the buttons refer to is in the database, so they outlive a restart, and any replica can
take the press. What is asked and what was said stands in the message itself.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import numpy as np
from markupsafe import Markup

from bot.conversation.buttons.actions import (
    Back,
    CorrectionAction,
    Insist,
    Pick,
    Right,
    RightAll,
    Say,
    SayRefused,
    Wrong,
)
from bot.conversation.corrections import buttons
from bot.conversation.message import Buttons, Reaction, Shown
from bot.errors import AnswerGone, NotTheirs
from bot.messages import texts
from bot.messages.language import gettext, html
from bot.serving.answer_log import AnswerLog
from bot.store import Database, StoreUnavailable, answers, corrections, people
from bot.store.answers import StoredAnswer, photo_number
from bot.store.people import Person, Question

log = logging.getLogger(__name__)


async def react(
    database: Database,
    answer_log: AnswerLog,
    action: CorrectionAction,
    shown: Shown,
    owners: Sequence[Person],
) -> Reaction:
    """Do what was pressed under an answer, or say why not.

    Args:
        database: where answers and corrections are.
        answer_log: where an answer may still wait to be written.
        action: what was pressed.
        shown: the message that was pressed.
        owners: as whom the person who pressed may speak: as themselves, and as the group, to which
            the photo of an anonymous admin belongs.
    """

    async def of_own(answer: StoredAnswer, owner: Person) -> Reaction:
        return await _Press(database, answer, shown, owner).react(action)

    return await with_own(database, answer_log, action.answer, owners, of_own)


async def with_own(
    database: Database,
    answer_log: AnswerLog,
    identity: str,
    owners: Sequence[Person],
    act: Callable[[StoredAnswer, Person], Awaitable[Reaction]],
) -> Reaction:
    """Find an answer and to which of the owners it belongs, and act on it, or say why not."""
    if not await answer_log.wait_written(identity):
        return Reaction(gettext(texts.NOT_KEPT), alert=True)
    try:
        *others, last = owners
        for owner in others:
            with suppress(NotTheirs):
                return await act(await answers.get_own(database, identity, owner), owner)
        return await act(await answers.get_own(database, identity, last), last)
    except NotTheirs:
        notice = gettext("Only the person who sent the photo can say what it shows.")
        return Reaction(notice, alert=True)
    except AnswerGone:
        notice = gettext("I no longer have that digit. Please send the photo again.")
        return Reaction(notice, alert=True)
    except StoreUnavailable as error:
        log.warning("A correction was not kept: %s", error)
        return Reaction(gettext(texts.NOT_KEPT), alert=True)


async def refuse_others(
    database: Database, answer_log: AnswerLog, identity: str, owners: Sequence[Person]
) -> str | None:
    """Say why a person may not say what a photo shows; None if they may."""

    async def let(answer: StoredAnswer, owner: Person) -> Reaction:
        return Reaction()

    return (await with_own(database, answer_log, identity, owners, let)).notice or None


def note_of(answer: StoredAnswer) -> Markup | None:
    """Say what a person has said of an answer so far; None if that is nothing."""
    said = answer.corrected_text
    if said is None:
        return None
    if said == answer.text and said:
        note = html("✓ You say that it is right.")
    elif said:
        note = html("✎ You say that it is <code>{number}</code>.", number=said)
    else:
        note = html("✎ You say that it is no digit.")
    return about_photo(answer.id, note)


def about_photo(answer: str, note: Markup) -> Markup:
    """Say which photo of an album a note is about; of a single photo the note says enough."""
    number = photo_number(answer)
    if number is None:
        return note
    return html("Photo {number}: {note}", number=number, note=note)


class _Press:
    """One press under an answer of one's own."""

    def __init__(
        self, database: Database, answer: StoredAnswer, shown: Shown, person: Person
    ) -> None:
        self._database = database
        self._answer = answer
        self._shown = shown
        self._person = person

    async def react(self, action: CorrectionAction) -> Reaction:
        """Do what the button means."""
        answer = self._answer
        match action:
            case Right():
                return await self._confirm()
            case RightAll():
                return await self._confirm_all()
            case Wrong() | Insist():
                return await self._ask_what_is_wrong()
            case Back():
                await people.drop_question(self._database, self._person)
                return await self._show_what_is_stored()
            case SayRefused(_, label):
                return await self._say(likeliest(answer, label), label)
            case Pick() | Say():
                return await self._react_to_digit(action)

    async def _react_to_digit(self, action: Pick | Say) -> Reaction:
        """Ask what a digit is, or keep what it is said to be."""
        if action.position >= len(self._answer.digits):
            return Reaction(gettext(texts.UNKNOWN_BUTTON), alert=True)
        if isinstance(action, Say):
            return await self._say(action.position, action.label)
        question = html(
            "What is digit {number}, which I read as {digit}?",
            number=action.position + 1,
            digit=self._answer.digits[action.position].label,
        )
        return await self._ask(question, buttons.label_buttons(self._answer.id, action.position))

    async def _confirm(self) -> Reaction:
        """Note that every digit is right."""
        answer = self._answer
        labels = {position: digit.label for position, digit in enumerate(answer.digits)}
        await corrections.submit_number(
            self._database, answer.id, self._person, answer.text, labels
        )
        return await self._show_what_is_stored(gettext("Thank you!"))

    async def _confirm_all(self) -> Reaction:
        """Note that every digit of every photo of an album is right."""
        for identity in await answers.album_of(self._database, self._answer.id):
            with suppress(AnswerGone):
                answer = await answers.get_own(self._database, identity, self._person)
                labels = {position: digit.label for position, digit in enumerate(answer.digits)}
                await corrections.submit_number(
                    self._database, identity, self._person, answer.text, labels
                )
        text = self._shown.with_note(html("✓ You say that all of it is right."))
        return Reaction(gettext("Thank you!"), text=text, buttons=await self._first_buttons())

    async def _ask_what_is_wrong(self) -> Reaction:
        """Ask which digit is wrong, or what the only one is, or what a refused photo shows."""
        answer = self._answer
        if answer.is_refused:
            question = html("What does it show? Type the number, or press the digit.")
            return await self._ask(question, buttons.refused_label_buttons(answer.id))
        if len(answer.digits) == 1:
            question = html("What is it? Type it, or press the digit.")
            return await self._ask(question, buttons.label_buttons(answer.id, 0))
        question = html("What does it say? Type the number, or press the digit that is wrong.")
        return await self._ask(question, buttons.position_buttons(answer))

    async def _ask(self, question: Markup, choices: Buttons) -> Reaction:
        """Ask in the message itself; in the person's own chat the answer may also be typed."""
        shown, answer = self._shown, self._answer
        question = about_photo(answer.id, question)
        if shown.number is not None:
            asked = Question(answer.id, shown.number, shown.answer)
            await people.ask_question(self._database, self._person, asked)
        return Reaction(text=shown.with_note(question), buttons=choices)

    async def _say(self, position: int, label: int) -> Reaction:
        """Keep what one digit is said to be."""
        await corrections.submit(self._database, self._answer.id, position, self._person, label)
        await people.drop_question(self._database, self._person)
        return await self._show_what_is_stored(gettext("Thank you!"))

    async def _show_what_is_stored(self, notice: str = "") -> Reaction:
        """Say in the message what the person has said of it, and show the first buttons."""
        answer = await answers.get_own(self._database, self._answer.id, self._person)
        text = self._shown.with_note(note_of(answer))
        return Reaction(notice, text=text, buttons=await self._first_buttons())

    async def _first_buttons(self) -> Buttons:
        return await first_buttons(self._database, self._answer)


async def first_buttons(database: Database, answer: StoredAnswer) -> Buttons:
    """Return the buttons that stood under an answer, or under that to its album, at first."""
    if photo_number(answer.id) is None:
        return buttons.answer_buttons(answer.id, refused=answer.is_refused)
    return buttons.album_buttons(await answers.album_of(database, answer.id))


def likeliest(answer: StoredAnswer, label: int) -> int:
    """Return the position of the glyph that looks most like a digit of this label."""
    return int(np.argmax([digit.probabilities[label] for digit in answer.digits]))
