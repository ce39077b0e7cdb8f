"""What people on Discord do, and get: the real bot, and a Discord on localhost."""

from __future__ import annotations

import re

import pytest

from bot.messages.language import LANGUAGES
from tests.bot.discord.server import ADA, ADMIN, BORIS, BOT, CHANNEL, Discord, buttons, user
from tests.bot.running import BotProcess

pytestmark = pytest.mark.slow

PRIVATE = 64
"""The flag of a message that one person sees."""


def labels(message: dict[str, object]) -> list[str]:
    return [button["label"] for button in buttons(message)]


def test_a_photo_is_answered_in_reply_with_a_card_that_is_described(
    chat: Discord, photos: list[bytes]
) -> None:
    sent = chat.send(ADA, photos[7])
    answer = chat.reply(sent)
    assert answer["content"].startswith("`7`")
    (card,) = answer["attachments"]
    assert chat.file(card).startswith(b"\x89PNG")
    assert card["description"].startswith("7")
    assert labels(answer) == ["✓ right", "✗ wrong", "why?"]


def test_several_pictures_are_one_answer(chat: Discord, photos: list[bytes]) -> None:
    answer = chat.reply(chat.send(ADA, photos[3], photos[8]))
    assert re.fullmatch(r"1\\?\. `3`\n2\\?\. `8`", answer["content"])
    assert labels(answer) == ["✗ 1", "✗ 2", "✓ all right"]
    form = chat.response(chat.press(ADA, answer, "✗ 2"))
    assert form["title"] == "What does photo 2 say?"
    changed = chat.response(chat.fill_in(ADA, answer, form, "5"))
    assert "Photo 2: ✎ You say that it is `5`." in changed["content"]


def test_among_others_it_answers_what_mentions_it_or_replies_to_it_and_is_silent_otherwise(
    chat: Discord, photos: list[bytes]
) -> None:
    unmeant = chat.send(ADA, photos[1], channel=CHANNEL)
    mentioning = chat.send(ADA, photos[2], channel=CHANNEL, mentions=[user(BOT)])
    answer = chat.reply(mentioning)
    assert answer["content"].startswith("`2`")
    reference = {"message_id": answer["id"], "channel_id": str(CHANNEL)}
    replying = chat.send(
        ADA, photos[4], channel=CHANNEL, type=19, message_reference=reference,
        referenced_message=answer,
    )  # fmt: skip
    assert chat.reply(replying)["content"].startswith("`4`")
    assert chat.replies(unmeant) == []


def test_a_wrong_answer_opens_a_form_and_other_peoples_clicks_are_refused(
    chat: Discord, photos: list[bytes]
) -> None:
    answer = chat.reply(chat.send(ADA, photos[9], channel=CHANNEL, mentions=[user(BOT)]))
    refused = chat.response(chat.press(BORIS, answer, "✗ wrong"))
    assert "Only the person who sent the photo" in refused["content"]
    assert refused["flags"] == PRIVATE
    refused = chat.response(chat.press(BORIS, answer, "✓ right"))
    assert refused["flags"] == PRIVATE
    form = chat.response(chat.press(ADA, answer, "✗ wrong"))
    nothing = chat.response(chat.fill_in(ADA, answer, form, "none"))
    assert "type the number alone" in nothing["content"] and nothing["flags"] == PRIVATE
    changed = chat.response(chat.fill_in(ADA, answer, form, "4"))
    assert changed["content"].startswith("`9`")
    assert changed["content"].endswith("You say that it is `4`.")


def test_a_number_typed_in_reply_replaces_the_reading(chat: Discord, photos: list[bytes]) -> None:
    answer = chat.reply(chat.send(ADA, photos[6]))
    reference = {"message_id": answer["id"], "channel_id": str(ADA)}
    typed = chat.send(
        ADA, content="0", type=19, message_reference=reference, referenced_message=answer
    )
    assert chat.reply(typed)["content"] == "Thank you, I have noted `0`."
    assert "You say that it is `0`" in chat.messages[ADA][int(answer["id"])]["content"]


def test_why_shows_how_it_was_read(chat: Discord, photos: list[bytes]) -> None:
    answer = chat.reply(chat.send(ADA, photos[5]))
    for token in (chat.press(ADA, answer, "why?"), chat.command(ADA, "why")):
        said = chat.response(token)
        assert "1 sign" in said["content"] and said["attachments"]
    assert "no longer know" in chat.response(chat.command(BORIS, "why"))["content"]


def test_read_digits_reads_anybodys_picture(chat: Discord, photos: list[bytes]) -> None:
    sent = chat.send(BORIS, photos[8], channel=CHANNEL)
    resolved = {"resolved": {"messages": {sent["id"]: sent}}, "target_id": sent["id"], "type": 3}
    answer = chat.response(chat.command(ADA, "Read digits", data=resolved))
    assert answer["content"].startswith("`8`") and answer["attachments"]
    empty = chat.send(BORIS, channel=CHANNEL, content="hello")
    resolved = {"resolved": {"messages": {empty["id"]: empty}}, "target_id": empty["id"], "type": 3}
    said = chat.response(chat.command(ADA, "Read digits", data=resolved))
    assert said["content"].startswith("I see no picture there")


