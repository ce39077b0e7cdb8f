from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from markupsafe import Markup
from telegram import Message, Update

from bot.conversation.forget import forget
from bot.conversation.services import Services
from bot.conversation.why import AnsweredPhotos
from bot.messages import texts
from bot.serving.reading.messages import Explanation
from bot.serving.reading.reader import Reader
from bot.telegram.application import add_handlers
from bot.telegram.handlers.why import WhyHandlers
from bot.telegram.incoming import message_in
from model.errors import BrokenImage
from tests.bot.fakes import ADA, BOT, PHOTO, PRIVATE, FakeTelegram, Json, application, update
from tests.bot.store.samples import ANNA, BORIS

WHY: Json = {"text": "/why", "entities": [{"type": "bot_command", "offset": 0, "length": 4}]}
THEIRS: Json = {"message_id": 3, "date": 0, "chat": PRIVATE, "from": ADA, "photo": PHOTO}
BUTTON: Json = {"text": "why?", "callback_data": "y:ANSWER"}
OURS: Json = {
    "message_id": 4,
    "date": 0,
    "chat": PRIVATE,
    "from": BOT,
    "photo": PHOTO,
    "reply_markup": {"inline_keyboard": [[BUTTON]]},
}


class Explainer(Reader):
    """Explains a photo without a model."""

    async def explain(self, photo: bytes) -> Explanation:
        if photo == b"broken":
            raise BrokenImage("Expected a whole image.")
        return Explanation(Markup("I found 1 sign."), b"why: " + photo)


Ask = Callable[..., Awaitable[None]]


@pytest.fixture
def fake() -> FakeTelegram:
    return FakeTelegram()


@pytest.fixture
def ask(fake: FakeTelegram, services: Services) -> Ask:
    """Send /why; the bot remembers that OURS is about THEIRS."""

    async def send(**message: Any) -> None:
        answered = AnsweredPhotos[Message]()
        explaining = replace(services, reader=Explainer())
        async with application(fake, WhyHandlers(explaining, answered).handlers()) as bot:
            answered.remember("ANSWER", ANNA, message_in(update(bot, **THEIRS)))
            await bot.process_update(update(bot, **WHY, **message))

    return send


@pytest.mark.parametrize("replied", [OURS, THEIRS])
async def test_explains_the_photo_of_an_answer_and_a_photo(
    fake: FakeTelegram, ask: Ask, replied: Json
) -> None:
    await ask(reply_to_message=replied)
    assert fake.methods() == ["getFile", "download", "sendPhoto"]
    _, sent = fake.calls[-1]
    assert sent["photo"][1] == b"why: a photo"
    assert sent["caption"] == "I found 1 sign."
    assert sent["reply_parameters"]["message_id"] == THEIRS["message_id"]


async def test_says_to_what_one_replies_with_it(fake: FakeTelegram, ask: Ask) -> None:
    await ask()
    assert fake.texts() == [texts.WHY_WHAT]


async def test_an_answer_that_is_forgotten_is_said_so(fake: FakeTelegram, ask: Ask) -> None:
    other = {"inline_keyboard": [[BUTTON | {"callback_data": "y:OTHER"}]]}
    await ask(reply_to_message=OURS | {"reply_markup": other})
    assert fake.texts() == [texts.WHY_GONE]


async def press(fake: FakeTelegram, services: Services, message: Json) -> None:
    """Press "why?" in a bot that has just started, and remembers nothing."""
    query = {"id": "1", "from": ADA, "chat_instance": "1", "message": message, "data": "y:ANSWER"}
    explaining = replace(services, reader=Explainer())
    async with application(fake, WhyHandlers(explaining, AnsweredPhotos()).handlers()) as bot:
        await bot.process_update(Update.de_json({"update_id": 1, "callback_query": query}, bot.bot))


async def test_the_button_needs_no_memory(fake: FakeTelegram, services: Services) -> None:
    await press(fake, services, OURS | {"reply_to_message": THEIRS})
    assert fake.methods() == ["answerCallbackQuery", "getFile", "download", "sendPhoto"]
    _, sent = fake.calls[-1]
    assert sent["reply_parameters"]["message_id"] == THEIRS["message_id"]


async def test_a_photo_that_is_gone_is_said_so_at_once(
    fake: FakeTelegram, services: Services
) -> None:
    await press(fake, services, OURS)
    ((name, answer),) = fake.calls
    assert name == "answerCallbackQuery"
    assert "can no longer get that photo" in answer["text"]


async def test_a_photo_that_cannot_be_read_is_said_so(fake: FakeTelegram, ask: Ask) -> None:
    fake.file = b"broken"
    await ask(reply_to_message=THEIRS)
    assert fake.texts() == [texts.PHOTO_PROBLEMS[BrokenImage]]


async def test_what_was_forgotten_is_not_explained_any_more(
    fake: FakeTelegram, services: Services
) -> None:
    async with application(fake, []) as bot:
        add_handlers(bot, services)
        await bot.process_update(update(bot, photo=PHOTO))
        sent = fake.calls[-1][1]
        answer = OURS | {"reply_markup": sent["reply_markup"]}

        async def ask_why() -> None:
            fake.calls.clear()
            await bot.process_update(update(bot, 2, **WHY, reply_to_message=answer))

        await ask_why()
        assert "getFile" in fake.methods(), "the photo of an answer is remembered"
        await forget(services, BORIS)
        await ask_why()
        assert "getFile" in fake.methods(), "others' photos stay"
        await forget(services, ANNA)
        await ask_why()
    assert fake.texts() == [texts.WHY_GONE]
