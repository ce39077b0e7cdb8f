from __future__ import annotations

import pytest
from telegram import Message

from bot.conversation.help import MAX_HINTS
from bot.messages import texts
from bot.telegram.handlers import help
from bot.telegram.handlers.fallback import FallbackHandlers, kind_of
from tests.bot.fakes import GROUP, FakeTelegram, Json, application, update

FILE = {"file_id": "f", "file_unique_id": "f"}
MEDIUM = FILE | {"width": 9, "height": 9, "duration": 1}

MESSAGES: list[tuple[str, Json]] = [
    ("text", {"text": "7"}),
    ("voice", {"voice": FILE | {"duration": 1}}),
    ("voice", {"audio": FILE | {"duration": 1}}),
    ("video", {"video": MEDIUM}),
    ("video", {"video_note": FILE | {"length": 9, "duration": 1}}),
    # Telegram tells of an animation as of a document too.
    ("animation", {"animation": MEDIUM, "document": FILE | {"mime_type": "video/mp4"}}),
    ("file", {"document": FILE | {"mime_type": "application/pdf"}}),
    ("other", {"location": {"latitude": 1.0, "longitude": 2.0}}),
    ("other", {"contact": {"phone_number": "1", "first_name": "Ann"}}),
    ("other", {"dice": {"emoji": "🎲", "value": 3}}),
]


@pytest.mark.parametrize(("kind", "content"), MESSAGES)
async def test_each_kind_has_its_sentence(kind: str, content: Json) -> None:
    fake = FakeTelegram()
    async with application(fake, FallbackHandlers().handlers()) as bot:
        await bot.process_update(update(bot, **content))
    assert fake.texts() == [texts.NOT_FOR_ME[kind]]


def test_a_sticker_is_admired() -> None:
    sticker = FILE | {"width": 9, "height": 9, "is_animated": True, "is_video": False}
    message = {"message_id": 1, "date": 0, "chat": GROUP, "sticker": sticker | {"type": "regular"}}
    assert kind_of(Message.de_json(message, None)) == "sticker"


async def test_an_album_gets_one_sentence() -> None:
    fake = FakeTelegram()
    async with application(fake, FallbackHandlers().handlers()) as bot:
        for album in ("a", "a", "b", "a"):
            await bot.process_update(update(bot, video=MEDIUM, media_group_id=album))
    assert len(fake.texts()) == 2


@pytest.mark.parametrize(
    "content",
    [
        {"new_chat_members": [{"id": 5, "is_bot": False, "first_name": "Eve"}]},
        {"chat": GROUP, "text": "hello"},
        {"chat": GROUP, "text": "/fly"},
        {"chat": GROUP, "text": "/fly@other_bot"},
    ],
)
async def test_what_is_not_meant_for_it_is_left_alone(content: Json) -> None:
    fake = FakeTelegram()
    async with application(fake, FallbackHandlers().handlers()) as bot:
        await bot.process_update(update(bot, **content))
    assert fake.calls == []


async def test_an_unknown_command_is_said_so_in_a_group_too() -> None:
    fake = FakeTelegram()
    text = "/fly@inkling_bot"
    command = {"type": "bot_command", "offset": 0, "length": len(text)}
    async with application(fake, FallbackHandlers().handlers()) as bot:
        await bot.process_update(update(bot, chat=GROUP, text=text, entities=[command]))
    assert fake.texts() == [texts.UNKNOWN_COMMAND]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("start", texts.START),
        ("help", f"{texts.HELP}\n\n{texts.HELP_BY_REPLY}"),
        ("privacy", texts.PRIVACY),
    ],
)
async def test_commands_explain(name: str, said: str) -> None:
    fake = FakeTelegram()
    command = {"type": "bot_command", "offset": 0, "length": len(name) + 1}
    async with application(fake, help.handlers()) as bot:
        await bot.process_update(update(bot, text=f"/{name}", entities=[command]))
    assert fake.texts() == [said]


async def test_in_a_group_one_person_is_told_a_few_times_and_others_too() -> None:
    fake = FakeTelegram()
    boris: Json = {"from": {"id": 1002, "is_bot": False, "first_name": "Boris"}}
    mention = "@inkling_bot hello"
    async with application(fake, FallbackHandlers().handlers()) as bot:
        for _ in range(10):
            await bot.process_update(update(bot, chat=GROUP, text=mention))
        assert len(fake.texts()) == MAX_HINTS
        await bot.process_update(update(bot, chat=GROUP, text=mention, **boris))
        assert len(fake.texts()) == MAX_HINTS + 1
        for _ in range(10):
            await bot.process_update(update(bot, text="hello"))
    assert len(fake.texts()) == MAX_HINTS + 11
