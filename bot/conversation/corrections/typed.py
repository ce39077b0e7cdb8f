"""What people say of an answer by typing it: "318" in reply to it, or after "✗ wrong"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape

from bot.conversation.corrections.alignment import align
from bot.conversation.corrections.pressed import first_buttons, likeliest, note_of, with_own
from bot.conversation.message import Message, Reaction, Shown
from bot.conversation.services import Services
from bot.messages import texts
from bot.messages.language import html
from bot.store import StoreUnavailable, answers, corrections, people
from bot.store.answers import StoredAnswer, photo_number
from bot.store.people import Person

MAX_TYPED_LENGTH = 120
"""Characters of a number that a person types, its signs and line breaks included."""

_NUMBER = re.compile(r"\d[\d \t.,:;/−–-]*")
"""A number in a sentence, as in "no, it is 3.14": from its first digit on."""

_NUMBER_ALONE = re.compile(r"[\d\s.,:;/+−–%()€$£-]+")
"""A message that is a number, in one line or several."""

_PHOTO_AND_NUMBER = re.compile(r"(?P<photo>\d{1,2})\s*[:)=]\s*(?P<number>.*\d.*)", re.DOTALL)
"""What the third photo of an album says: "3: 318"."""


@dataclass(frozen=True, slots=True)
class TypedCorrection:
    """What a typed number brings about.

    Attributes:
        reply: what is said to the message with the number.
        message: the number of the message, in the person's own chat, that changes; None for the
            message that was replied to.
        change: how the message that shows the answer changes; None if it does not.
    """

    reply: Message
    message: int | None = None
    change: Reaction | None = None


def is_number(text: str) -> bool:
    """Tell whether a message is a number and nothing else."""
    text = text.strip()
    short = len(text) <= MAX_TYPED_LENGTH
    return short and bool(_NUMBER_ALONE.fullmatch(text)) and bool(digits_of(text))


def digits_of(text: str) -> str:
    """Return the digits in a text, whatever script they are typed in.

    >>> digits_of("−3,14"), digits_of("३१८"), digits_of("none")
    ('314', '318', '')
    """
    digits = [unicodedata.decimal(character, None) for character in text]
    return "".join(str(digit) for digit in digits if digit is not None)


def number_in(text: str) -> str | None:
    """Return the number that a text holds, as it is typed; None if it holds none, or several.

    >>> number_in("No, it is 3.14!"), number_in("3 or 4"), number_in("12\\n7")
    ('3.14', None, '12\\n7')
    """
    if is_number(text):
        return text.strip()
    found = [number.rstrip(" \t.,:;/−–-") for number in _NUMBER.findall(text)]
    return found[0] if len(found) == 1 and len(found[0]) <= MAX_TYPED_LENGTH else None


async def correct_replied(
    services: Services, text: str, shown: Shown, owners: Sequence[Person]
) -> TypedCorrection | None:
    """Take what a person typed in reply to an answer as what the photo really says.

    Args:
        services: what the conversation works with.
        text: what was typed.
        shown: the message that it replies to.
        owners: as whom the person may speak, as for a press.

    Returns:
        None if the message that it replies to is no answer.
    """
    if not shown.answers:
        return None
    answer, number = _which(shown, text)
    if answer is None:
        return TypedCorrection(
            Message(
                html(
                    "Which photo do you mean? Type its number too, for example <code>2: 318</code>."
                )
            )
        )
    if number is None:
        return TypedCorrection(_number_alone())
    return await _correct(services, answer, number, shown, owners)


async def correct_answer(
    services: Services, answer: str, text: str, shown: Shown, owners: Sequence[Person]
) -> TypedCorrection:
    """Take what a person typed about a given answer as what the photo really says.

    Args:
        services: what the conversation works with.
        answer: the id of the answer.
        text: what was typed.
        shown: the message with the answer.
        owners: as whom the person may speak, as for a press.
    """
    number = number_in(text)
    if number is None:
        return TypedCorrection(_number_alone())
    return await _correct(services, answer, number, shown, owners)


async def correct_asked(services: Services, text: str, person: Person) -> TypedCorrection | None:
    """Take a number that a person typed in their own chat as the answer to the last question.

    Returns:
        None if they were asked nothing, so that the number means nothing.
    """
    try:
        asked = await people.find_question(services.database, person)
    except StoreUnavailable:
        return TypedCorrection(Message(html(texts.MEMORY_AWAY)))
    if asked is None:
        return None
    shown = Shown(Markup(asked.text), number=asked.message)  # noqa: S704 - was Markup before
    return await _correct(services, asked.answer, text.strip(), shown, [person])


def _number_alone() -> Message:
    return Message(html("Please type the number alone, for example <code>318</code>."))


def _which(shown: Shown, text: str) -> tuple[str | None, str | None]:
    """Return the answer that a text is about, and the number in it; None for what it lacks."""
    if len(shown.answers) == 1:
        return shown.answers[0], number_in(text)
    if found := _PHOTO_AND_NUMBER.fullmatch(text.strip()):
        for answer in shown.answers:
            if photo_number(answer) == int(found["photo"]):
                return answer, number_in(found["number"])
    return None, None


async def _correct(
    services: Services, answer: str, number: str, shown: Shown, owners: Sequence[Person]
) -> TypedCorrection:
    """Keep a number as what an answer really says, and show that in the message."""

    async def of_own(found: StoredAnswer, owner: Person) -> Reaction:
        labels = _labels_said(found, digits_of(number))
        await corrections.submit_number(services.database, answer, owner, number, labels)
        await people.drop_question(services.database, owner)
        kept = await answers.get_own(services.database, answer, owner)
        return Reaction(
            text=shown.with_note(note_of(kept)),
            buttons=await first_buttons(services.database, kept),
        )

    reaction = await with_own(services.database, services.answer_log, answer, owners, of_own)
    if reaction.text is None:
        return TypedCorrection(Message(escape(reaction.notice)))
    thanks = html("Thank you, I have noted <code>{number}</code>.", number=number)
    return TypedCorrection(Message(thanks), shown.number, reaction)


def _labels_said(answer: StoredAnswer, digits: str) -> dict[int, int]:
    """Return what a typed number says of single glyphs, by position, as far as that is sure.

    Of a refused photo one digit is taken to be the likeliest glyph: what else was found there is
    nothing, most of the time.
    """
    if answer.is_refused and len(digits) == 1:
        label = int(digits)
        return {likeliest(answer, label): label}
    probabilities = np.stack([digit.probabilities for digit in answer.digits])
    return align(probabilities, np.array([int(digit) for digit in digits], np.intp))
