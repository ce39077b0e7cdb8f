"""/forget: everything that a person gave is deleted."""

from __future__ import annotations

import logging

from bot.conversation.message import Message
from bot.messages import texts
from bot.messages.language import html, ngettext
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
        return Message(html(texts.FORGET_LATER))
    if not (gone.corrections or gone.answers):
        return Message(html(texts.NOTHING_TO_FORGET))
    return Message(
        html(
            "Done. I have deleted what you gave me: {corrections}, {photos}.",
            corrections=ngettext("{count} correction", "{count} corrections", gone.corrections),
            photos=ngettext(
                "the digits of {count} photo", "the digits of {count} photos", gone.answers
            ),
        )
    )
