from __future__ import annotations

from typing import Any

import pytest
from telegram import Message

from bot.telegram.incoming import group_of, person_in, sender_of
from tests.bot.fakes import ADA, BOT, GROUP, PRIVATE, Json
from tests.bot.store.samples import person

GROUP_ID, ADA_ID, BORIS_ID = -5, 1001, 1002
BORIS: Json = {"id": BORIS_ID, "is_bot": False, "first_name": "Boris"}
OTHER_BOT: Json = {"id": 77, "is_bot": True, "first_name": "Other"}
ANONYMOUS: Json = {
    "from": {"id": 1087968824, "is_bot": True, "first_name": "Group"},
    "sender_chat": GROUP,
}


def message(**content: Any) -> Message:
    return Message.de_json({"message_id": 1, "date": 1, "chat": GROUP} | content, None)


@pytest.mark.parametrize(
    ("content", "number"),
    [({"from": ADA}, ADA_ID), ({}, GROUP_ID), (ANONYMOUS, GROUP_ID)],
)
def test_who_writes_in_the_name_of_a_group_is_the_group(content: Json, number: int) -> None:
    assert person_in(message(**content)) == person(number)


@pytest.mark.parametrize(
    ("photo", "owner"),
    [
        ({"from": BORIS}, BORIS_ID),
        ({"from": OTHER_BOT}, ADA_ID),
        ({"from": BOT}, ADA_ID),
        (ANONYMOUS, GROUP_ID),
    ],
)
def test_the_buttons_belong_to_who_sent_the_photo(photo: Json, owner: int) -> None:
    assert sender_of(message(**photo), message(**{"from": ADA})) == person(owner)


def test_a_private_chat_is_no_group() -> None:
    assert group_of(message()) == person(GROUP_ID)
    assert group_of(message(chat=PRIVATE)) is None
    assert group_of(None) is None
