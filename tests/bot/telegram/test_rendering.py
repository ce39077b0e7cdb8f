from __future__ import annotations

import pytest
from markupsafe import Markup
from telegram.error import BadRequest

from bot.conversation.buttons.actions import Right, Say
from bot.conversation.message import Button, Message, Picture
from bot.telegram.incoming import message_in
from bot.telegram.rendering import reply, send, shown_in, to_keyboard
from tests.bot.fakes import BOT, PRIVATE, FakeTelegram, Json, application, refused, update

BUTTONS = ((Button("✓ right", Right("ANSWER")),), (Button("7", Say("ANSWER", 0, 7)),))
CARD = Picture(b"\x89PNG card", "answer.png")


@pytest.fixture
def fake() -> FakeTelegram:
    return FakeTelegram()


async def test_a_message_is_read_back_as_it_was_sent(fake: FakeTelegram) -> None:
    keyboard = to_keyboard(BUTTONS)
    assert keyboard is not None
    async with application(fake, []) as bot:
        sent: Json = {"from": BOT, "reply_markup": keyboard.to_dict(), "text": "7 < 8"}
        shown = shown_in(message_in(update(bot, **sent)))
    assert shown.buttons == BUTTONS
    assert (shown.text, shown.number) == ("7 &lt; 8", 7)
    assert shown_in(None).buttons == ()
    assert to_keyboard(()) is None


async def test_a_picture_carries_the_text_and_the_buttons(fake: FakeTelegram) -> None:
    async with application(fake, []) as bot:
        photo = message_in(update(bot, text="x"))
        await reply(photo, Message(Markup("<b>7</b>"), (CARD,), BUTTONS))
    ((name, sent),) = fake.calls
    assert name == "sendPhoto"
    assert (sent["caption"], sent["parse_mode"]) == ("<b>7</b>", "HTML")
    assert sent["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "r:ANSWER"


async def test_where_photos_may_not_be_sent_the_text_comes_alone(fake: FakeTelegram) -> None:
    fake.answers["sendPhoto"] = [
        refused(400, "Bad Request: not enough rights to send photos to the chat")
    ]
    async with application(fake, []) as bot:
        photo = message_in(update(bot, text="x"))
        await reply(photo, Message(Markup("<b>7</b>"), (CARD,), BUTTONS))
    name, sent = fake.calls[-1]
    assert (name, sent["text"]) == ("sendMessage", "<b>7</b>")
    assert "reply_markup" in sent


async def test_other_refusals_are_errors(fake: FakeTelegram) -> None:
    fake.answers["sendPhoto"] = [refused(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")]
    async with application(fake, []) as bot:
        with pytest.raises(BadRequest):
            await reply(message_in(update(bot, text="x")), Message(Markup("7"), (CARD,)))


async def test_several_pictures_are_an_album(fake: FakeTelegram) -> None:
    fake.answers["sendMediaGroup"] = [
        {"ok": True, "result": [{"message_id": 1, "date": 0, "chat": PRIVATE}]}
    ]
    async with application(fake, []) as bot:
        await send(bot.bot, 1001, Message(Markup(""), (CARD, CARD)))
        await send(bot.bot, 1001, Message(Markup("done"), buttons=BUTTONS))
    assert fake.methods() == ["sendMediaGroup", "sendMessage"]
    assert len(fake.calls[0][1]["media"]) == 2
