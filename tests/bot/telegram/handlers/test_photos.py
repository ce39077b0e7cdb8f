from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from telegram import Update
from telegram.error import NetworkError, TimedOut
from telegram.ext import BaseHandler

from bot.conversation.help import SAMPLE_PHOTO
from bot.conversation.services import Services
from bot.conversation.why import AnsweredPhotos
from bot.messages import texts
from bot.serving.photo_queue import PhotoQueue
from bot.store import answers
from bot.telegram.handlers.photos import PhotoHandlers
from model.errors import FileTooLarge, NotAnImage
from model.recognition.recognizer import Recognizer
from model.types import Reading, Refusal
from tests.bot.fakes import (
    ADA,
    BOT,
    GROUP,
    PHOTO,
    PRIVATE,
    FakeReader,
    FakeTelegram,
    Json,
    application,
    refused,
    update,
)
from tests.bot.store.samples import person


@pytest.fixture
def fake() -> FakeTelegram:
    return FakeTelegram()


@pytest.fixture
def handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    return PhotoHandlers(services, AnsweredPhotos()).handlers()


Handlers = list[BaseHandler[Any, Any, Any]]


async def test_the_answer_replies_to_the_photo(
    fake: FakeTelegram, handlers: Handlers, reader: FakeReader
) -> None:
    async with application(fake, handlers) as bot:
        await bot.process_update(update(bot, photo=PHOTO))
    assert fake.methods() == ["getFile", "download", "sendPhoto"]
    assert reader.photos == [b"a photo"]
    _, sent = fake.calls[-1]
    assert sent["reply_parameters"]["message_id"] == 7
    assert sent["caption"] == "<code>7</code>\nI am 97% sure."
    name, card, mime_type = sent["photo"]
    assert (name, mime_type) == ("answer.png", "image/png")
    assert card.startswith(b"\x89PNG")


async def test_the_largest_size_is_fetched(fake: FakeTelegram, handlers: Handlers) -> None:
    large = {**PHOTO[0], "file_id": "large", "width": 1280, "height": 960}
    async with application(fake, handlers) as bot:
        await bot.process_update(update(bot, photo=[*PHOTO, large]))
    assert ("getFile", {"file_id": "large"}) in fake.calls


async def test_a_refusal_is_said_in_words(
    fake: FakeTelegram, handlers: Handlers, reader: FakeReader
) -> None:
    reader.result = Reading((), Refusal.TOO_DARK)
    async with application(fake, handlers) as bot:
        await bot.process_update(update(bot, photo=PHOTO))
    assert fake.texts() == [texts.REFUSALS[Refusal.TOO_DARK]]


async def test_a_bad_photo_is_said_in_its_own_words(
    fake: FakeTelegram, handlers: Handlers, reader: FakeReader
) -> None:
    reader.result = NotAnImage("Expected an image, received <b>ytes.")
    async with application(fake, handlers) as bot:
        await bot.process_update(update(bot, photo=PHOTO))
    assert fake.texts() == [texts.PHOTO_PROBLEMS[NotAnImage]]


async def test_what_nobody_foresaw_is_said_too(
    fake: FakeTelegram, handlers: Handlers, reader: FakeReader
) -> None:
    reader.result = ZeroDivisionError()
    async with application(fake, handlers) as bot:
        await bot.process_update(update(bot, photo=PHOTO))
    assert fake.texts() == [texts.UNFORESEEN]


async def test_a_large_file_is_not_even_asked_for(fake: FakeTelegram, handlers: Handlers) -> None:
    document = {"file_id": "d", "file_unique_id": "d", "mime_type": "image/png"}
    async with application(fake, handlers) as bot:
        await bot.process_update(update(bot, document={**document, "file_size": 31_000_000}))
    assert fake.methods() == ["sendMessage"]
    assert fake.texts() == [texts.PHOTO_PROBLEMS[FileTooLarge]]


async def test_telegram_finds_a_file_too_large(fake: FakeTelegram, handlers: Handlers) -> None:
    fake.answers["getFile"] = [refused(400, "Bad Request: file is too big")]
    async with application(fake, handlers) as bot:
        await bot.process_update(update(bot, photo=PHOTO))
    assert fake.texts() == [texts.PHOTO_PROBLEMS[FileTooLarge]]


async def test_a_failing_network_is_tried_again(fake: FakeTelegram, handlers: Handlers) -> None:
    fake.answers["getFile"] = [NetworkError("gone"), TimedOut()]
    async with application(fake, handlers) as bot:
        await bot.process_update(update(bot, photo=PHOTO))
    assert fake.methods().count("getFile") == 3
    assert fake.methods()[-1] == "sendPhoto"


