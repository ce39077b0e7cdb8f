"""/forget: everything that a person gave is deleted, after one question."""

from __future__ import annotations

import logging

from markupsafe import Markup

from bot.conversation.buttons.actions import DecideForget
from bot.conversation.message import Button, Message, Reaction
from bot.conversation.services import Services
from bot.messages import texts
from bot.messages.language import gettext, html, ngettext
from bot.store import StoreUnavailable, people
from bot.store.people import Person

log = logging.getLogger(__name__)


def ask_forget(*, group: bool) -> Message:
    """Ask whether everything is to be deleted, because it cannot be had back.

    Args:
        group: whether an anonymous admin asks, whose photos belong to the group.
    """
    question = html(
        "Shall I delete everything that you gave me, your corrections too? I cannot undo that."
    )
    yes = Button(gettext("Yes, delete it"), DecideForget(delete=True, group=group))
    no = Button(gettext("No, leave it"), DecideForget(delete=False))
    return Message(question, buttons=((yes, no),))


async def decide_forget(
    services: Services, action: DecideForget, person: Person, group: Person | None
) -> Reaction:
    """Delete everything that the person who pressed, or the group, gave; or leave it as it is."""
    if not action.delete:
        return Reaction(text=html("I have deleted nothing."), buttons=())
    owner = person if group is None or not action.group else group
    return Reaction(text=await forget(services, owner), buttons=())


async def forget(services: Services, person: Person) -> Markup:
    """Delete everything that a person gave, and say how much that was."""
    services.answer_log.forget(person)
    memory = services.memories.get(person.platform)
    try:
        if memory is not None:
            await memory.forget(person)
        gone = await people.forget(services.database, person)
    except StoreUnavailable as error:
        log.warning("Nothing was forgotten: %s", error)
        return html(texts.FORGET_LATER)
    if not (gone.corrections or gone.answers):
        return html(texts.NOTHING_TO_FORGET)
    return html(
        "Done. I have deleted what you gave me: {corrections}, {photos}.",
        corrections=ngettext("{count} correction", "{count} corrections", gone.corrections),
        photos=ngettext(
            "the digits of {count} photo", "the digits of {count} photos", gone.answers
        ),
    )
