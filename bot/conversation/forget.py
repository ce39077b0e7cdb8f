"""/forget: everything that a person gave is deleted."""

from __future__ import annotations

import logging

from markupsafe import Markup

from bot.conversation.message import Message
from bot.messages import texts
from bot.messages.texts import count_in_words
from bot.serving.answer_log import AnswerLog
from bot.store import Database, StoreUnavailable, people

log = logging.getLogger(__name__)


async def forget(database: Database, answer_log: AnswerLog, person: int) -> Message:
    """Delete everything that a person gave, and say how much that was."""
    answer_log.forget(person)
    try:
        gone = await people.forget(database, person)
    except StoreUnavailable as error:
        log.warning("Nothing was forgotten: %s", error)
        return Message(texts.FORGET_LATER)
    if not (gone.corrections or gone.answers):
        return Message(texts.NOTHING_TO_FORGET)
    corrections = count_in_words(gone.corrections, "correction")
    photos = count_in_words(gone.answers, "answered photo")
    text = Markup("Done. I have deleted what you gave me: {}, and the digits of {}.")
    return Message(text.format(corrections, photos))