async def test_a_photo_that_cannot_be_fetched_is_asked_for_again(
    fake: FakeTelegram, handlers: Handlers
) -> None:
    fake.answers["getFile"] = [refused(400, "Bad Request: wrong file_id")]
    async with application(fake, handlers) as bot:
        await bot.process_update(update(bot, photo=PHOTO))
    assert fake.texts() == [texts.FETCH_FAILED]


async def test_a_flood_is_told_once_to_wait(fake: FakeTelegram, handlers: Handlers) -> None:
    async with application(fake, handlers) as bot:
        await asyncio.gather(*(bot.process_update(update(bot, photo=PHOTO)) for _ in range(9)))
    assert fake.texts().count(texts.too_many_photos(2)) == 1
    assert fake.methods().count("sendPhoto") == 2


MENTION = "@Inkling_Bot look"
ANSWERED_IN_GROUPS: list[tuple[Json, bool]] = [
    ({"photo": PHOTO}, False),
    ({"photo": PHOTO, "caption": "nice"}, False),
    ({"photo": PHOTO, "caption": MENTION}, True),
    ({"photo": PHOTO, "caption": "@inkling_bot2 look"}, False),
    ({"photo": PHOTO, "caption": "/read"}, True),
    ({"photo": PHOTO, "caption": "/ready"}, False),
]


@pytest.mark.parametrize(("message", "answered"), ANSWERED_IN_GROUPS)
async def test_in_groups_only_what_is_meant_for_it(
    fake: FakeTelegram, handlers: Handlers, message: Json, answered: bool
) -> None:
    async with application(fake, handlers) as bot:
        await bot.process_update(update(bot, chat=GROUP, **message))
    assert ("sendPhoto" in fake.methods()) == answered


ALBUM: Json = {"chat": GROUP, "photo": PHOTO, "media_group_id": "7"}
MENTIONED: Json = ALBUM | {"caption": MENTION}


@pytest.mark.parametrize("first", [0, 1, 2])
async def test_every_photo_of_a_groups_album_is_answered(
    fake: FakeTelegram, services: Services, first: int
) -> None:
    patient = replace(services, queue=PhotoQueue())
    handlers = PhotoHandlers(patient, AnsweredPhotos()).handlers()
    async with application(fake, handlers) as bot:
        updates = [
            update(bot, n, message_id=20 + n, **(MENTIONED if n == first else ALBUM))
            for n in range(3)
        ]
        other = ALBUM | {"media_group_id": "8"}
        updates.append(update(bot, 9, message_id=29, **other))
        await asyncio.gather(*(bot.process_update(each) for each in updates))
    ((name, sent),) = [
        call for call in fake.calls if call[0].startswith("send") and "text" in call[1]
    ]
    assert (name, sent["reply_parameters"]["message_id"]) == ("sendMessage", 20)
    assert sent["text"].splitlines() == [f"{n}. <code>7</code>" for n in (1, 2, 3)]
    assert fake.methods().count("download") == 3


async def test_the_answer_to_an_album_grows_where_its_photos_come_one_by_one(
    fake: FakeTelegram, services: Services
) -> None:
    patient = replace(services, queue=PhotoQueue())
    handlers = PhotoHandlers(patient, AnsweredPhotos()).handlers()
    album = {"photo": PHOTO, "media_group_id": "7"}
    async with application(fake, handlers) as bot:
        for number in range(3):
            await bot.process_update(update(bot, number, message_id=20 + number, **album))
    said = [parameters["text"] for _, parameters in fake.calls if "text" in parameters]
    assert [name for name in fake.methods() if name.startswith(("send", "edit"))] == [
        "sendMessage",
        "editMessageText",
        "editMessageText",
    ]
    assert said[-1].splitlines() == [f"{n}. <code>7</code>" for n in (1, 2, 3)]


async def test_digits_come_as_text_where_photos_may_not_be_sent(
    fake: FakeTelegram, handlers: Handlers
) -> None:
    fake.answers["sendPhoto"] = [
        refused(400, "Bad Request: not enough rights to send photos to the chat")
    ]
    async with application(fake, handlers) as bot:
        await bot.process_update(update(bot, chat=GROUP, photo=PHOTO, caption=MENTION))
    name, sent = fake.calls[-1]
    assert (name, sent["text"]) == ("sendMessage", "<code>7</code>\nI am 97% sure.")


GROUP_ID = -5


