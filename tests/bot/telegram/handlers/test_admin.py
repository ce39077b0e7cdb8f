"""What admins can do and nobody else, in the real bot; no training, which takes longer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from telegram import Update

from bot.conversation.services import Services
from bot.local import ADA, ADMIN, GROUP_ID
from bot.messages import texts
from bot.store import runs
from bot.telegram.handlers.admin import AdminHandlers
from bot.telegram.handlers.callbacks import CallbackHandlers
from tests.bot import fakes
from tests.bot.fakes import FakeTelegram, Json, application
from tests.bot.running import BotProcess, Chat, labels

COMMANDS = ("review", "train", "cancel", "models", "accuracy", "stats")


def test_to_a_stranger_admin_commands_do_not_exist(bot: BotProcess) -> None:
    ada = Chat(bot.url, ADA)
    unknown = ada.say("/nonsense")["text"]
    for command in COMMANDS:
        assert ada.say(f"/{command} baseline")["text"] == unknown
    assert not set(COMMANDS) & set(ada.commands())


def test_an_admin_who_asks_in_a_group_is_answered_in_the_chat_of_their_own(
    bot: BotProcess,
) -> None:
    admin, group = Chat(bot.url, ADMIN), Chat(bot.url, ADMIN, GROUP_ID)
    said = group.say("/stats@inkling_bot")["text"]
    assert said == "I have answered in our own chat: here, others would see it too."
    admin.wait_for(lambda m: "digits read" in m.get("caption", ""))
    # What is no secret is said where it was asked.
    assert group.say("/cancel@inkling_bot")["text"] == "Nothing is being trained."


def test_the_admin_has_them_in_the_menu_and_each_use_is_logged(bot: BotProcess) -> None:
    admin = Chat(bot.url, ADMIN)
    assert set(COMMANDS) <= set(admin.commands())
    admin.say("/cancel")
    bot.wait_for(rf"Admin telegram:{ADMIN}: /cancel")


def test_a_review_accepts_singly_and_by_the_page(bot: BotProcess, photos: list[bytes]) -> None:
    ada, admin = Chat(bot.url, ADA), Chat(bot.url, ADMIN)
    for digit in (3, 6, 9):
        answer = ada.ask(photos[digit])
        identity = answer["reply_markup"]["inline_keyboard"][0][0]["callback_data"][2:]
        ada.press(answer, f"w:{identity}")
        asked = ada.wait_for(lambda m: "not a digit" in labels(m))
        ada.press(asked, "0")
    page = admin.say("/review")
    assert "waiting" in page["caption"] and "Look twice" in page["caption"]
    assert admin.press(page, "✓ 1") == "1 accepted."
    left = admin.wait_for(lambda m: "✓ 1" not in labels(m))
    assert admin.press(left, "v:X").endswith("rejected.")
    done = admin.wait_for(lambda m: "Nothing is waiting" in m.get("caption", ""))
    assert labels(done) == []
    assert "1 accepted" in admin.say("/review")["text"]


def test_accuracy_is_measured_now(bot: BotProcess) -> None:
    admin = Chat(bot.url, ADMIN)
    admin.send(text="/accuracy")
    # A machine that is busy first says what it is doing; the measuring gives way to everything.
    measured = admin.wait_for(lambda m: "photo" in m, seconds=90)
    said = re.search(
        r"([\d.]+)% of MNIST's 10,000 test images right, (\d+) wrong "
        r"\(95% interval ([\d.]+)% to ([\d.]+)%\)",
        measured["caption"],
    )
    assert said, measured["caption"]
    right, wrong, low, high = map(float, said.groups())
    assert right == pytest.approx(100 - wrong / 100)
    assert low < right < high < low + 1
    assert measured["photo"]


def test_the_shipped_model_is_always_there(bot: BotProcess) -> None:
    admin = Chat(bot.url, ADMIN)
    models = admin.say("/models")
    assert "ships with the program" in models["text"]
    assert admin.press(models, "m:s:shipped") == ""
    admin.wait_for(lambda m: "It reads photos now." in m.get("text", ""))


def test_statistics_come_as_a_picture_and_in_words(bot: BotProcess, photos: list[bytes]) -> None:
    Chat(bot.url, ADA).ask(photos[1])
    shown = Chat(bot.url, ADMIN).say("/stats")
    for word in ("photo", "digit", "answers took"):
        assert word in shown["caption"]
    assert shown["photo"]


def test_wrong_use_is_explained(bot: BotProcess) -> None:
    admin = Chat(bot.url, ADMIN)
    assert "baseline" in admin.say("/train nosuch")["text"]
    assert "1 to" in admin.say("/train baseline 0")["text"]
    assert admin.say("/cancel")["text"] == "Nothing is being trained."


ADMIN_USER: Json = {"id": ADMIN, "is_bot": False, "first_name": "Grace"}
ANONYMOUS: Json = {"id": 1087968824, "is_bot": True, "first_name": "Group"}


def command_of_admin(words: str, **content: Any) -> Json:
    """A message of an admin's, with a command."""
    entities = [{"type": "bot_command", "offset": 0, "length": len(words)}]
    about = {"message_id": 7, "date": 0, "chat": fakes.PRIVATE, "from": ADMIN_USER, "text": words}
    return {"update_id": 1, "message": about | {"entities": entities} | content}


