"""Writes to admins, over a fake Telegram."""

from __future__ import annotations

import pytest
from markupsafe import Markup
from telegram.error import NetworkError

from bot.conversation.buttons.actions import NextPage
from bot.conversation.message import Button, Message, Picture
from bot.errors import ChatClosed, NotDelivered
from bot.store.people import TELEGRAM
from bot.store.runs import Address
from bot.telegram.messenger import Messenger
from tests.bot.fakes import FakeTelegram, Json, application, refused
from tests.bot.store.samples import ADMIN

OWN = Address(TELEGRAM, ADMIN.id)
TEXT = Message(Markup("<b>Training</b>"))


@pytest.fixture
def fake() -> FakeTelegram:
    return FakeTelegram()


async def test_an_admins_chat_has_the_admins_number_and_says_where_a_message_stands(
    fake: FakeTelegram,
) -> None:
    async with application(fake, []) as bot:
        messenger = Messenger(bot.bot)
        assert await messenger.own_chat(ADMIN) == OWN
        shown = await messenger.send(OWN, TEXT)
        await messenger.edit(shown, Markup("later"), patiently=False)
    assert shown == OWN._replace(message="9")
    assert fake.methods() == ["sendMessage", "editMessageText"]
    assert fake.calls[-1][1]["message_id"] == 9


async def test_one_picture_has_its_buttons(fake: FakeTelegram) -> None:
    page = Message(
        Markup("2 waiting"), (Picture(b"png", "a.png"),), ((Button("next", NextPage()),),)
    )
    async with application(fake, []) as bot:
        await Messenger(bot.bot).send(OWN, page)
    ((method, given),) = fake.calls
    assert method == "sendPhoto" and given["caption"] == "2 waiting"
    assert "v:n" in str(given["reply_markup"])


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused(403, "Forbidden: bot was blocked by the user"), ChatClosed),
        (refused(400, "Bad Request: chat not found"), ChatClosed),
        (NetworkError("gone"), NotDelivered),
    ],
)
async def test_who_cannot_be_reached_is_told_from_a_telegram_that_is_away(
    fake: FakeTelegram, answer: Json | Exception, error: type[Exception]
) -> None:
    fake.answers["sendMessage"] = [answer] * 9
    fake.answers["editMessageText"] = [answer] * 9
    async with application(fake, []) as bot:
        with pytest.raises(error):
            await Messenger(bot.bot).send(OWN, TEXT)
        with pytest.raises(error):
            await Messenger(bot.bot).edit(OWN._replace(message="9"), TEXT.text, patiently=True)