def test_read_takes_a_picture(chat: Discord, photos: list[bytes]) -> None:
    attachment = chat.attach(photos[3])
    resolved = {"resolved": {"attachments": {attachment["id"]: attachment}}}
    option = {"name": "picture", "type": 11, "value": attachment["id"]}
    answer = chat.response(chat.command(ADA, "read", option, data=resolved))
    assert answer["content"].startswith("`3`")


def test_what_is_no_picture_is_answered_with_a_sentence(chat: Discord) -> None:
    assert "I read handwriting" in chat.reply(chat.send(ADA, content="hello"))["content"]
    broken = chat.send(ADA, b"no picture at all")
    assert "not a picture that I can open" in chat.reply(broken)["content"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("help", "**Among others**"),
        ("privacy", "**What I keep**"),
        ("forget", "I cannot undo that"),
        ("language", "Which language"),
    ],
)
def test_what_commands_say_is_seen_by_one_person(chat: Discord, command: str, said: str) -> None:
    answer = chat.response(chat.command(ADA, command))
    assert said in answer["content"]


def test_the_language_is_that_of_the_app_until_another_is_chosen(chat: Discord) -> None:
    carla = 1004
    asked = chat.response(chat.command(carla, "language", locale="de"))
    assert asked["content"] == "Welche Sprache soll ich sprechen?"
    chosen = chat.response(chat.press(carla, asked, "Italiano"))
    assert "italiano" in chosen["content"]
    said = chat.reply(chat.send(carla, content="ciao"))
    assert "Leggo" in said["content"]


def test_everything_is_forgotten(chat: Discord, photos: list[bytes]) -> None:
    dora = 1005
    answer = chat.reply(chat.send(dora, photos[1]))
    asked = chat.response(chat.command(dora, "forget"))
    assert "1 photo" in chat.response(chat.press(dora, asked, "Yes, delete it"))["content"]
    gone = chat.response(chat.press(dora, answer, "✓ right"))
    assert "no longer have that digit" in gone["content"]


def test_commands_have_names_and_purposes_in_every_language(chat: Discord) -> None:
    for command in chat.commands:
        english = {"en-US", "en-GB"}
        for field in ("name_localizations", "description_localizations"):
            if command["type"] == 1 or field.startswith("name"):
                languages = {
                    code.partition("-")[0] for code in command[field] if code not in english
                }
                assert languages >= {name.partition("_")[0] for name in LANGUAGES if name != "en"}
        # As Discord allows them: letters of any script, in lower case.
        if command["type"] == 1:
            for name in command["name_localizations"].values():
                assert re.fullmatch(r"[-_\w\u0900-\u097f]{1,32}", name) and name == name.lower()
            assert all(len(text) <= 100 for text in command["description_localizations"].values())


def test_commands_are_for_servers_and_for_people_and_admins_hidden(chat: Discord) -> None:
    by_name = {command["name"]: command for command in chat.commands}
    assert by_name["Read digits"]["integration_types"] == [0, 1]
    assert set(by_name["read"]["contexts"]) == {0, 1, 2}
    for name in ("train", "cancel", "models", "accuracy", "review", "stats"):
        assert by_name[name]["default_member_permissions"] in ("0", 0)


def test_admins_commands_do_not_exist_for_others(chat: Discord) -> None:
    for command in ("stats", "train", "models"):
        said = chat.response(chat.command(ADA, command))
        assert "do not know that command" in said["content"]


def test_an_admin_reviews_what_people_said(
    chat: Discord, discord_bot: BotProcess, photos: list[bytes]
) -> None:
    answer = chat.reply(chat.send(ADA, photos[2]))
    form = chat.response(chat.press(ADA, answer, "✗ wrong"))
    chat.response(chat.fill_in(ADA, answer, form, "7"))
    page = chat.response(chat.command(ADMIN, "review"))
    assert "waiting" in page["content"] and page["attachments"]
    assert labels(page)[-1] == "next page ›"
    accepted = chat.response(chat.press(ADMIN, page, labels(page)[0]))
    assert "waiting" in accepted["content"]
    refused = chat.response(chat.press(ADA, page, labels(page)[0]))
    assert refused["content"] == "This button is not for you."
    assert "photo" in chat.response(chat.command(ADMIN, "stats"))["content"]
    assert "Model versions" in chat.response(chat.command(ADMIN, "models"))["content"]
    discord_bot.wait_for(rf"Admin discord:{ADMIN}: /review")


def test_the_links_by_which_one_gets_the_bot_are_printed(
    chat: Discord, discord_bot: BotProcess
) -> None:
    assert re.search(
        r"server: https://discord\.com/oauth2/authorize\?\S*client_id=900", discord_bot.text
    )
    assert "integration_type=1" in discord_bot.text
