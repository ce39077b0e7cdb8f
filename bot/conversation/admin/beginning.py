"""/train: a run begins, and is shown to the admin who asked for it.

It is shown in the admin's own chat with the bot. Where that is closed, it is shown where the admin
asked for it, among other people: then without what is for admins alone.
"""

from __future__ import annotations

import logging
from typing import NamedTuple

from bot.conversation.admin import training
from bot.conversation.admin.notifier import Messenger
from bot.conversation.message import Message
from bot.conversation.services import Services
from bot.errors import ChatClosed
from bot.messages.language import html
from bot.store import Database, runs
from bot.store.people import Person
from bot.store.runs import Address, Run

log = logging.getLogger(__name__)


class Asker(NamedTuple):
    """An admin who asks for a run.

    Attributes:
        person: who that is.
        name: what they are called.
        chat: where they ask.
    """

    person: Person
    name: str
    chat: str


async def begin(
    services: Services, words: list[str], asker: Asker, messenger: Messenger
) -> tuple[Message, Run | None]:
    """Request a run as `training.begin` does, and show how far it is.

    Args:
        services: what the conversation works with.
        words: what follows /train.
        asker: who asks, and where.
        messenger: writes on the admin's platform.

    Returns:
        What to say where they ask, and the run if one was requested.

    Raises:
        StoreUnavailable: the database is away.
        NotDelivered: the platform is.
    """
    own = await messenger.own_chat(asker.person)
    said, run = await training.begin(services, words, asker.person, asker.name, own)
    if run is not None:
        said = await _show(services.database, run, messenger, asker.chat)
    return said, run


async def _show(database: Database, run: Run, messenger: Messenger, here: str) -> Message:
    """Show a run that begins to an admin who asked for it outside their own chat with the bot.

    It is shown in their own chat; where that is closed, where they asked, if the bot may write
    there.

    Args:
        database: keeps where it is shown.
        run: its address is the admin's own chat.
        messenger: writes on the admin's platform.
        here: the chat in which they asked.

    Returns:
        What to say where they asked.

    Raises:
        StoreUnavailable: the database is away.
        NotDelivered: the platform is.
    """
    among_people = html(
        "It begins. I may not write to you in our own chat, so I say here how far it is: others "
        "see that, too."
    )
    for chat, confirmed in (
        (run.address.chat, html("It begins. I say in our own chat how far it is.")),
        (here, among_people),
    ):
        text = training.progress_text(run, run.started_at, among_people=chat != run.address.chat)
        try:
            shown = await messenger.send(Address(run.address.platform, chat), Message(text))
        except ChatClosed as error:
            log.info("Run %d cannot be shown in chat %s (%s).", run.id, chat, error)
        else:
            await runs.show_at(database, run.id, shown)
            return Message(confirmed)
    return Message(
        html(
            "It begins. I may write neither to you in our own chat nor here, so I cannot say how "
            "far it is. /models shows what it has made."
        )
    )