async def test_the_photo_of_an_anonymous_admin_belongs_to_the_group(
    fake: FakeTelegram, handlers: Handlers, services: Services
) -> None:
    anonymous = {
        "id": 1087968824,
        "is_bot": True,
        "first_name": "Group",
        "username": "GroupAnonymousBot",
    }
    photo: Json = {"chat": GROUP, "from": anonymous, "sender_chat": GROUP, "photo": PHOTO}
    async with application(fake, handlers) as bot:
        await bot.process_update(update(bot, **photo, caption=MENTION))
    buttons = fake.calls[-1][1]["reply_markup"]["inline_keyboard"][0]
    answer = buttons[0]["callback_data"].removeprefix("r:")
    await services.answer_log.close()
    assert await answers.get_own(services.database, answer, person(GROUP_ID))


async def test_a_webp_that_became_a_sticker_is_answered(
    fake: FakeTelegram, handlers: Handlers
) -> None:
    sticker = {
        "file_id": "s",
        "file_unique_id": "s",
        "type": "regular",
        "width": 512,
        "height": 365,
        "is_animated": False,
        "is_video": False,
    }
    async with application(fake, handlers) as bot:
        await bot.process_update(update(bot, sticker=sticker))
        assert fake.methods()[-1] == "sendPhoto"
        fake.calls.clear()
        await bot.process_update(update(bot, sticker=sticker | {"set_name": "Cats"}))
        assert fake.calls == []


def a_reply_to(**content: object) -> Json:
    boris = {"id": 1002, "is_bot": False, "first_name": "Boris"}
    return {"message_id": 3, "date": 0, "chat": GROUP, "from": boris, **content}


@pytest.mark.parametrize("text", ["/read", "/read@inkling_bot", MENTION])
async def test_a_photo_that_is_pointed_at_is_answered_itself(
    fake: FakeTelegram, handlers: Handlers, text: str
) -> None:
    command = {"type": "bot_command", "offset": 0, "length": len(text)}
    entities = [command] if text.startswith("/") else []
    replied = a_reply_to(photo=PHOTO)
    async with application(fake, handlers) as bot:
        await bot.process_update(
            update(bot, chat=GROUP, text=text, entities=entities, reply_to_message=replied)
        )
    name, sent = fake.calls[-1]
    assert name == "sendPhoto"
    assert sent["reply_parameters"]["message_id"] == 3


async def test_read_without_a_photo_says_how(fake: FakeTelegram, handlers: Handlers) -> None:
    command = {"type": "bot_command", "offset": 0, "length": 5}
    async with application(fake, handlers) as bot:
        await bot.process_update(update(bot, text="/read", entities=[command]))
    assert fake.texts() == [texts.READ_WHAT]


@pytest.mark.parametrize("kind", ["edited_message", "channel_post", "edited_channel_post"])
async def test_edits_and_channel_posts_are_left_alone(
    fake: FakeTelegram, handlers: Handlers, kind: str
) -> None:
    async with application(fake, handlers) as bot:
        message = update(bot, photo=PHOTO).to_dict()["message"]
        await bot.process_update(Update.de_json({"update_id": 2, kind: message}, bot.bot))
    assert fake.calls == []


async def test_the_sample_is_sent_and_read_as_if_the_person_had_sent_it(
    fake: FakeTelegram, handlers: Handlers, reader: FakeReader
) -> None:
    sample = {"message_id": 8, "date": 0, "chat": PRIVATE, "from": BOT, "photo": PHOTO}
    fake.answers["sendPhoto"] = [{"ok": True, "result": sample}]
    async with application(fake, handlers) as bot:
        greeting = {"message_id": 7, "date": 0, "chat": PRIVATE, "from": BOT, "text": "Hello!"}
        pressed = {"id": "1", "from": ADA, "message": greeting, "chat_instance": "1", "data": "h:s"}
        press = Update.de_json({"update_id": 1, "callback_query": pressed}, bot.bot)
        await bot.process_update(press)
    methods = ["answerCallbackQuery", "sendPhoto", "getFile", "download", "sendPhoto"]
    assert fake.methods() == methods
    sent = [given for name, given in fake.calls if name == "sendPhoto"]
    assert sent[0]["photo"][1] == SAMPLE_PHOTO.read_bytes()
    assert sent[1]["reply_parameters"]["message_id"] == 8
    assert "<code>7</code>" in sent[1]["caption"] and "reply_markup" in sent[1]
    assert reader.photos == [fake.file]


def test_the_sample_is_a_photo_of_2047() -> None:
    assert Recognizer.load().read(SAMPLE_PHOTO.read_bytes()).text == "2047"
