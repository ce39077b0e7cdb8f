"""What people say of an answer, by the buttons under it.

All that the buttons refer to is in the database, so they outlive a restart, and any replica can
take the press.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress

from bot.conversation.actions import MAX_POSITIONS, Back, CorrectionAction, Pick, Right, Say, Wrong
from bot.conversation.message import Button, Buttons, Reaction
from bot.errors import AnswerGone, NotTheirs
from bot.messages import texts
from bot.messages.language import gettext
from bot.serving.answer_log import AnswerLog
from bot.store import Database, StoreUnavailable, answers, corrections
from bot.store.answers import StoredAnswer
from model.types import NOT_A_DIGIT

log = logging.getLogger(__name__)

BUTTONS_PER_ROW = 5
"""Ten digits are two rows, and each button is wide enough for a thumb."""


async def react(
    database: Database, answer_log: AnswerLog, action: CorrectionAction, owners: Sequence[int]
) -> Reaction:
    """Do what was pressed under an answer, or say why not.

    Args:
        database: where answers and corrections are.
        answer_log: where an answer may still wait to be written.
        action: what was pressed.
        owners: as whom the person who pressed may speak: as themselves, and as the group, to which
            the photo of an anonymous admin belongs.
    """
    if not await answer_log.wait_written(action.answer):
        return Reaction(gettext(texts.NOT_KEPT), alert=True)
    try:
        answer, owner = await _get_own(database, action.answer, owners)
        return await _react_to_own(database, answer, action, owner)
    except NotTheirs:
        return Reaction(
            gettext("Only the person who sent the photo can say what it shows."), alert=True
        )
    except AnswerGone:
        return Reaction(
            gettext("I no longer have that digit. Please send the photo again."),
            alert=True,
        )
    except StoreUnavailable as error:
        log.warning("A correction was not kept: %s", error)
        return Reaction(gettext(texts.NOT_KEPT), alert=True)


async def _get_own(
    database: Database, answer: str, owners: Sequence[int]
) -> tuple[StoredAnswer, int]:
    """Find an answer, and to which of the owners it belongs.

    Raises:
        NotTheirs: it belongs to none of them.
        AnswerGone: it was forgotten, or is too old.
        StoreUnavailable: the database is away.
    """
    *others, last = owners
    for owner in others:
        with suppress(NotTheirs):
            return await answers.get_own(database, answer, owner), owner
    return await answers.get_own(database, answer, last), last


async def _react_to_own(
    database: Database, answer: StoredAnswer, action: CorrectionAction, person: int
) -> Reaction:
    match action:
        case Right():
            for position, digit in enumerate(answer.digits):
                await corrections.submit(database, answer.id, position, person, digit.label)
            buttons = verdict_buttons(answer.id, right=gettext("✓ right, you say"))
            return Reaction(gettext("Thank you!"), buttons=buttons)
        case Wrong():
            return _ask_what_is_wrong(answer)
        case Back():
            return Reaction(buttons=verdict_buttons(answer.id))
        case Pick(_, position) | Say(_, position) if position >= len(answer.digits):
            return Reaction(gettext(texts.UNKNOWN_BUTTON), alert=True)
        case Pick(_, position):
            question = gettext("What is digit {number}?", number=position + 1)
            return Reaction(question, buttons=label_buttons(answer.id, position))
        case Say(_, position, label):
            await corrections.submit(database, answer.id, position, person, label)
            return _thank_for(answer, position, label_name(label))


def _ask_what_is_wrong(answer: StoredAnswer) -> Reaction:
    """Ask which digit is wrong, or what the only one is."""
    labels = [digit.label for digit in answer.digits]
    if len(labels) == 1:
        return Reaction(gettext("What is it?"), buttons=label_buttons(answer.id, 0))
    return Reaction(gettext("Which one is wrong?"), buttons=position_buttons(answer.id, labels))


def _thank_for(answer: StoredAnswer, position: int, name: str) -> Reaction:
    """Thank for a correction, and show it on the button, in place of "wrong"."""
    said = gettext("✗ you say: {name}", name=name)
    if len(answer.digits) > 1:
        said = gettext("✗ digit {number}, you say: {name}", number=position + 1, name=name)
    return Reaction(
        gettext("Thank you, noted: {name}. You can change your mind.", name=name),
        buttons=verdict_buttons(answer.id, wrong=said),
    )


def verdict_buttons(answer: str, right: str = "", wrong: str = "") -> Buttons:
    """Return the two buttons under an answer; their labels may tell what was said so far."""
    return (
        (
            Button(right or gettext("✓ right"), Right(answer)),
            Button(wrong or gettext("✗ wrong"), Wrong(answer)),
        ),
    )


def position_buttons(answer: str, labels: list[int]) -> Buttons:
    """Return a button for each of several digits, in reading order, labelled as it was read."""
    buttons = [
        Button(str(label), Pick(answer, position))
        for position, label in enumerate(labels[:MAX_POSITIONS])
    ]
    rows = [
        tuple(buttons[start : start + BUTTONS_PER_ROW])
        for start in range(0, len(buttons), BUTTONS_PER_ROW)
    ]
    return (*rows, (Button(gettext("‹ back"), Back(answer)),))


def label_buttons(answer: str, position: int) -> Buttons:
    """Return a button for each label that a digit may really have."""
    digits = tuple(Button(str(label), Say(answer, position, label)) for label in range(10))
    none = Button(label_name(NOT_A_DIGIT), Say(answer, position, NOT_A_DIGIT))
    return (
        digits[:BUTTONS_PER_ROW],
        digits[BUTTONS_PER_ROW:],
        (none, Button(gettext("‹ back"), Back(answer))),
    )


def label_name(label: int) -> str:
    """Say a label in words.

    >>> label_name(7), label_name(-1)
    ('7', 'not a digit')
    """
    return gettext("not a digit") if label == NOT_A_DIGIT else str(label)
