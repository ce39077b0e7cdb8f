"""/language: a person chooses the language that the bot speaks."""

from __future__ import annotations

import logging

from bot.conversation.buttons.actions import ChooseLanguage
from bot.conversation.message import Button, Buttons, Message, Reaction
from bot.messages import texts
from bot.messages.language import LANGUAGES, current_language, gettext, html, speak
from bot.serving.languages import PeoplesLanguages
from bot.store import StoreUnavailable
from bot.store.people import Person

log = logging.getLogger(__name__)

BUTTONS_PER_ROW = 2
"""The longest name, Українська, has room beside another one on a narrow phone."""

CHOSEN_MARK = "✓"


def ask_language() -> Message:
    """Ask which language to speak."""
    return Message(html("Which language shall I speak?"), buttons=_language_buttons())


async def choose_language(
    languages: PeoplesLanguages, action: ChooseLanguage, person: Person
) -> Reaction:
    """Speak the language that was pressed to this person from now on."""
    if action.language not in LANGUAGES:
        return Reaction(gettext(texts.UNKNOWN_BUTTON), alert=True)
    try:
        await languages.choose(person, action.language)
    except StoreUnavailable as error:
        log.warning("A language was not kept: %s", error)
        return Reaction(gettext(texts.NOT_KEPT), alert=True)
    speak(action.language)
    return Reaction(
        text=html("I speak English now. /language changes it."), buttons=_language_buttons()
    )


def _language_buttons() -> Buttons:
    """Return a button for each language, in its own words; the one that is spoken has a mark."""
    buttons = [
        Button(
            f"{CHOSEN_MARK} {name}" if language == current_language() else name,
            ChooseLanguage(language),
        )
        for language, name in LANGUAGES.items()
    ]
    return tuple(
        tuple(buttons[start : start + BUTTONS_PER_ROW])
        for start in range(0, len(buttons), BUTTONS_PER_ROW)
    )
