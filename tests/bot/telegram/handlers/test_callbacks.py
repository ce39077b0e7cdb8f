"""What a press of a button brings about: over a fake Telegram, and in the real bot."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numpy.typing import NDArray
from telegram import Update

from bot.conversation.services import Services
from bot.conversation.why import AnsweredPhotos
from bot.local import ADA, BORIS, GROUP_ID
from bot.messages import texts
from bot.store import answers
from bot.telegram.handlers.callbacks import CallbackHandlers
from bot.telegram.handlers.why import WhyHandlers
from tests.bot import fakes
from tests.bot.fakes import BOT, PRIVATE, FakeTelegram, application, refused
from tests.bot.running import BotProcess, Chat, labels
from tests.bot.store.samples import ANNA, answered, digit
from tests.model.photo_variants import jpeg, sheet


async def press(fake: FakeTelegram, services: Services, data: str) -> None:
    """Have Ada press a button that holds this."""
    message = {"message_id": 5, "date": 1, "chat": PRIVATE, "from": BOT, "text": "7"}
    query = {"id": "1", "from": fakes.ADA, "chat_instance": "1", "message": message, "data": data}
    others = WhyHandlers(services, AnsweredPhotos()).handlers()
    async with application(fake, [*others, *CallbackHandlers(services).handlers()]) as bot:
        await bot.process_update(Update.de_json({"update_id": 1, "callback_query": query}, bot.bot))


@pytest.fixture
async def answer(services: Services) -> str:
    """An answer to a photo of Ada's."""
    kept = answered(digit(7), user=ANNA)
    await answers.keep(services.database, kept)
    return kept.id


@pytest.mark.parametrize(
    "data", ["", "z:1", "s:ANSWER:-1:5", "s:ANSWER:0:11", "p:ANSWER:99", "\ud800"]
)
async def test_a_forged_press_is_answered_and_changes_nothing(
    services: Services, data: str
) -> None:
    fake = FakeTelegram()
    await press(fake, services, data)
    assert fake.methods() == ["answerCallbackQuery"]
    assert fake.calls[0][1]["text"] == texts.UNKNOWN_BUTTON


async def test_a_press_that_is_too_old_to_be_answered_still_counts(
    services: Services, answer: str
) -> None:
    fake = FakeTelegram()
    old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    fake.answers["answerCallbackQuery"] = [refused(400, old)]
    await press(fake, services, f"w:{answer}")
    assert fake.methods() == ["answerCallbackQuery", "editMessageText"]


@pytest.mark.parametrize("reason", ["message is not modified: …", "message to edit not found"])
async def test_a_message_that_cannot_change_is_no_error(
    services: Services, answer: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    fake = FakeTelegram()
    fake.answers["editMessageText"] = [refused(400, f"Bad Request: {reason}")]
    await press(fake, services, f"r:{answer}")
    assert fake.methods() == ["answerCallbackQuery", "editMessageText"]
    assert caplog.text == ""


FIRST_BUTTONS = ["✓ right", "✗ wrong", "why?"]


def test_wrong_offers_the_ten_digits_and_none(chat: Chat, photos: list[bytes]) -> None:
    answer = chat.ask(photos[7])
    assert labels(answer) == FIRST_BUTTONS
    assert chat.press(answer, "✗ wrong") == ""
    asked = chat.wait_for(lambda m: "What is it?" in m.get("caption", ""))
    assert labels(asked) == [*map(str, range(10)), "not a digit", "‹ back"]
    chat.press(asked, "1")
    said = chat.wait_for(lambda m: "You say that it is 1." in m.get("caption", ""))
    assert labels(said) == FIRST_BUTTONS
    assert said["caption"].startswith("7\n")


def test_a_second_thought_replaces_the_first(chat: Chat, photos: list[bytes]) -> None:
    answer = chat.ask(photos[2])
    chat.press(answer, "✗ wrong")
    asked = chat.wait_for(lambda m: "3" in labels(m))
    assert asked["message_id"] == answer["message_id"]
    chat.press(asked, "not a digit")
    said = chat.wait_for(lambda m: "You say that it is no digit." in m.get("caption", ""))
    assert chat.press(said, "✓ right") == "Thank you!"
    chat.wait_for(lambda m: "You say that it is right." in m.get("caption", ""))


def test_of_several_digits_one_picks_which(chat: Chat, digits: NDArray[np.uint8]) -> None:
    page = np.hstack([sheet(digits[d], scale=5, margin=20) for d in (2, 0, 7)])
    answer = chat.ask(jpeg(page))
    chat.press(answer, "✗ wrong")
    which = chat.wait_for(lambda m: "‹ back" in labels(m))
    assert labels(which) == ["2", "0", "7", "‹ back"]
    chat.press(which, "7")
    asked = chat.wait_for(lambda m: "What is digit 3, which I read as 7?" in m["caption"])
    chat.press(asked, "1")
    chat.wait_for(lambda m: "You say that it is 201." in m.get("caption", ""))


def test_somebody_else_is_told_that_it_is_not_theirs(bot: BotProcess, photos: list[bytes]) -> None:
    ada, boris = Chat(bot.url, ADA, GROUP_ID), Chat(bot.url, BORIS, GROUP_ID)
    answer = ada.ask(photos[4], text="@inkling_bot")
    for button in ("✓ right", "✗ wrong"):
        assert "Only the person who sent the photo" in boris.press(answer, button)
    assert labels(ada.now(answer)) == FIRST_BUTTONS
    assert ada.press(answer, "✓ right") == "Thank you!"


def test_of_a_blank_page_one_can_only_ask_why(chat: Chat) -> None:
    answer = chat.ask(jpeg(np.full((400, 400), 255, np.uint8)))
    assert labels(answer) == ["why?"]


def test_forget_deletes_all_that_one_gave(bot: BotProcess, photos: list[bytes]) -> None:
    boris = Chat(bot.url, BORIS)
    answer = boris.ask(photos[4])
    boris.press(answer, "✓ right")
    asked = boris.say("/forget")
    boris.press(asked, "No, leave it")
    boris.wait_for(lambda m: m.get("text") == "I have deleted nothing.")
    boris.press(boris.say("/forget"), "Yes, delete it")
    boris.wait_for(
        lambda m: bool(re.search(r"deleted what you gave me: \d+ correction", m.get("text", "")))
    )
    boris.press(boris.say("/forget"), "Yes, delete it")
    boris.wait_for(lambda m: m.get("text") == "There is nothing of yours here.")
    assert "no longer have that digit" in boris.press(answer, "✗ wrong")


def test_privacy_says_what_is_kept_and_how_to_delete_it(chat: Chat) -> None:
    text = chat.say("/privacy")["text"]
    for word in ("do not keep your photo", "not keep your name", "a week", "/forget"):
        assert word in text
