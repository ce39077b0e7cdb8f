"""Numbers that people type, in the real bot over real HTTP."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.local import ADA, BORIS, GROUP_ID
from tests.bot.running import BotProcess, Chat, labels
from tests.model.photo_variants import jpeg, sheet


def page(digits: NDArray[np.uint8], number: str) -> bytes:
    """A photo of a number."""
    return jpeg(np.hstack([sheet(digits[int(d)], scale=5, margin=20) for d in number]))


def test_a_number_in_reply_replaces_the_reading(chat: Chat, digits: NDArray[np.uint8]) -> None:
    answer = chat.ask(page(digits, "317"))
    thanks = chat.ask(text="318", reply_to=answer)
    assert thanks["text"] == "Thank you, I have noted 318."
    said = chat.now(answer)
    assert said["caption"].startswith("317\n")
    assert said["caption"].endswith("You say that it is 318.")
    assert labels(said) == ["✓ right", "✗ wrong", "why?"]


def test_a_number_typed_after_wrong_replaces_the_reading(
    chat: Chat, digits: NDArray[np.uint8]
) -> None:
    answer = chat.ask(page(digits, "25"))
    assert "reply to it with the right number" in chat.say("26")["text"]
    chat.press(answer, "✗ wrong")
    assert chat.say("265")["text"] == "Thank you, I have noted 265."
    said = chat.now(answer)
    assert said["caption"].endswith("You say that it is 265.")
    assert labels(said) == ["✓ right", "✗ wrong", "why?"]


def test_in_a_group_only_the_sender_can_correct(bot: BotProcess, photos: list[bytes]) -> None:
    ada, boris = Chat(bot.url, ADA, GROUP_ID), Chat(bot.url, BORIS, GROUP_ID)
    answer = ada.ask(photos[4], text="@inkling_bot")
    refused = boris.ask(text="9", reply_to=answer)
    assert "Only the person who sent the photo" in refused["text"]
    assert ada.ask(text="it is a 9", reply_to=answer)["text"] == "Thank you, I have noted 9."


def test_a_refused_photo_is_a_digit_after_all(chat: Chat) -> None:
    letters = np.full((300, 300), 250, np.uint8)
    letters[60:240, 60:80] = letters[60:240, 220:240] = letters[140:160, 60:240] = 20  # an H
    answer = chat.ask(jpeg(letters))
    assert labels(answer) == ["but it is a digit", "why?"]
    chat.press(answer, "but it is a digit")
    asked = chat.wait_for(lambda m: "What does it show?" in m.get("text", ""))
    chat.press(asked, "4")
    chat.wait_for(lambda m: "You say that it is 4." in m.get("text", ""))


def test_an_album_is_corrected_photo_by_photo(chat: Chat, photos: list[bytes]) -> None:
    album = chat.send(*photos[1:4])
    (answer,) = chat.replies(album[:1])
    assert answer["text"].splitlines() == ["1. 1", "2. 2", "3. 3"]
    assert labels(answer) == ["✗ 1", "✗ 2", "✗ 3", "✓ all right"]
    chat.press(answer, "✗ 2")
    asked = chat.wait_for(lambda m: "Photo 2: What is it?" in m.get("text", ""))
    chat.press(asked, "7")
    said = chat.wait_for(lambda m: "Photo 2: ✎ You say that it is 7." in m.get("text", ""))
    assert labels(said) == ["✗ 1", "✗ 2", "✗ 3", "✓ all right"]
