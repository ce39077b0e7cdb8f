"""The one way in for every button: what was pressed, by whom, and what that brings about."""

from __future__ import annotations

import logging

from bot.conversation import help, languages
from bot.conversation.admin import models, review
from bot.conversation.buttons.actions import (
    Action,
    AdminAction,
    AskLanguage,
    ChooseLanguage,
    CorrectionAction,
    DecideForget,
    PersonAction,
    ReviewAction,
    ShowHelp,
    TrainAnyway,
    TrySample,
    Why,
    decode,
    encode,
)
from bot.conversation.corrections import pressed
from bot.conversation.forget import decide_forget
from bot.conversation.message import Reaction, Shown
from bot.conversation.services import Services
from bot.errors import StoreUnavailable
from bot.messages import texts
from bot.messages.language import gettext
from bot.store.people import Person

log = logging.getLogger(__name__)


async def press(
    services: Services, data: str, shown: Shown, person: Person, group: Person | None = None
) -> Reaction:
    """Do what a button means.

    Args:
        services: what the conversation works with.
        data: what the button holds; anybody can make it up.
        shown: the message that was pressed.
        person: who pressed.
        group: where that was, if not in the person's own chat with the bot.
    """
    action: Action | None = decode(data)
    if action is None:
        log.info("A press was not understood (%d characters).", len(data))
        return Reaction(gettext(texts.UNKNOWN_BUTTON), alert=True)
    if isinstance(action, CorrectionAction):
        owners = (person,) if group is None else (person, group)
        return await pressed.react(services.database, services.answer_log, action, shown, owners)
    if isinstance(action, Why | PersonAction):
        return await _press_as_person(services, action, person, group)
    return await _press_as_admin(services, action, shown, person)


async def _press_as_person(
    services: Services, action: Why | PersonAction, person: Person, group: Person | None
) -> Reaction:
    match action:
        case ChooseLanguage():
            return await languages.choose_language(services.languages, action, person)
        case DecideForget():
            return await decide_forget(services, action, person, group)
        case AskLanguage():
            return Reaction(reply=languages.ask_language())
        case ShowHelp():
            return Reaction(reply=help.show_help())
        case Why() | TrySample():
            # These need a photo: a front end takes them before they come here.
            return Reaction(gettext(texts.UNKNOWN_BUTTON), alert=True)


async def _press_as_admin(
    services: Services, action: AdminAction, shown: Shown, person: Person
) -> Reaction:
    if person not in services.admins:
        return Reaction(gettext(texts.NOT_YOUR_BUTTON), alert=True)
    log.info("Admin %s pressed %s", person, encode(action))
    if isinstance(action, TrainAnyway):
        # It needs a place to say how far it is: a front end takes it before it comes here.
        return Reaction(gettext(texts.UNKNOWN_BUTTON), alert=True)
    try:
        if isinstance(action, ReviewAction):
            return await review.react(services.database, action, shown, person)
        return await models.react(services.database, services.active_model, action, person)
    except StoreUnavailable as error:
        log.warning("%s: %s", encode(action), error)
        return Reaction(gettext(texts.MEMORY_AWAY), alert=True)
