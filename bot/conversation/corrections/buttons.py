"""The buttons under an answer, and under the questions that it leads to."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation.buttons.actions import (
    MAX_POSITIONS,
    Back,
    Insist,
    Pick,
    Right,
    RightAll,
    Say,
    SayRefused,
    Why,
    Wrong,
)
from bot.conversation.message import Button, Buttons
from bot.messages.language import gettext
from bot.store.answers import StoredAnswer, photo_number
from model.types import NOT_A_DIGIT

BUTTONS_PER_ROW = 5
"""Ten digits are two rows, and each button is wide enough for a thumb."""


def answer_buttons(answer: str, *, refused: bool) -> Buttons:
    """Return the buttons under an answer to one photo; `refused` is whether nothing was read."""
    why = Button(gettext("why?"), Why(answer))
    if refused:
        return ((Button(gettext("but it is a digit"), Insist(answer)), why),)
    right = Button(gettext("✓ right"), Right(answer))
    return ((right, Button(gettext("✗ wrong"), Wrong(answer)), why),)


def album_buttons(answers: Sequence[str]) -> Buttons:
    """Return the buttons under the answer to an album, by its answers that can be corrected."""
    if not answers:
        return ()
    wrong = [Button(f"✗ {photo_number(answer)}", Wrong(answer)) for answer in answers]
    return (*rows_of(wrong), (Button(gettext("✓ all right"), RightAll(answers[0])),))


def position_buttons(answer: StoredAnswer) -> Buttons:
    """Return a button for each of several digits, in reading order, labelled as it was read."""
    buttons = [
        Button(str(digit.label), Pick(answer.id, position))
        for position, digit in enumerate(answer.digits[:MAX_POSITIONS])
    ]
    return (*rows_of(buttons), (_back(answer.id),))


def label_buttons(answer: str, position: int) -> Buttons:
    """Return a button for each label that a digit may really have."""
    digits = [Button(str(label), Say(answer, position, label)) for label in range(10)]
    none = Button(gettext("not a digit"), Say(answer, position, NOT_A_DIGIT))
    return (*rows_of(digits), (none, _back(answer)))


def refused_label_buttons(answer: str) -> Buttons:
    """Return a button for each digit that a refused photo may really show."""
    digits = [Button(str(label), SayRefused(answer, label)) for label in range(10)]
    return (*rows_of(digits), (_back(answer),))


def rows_of(buttons: Sequence[Button]) -> Buttons:
    """Put buttons into rows that fit into the width of a phone."""
    return tuple(
        tuple(buttons[start : start + BUTTONS_PER_ROW])
        for start in range(0, len(buttons), BUTTONS_PER_ROW)
    )


def _back(answer: str) -> Button:
    return Button(gettext("‹ back"), Back(answer))