async def test_in_a_group_an_admin_whose_own_chat_is_closed_is_told_how_to_open_it(
    services: Services,
) -> None:
    fake = FakeTelegram()
    closed = fakes.refused(403, "Forbidden: bot can't initiate conversation with a user")
    fake.answers["sendMessage"] = [closed]
    async with application(fake, AdminHandlers(services).handlers()) as bot:
        given = command_of_admin("/models", chat=fakes.GROUP)
        await bot.process_update(Update.de_json(given, bot.bot))
    refused, told = (parameters for _, parameters in fake.calls)
    assert (refused["chat_id"], told["chat_id"]) == (ADMIN, fakes.GROUP["id"])
    assert "press Start" in told["text"]


async def test_train_asks_where_there_is_nothing_new_and_begins_when_that_is_pressed(
    services: Services,
) -> None:
    fake = FakeTelegram()
    async with application(fake, AdminHandlers(services).handlers()) as bot:
        await bot.process_update(Update.de_json(command_of_admin("/train"), bot.bot))
        assert "t:a" in str(fake.calls[-1][1]["reply_markup"])
        own = {"id": ADMIN, "type": "private", "first_name": "Grace"}
        message = {"message_id": 5, "date": 1, "chat": own, "text": "Shall I?"}
        query = {"id": "1", "from": fakes.ADA, "chat_instance": "1", "message": message}
        for person in (fakes.ADA, ADMIN_USER):
            pressed = query | {"from": person, "data": "t:a"}
            given = {"update_id": 2, "callback_query": pressed}
            await bot.process_update(Update.de_json(given, bot.bot))
            running = await runs.running(services.database)
            assert (running is not None) == (person is ADMIN_USER)
    answered, begun = fake.calls[2][1], fake.calls[-1][1]
    assert answered.get("text") is None and "Training fine-tune" in begun["text"]
    assert any(parameters.get("text") == texts.NOT_YOUR_BUTTON for _, parameters in fake.calls)


FORWARDED: Json = {"type": "user", "date": 0, "sender_user": ADMIN_USER}
CHANNEL: Json = {"id": -100, "type": "channel", "title": "News"}

FORGED: list[tuple[str, Json]] = [
    ("message", {"forward_origin": FORWARDED}),
    ("message", {"via_bot": ADMIN_USER | {"is_bot": True}}),
    ("message", {"chat": fakes.GROUP, "from": ANONYMOUS, "sender_chat": fakes.GROUP}),
    ("message", {"chat": fakes.GROUP, "author_signature": "Grace"}),
    (
        "message",
        {
            "reply_to_message": {
                "message_id": 1,
                "date": 0,
                "chat": fakes.PRIVATE,
                "from": ADMIN_USER,
                "text": "/stats",
            }
        },
    ),
    ("message", {"from": fakes.ADA | {"first_name": "Grace", "username": str(ADMIN)}}),
    ("edited_message", {"from": ADMIN_USER}),
    ("channel_post", {"chat": CHANNEL, "sender_chat": CHANNEL, "author_signature": "Grace"}),
    ("edited_channel_post", {"chat": CHANNEL, "sender_chat": CHANNEL}),
]
"""Messages that try to pass for an admin's."""


@pytest.mark.parametrize(("kind", "content"), FORGED)
@pytest.mark.parametrize("command", COMMANDS)
async def test_nobody_passes_for_an_admin(
    services: Services, kind: str, content: Json, command: str, caplog: pytest.LogCaptureFixture
) -> None:
    fake = FakeTelegram()
    text = f"/{command}"
    entities = [{"type": "bot_command", "offset": 0, "length": len(text)}]
    about = {"message_id": 7, "date": 0, "chat": fakes.PRIVATE, "from": fakes.ADA, "text": text}
    async with application(fake, AdminHandlers(services).handlers()) as bot:
        given = {"update_id": 1, kind: about | {"entities": entities} | content}
        await bot.process_update(Update.de_json(given, bot.bot))
    assert fake.calls == [] and "Admin" not in caplog.text
    assert await runs.running(services.database) is None


ADMIN_BUTTONS = ["v:A", "v:a:1", "v:n", "m:l", "m:s:shipped", "m:a:shipped", "m:a:0123456789"]


@pytest.mark.parametrize("data", ADMIN_BUTTONS)
async def test_an_admin_button_that_somebody_makes_up_is_refused(
    services: Services, data: str
) -> None:
    fake = FakeTelegram()
    message = {"message_id": 5, "date": 1, "chat": fakes.PRIVATE, "from": ADMIN_USER, "text": "7"}
    query = {"id": "1", "from": fakes.ADA, "chat_instance": "1", "message": message, "data": data}
    async with application(fake, CallbackHandlers(services).handlers()) as bot:
        await bot.process_update(Update.de_json({"update_id": 1, "callback_query": query}, bot.bot))
    assert fake.methods() == ["answerCallbackQuery"]
    assert fake.calls[0][1]["text"] == texts.NOT_YOUR_BUTTON
