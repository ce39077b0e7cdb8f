"""What happens between Discord and the bot: nothing is lost, and nothing is answered twice."""

from __future__ import annotations

import itertools
import re
import signal
import time
from pathlib import Path

import pytest

from tests.bot.discord.conftest import settings
from tests.bot.discord.payloads import ADA, BORIS, buttons, refuse, too_many
from tests.bot.discord.people import Discord, discord
from tests.bot.discord.server import Fault
from tests.bot.running import BotProcess, running_bot

pytestmark = pytest.mark.slow

SEND = r"POST /channels/\d+/messages"

SETTLE_SECONDS = 1.0
"""In which what comes twice has come."""


def once(server: Discord, sent: dict[str, object]) -> dict[str, object]:
    """Return the only reply to a message."""
    answer = server.reply(sent)
    time.sleep(SETTLE_SECONDS)
    assert len(server.replies(sent)) == 1
    return answer


def read(server: Discord, picture: bytes | dict[str, object]) -> str:
    """Have Ada give a picture with /read."""
    attachment = server.attach(picture) if isinstance(picture, bytes) else picture
    resolved = {"resolved": {"attachments": {attachment["id"]: attachment}}}
    option = {"name": "picture", "type": 11, "value": attachment["id"]}
    return server.command(ADA, "read", option, data=resolved)


@pytest.mark.parametrize("how", ["dropped", "asked to reconnect"])
def test_a_photo_that_comes_while_the_connection_is_gone_is_answered(
    chat: Discord, photos: list[bytes], how: str
) -> None:
    before = chat.connections
    if how == "dropped":
        chat.accepts = False
        chat.drop()
        sent = chat.send(ADA, photos[7])
        time.sleep(0.5)
        assert chat.replies(sent) == []
        chat.accepts = True
    else:
        chat.ask_to_reconnect()
        sent = chat.send(ADA, photos[7])
    assert str(once(chat, sent)["content"]).startswith("`7`")
    assert chat.connections > before


@pytest.mark.parametrize(
    ("act", "afterwards"),
    [
        (too_many(0.5), False),
        (refuse(502, 0), False),
        (refuse(502, 0), True),
        (None, False),
        (None, True),
    ],
    ids=["429", "502", "502 after it was sent", "reset", "reset after it was sent"],
)
def test_an_answer_that_fails_is_sent_again_and_seen_once(
    chat: Discord, photos: list[bytes], act: object, afterwards: bool
) -> None:
    fault = Fault(SEND, act, times=2, afterwards=afterwards)  # type: ignore[arg-type]
    chat.faults.append(fault)
    sent = chat.send(ADA, photos[3])
    assert str(once(chat, sent)["content"]).startswith("`3`")
    chat.wait_for(lambda: fault.happened == 2)


def test_a_link_that_has_expired_is_asked_for_anew(chat: Discord, photos: list[bytes]) -> None:
    attachment = chat.attach(photos[5])
    chat.expire_links()
    sent = chat.send(ADA, attachments=[attachment])
    assert str(once(chat, sent)["content"]).startswith("`5`")
    gone = chat.attach(photos[5])
    chat.expire_links()
    said = chat.response(read(chat, gone))
    assert "could not fetch that photo" in said["content"]


def test_without_the_right_to_attach_the_words_come_alone(
    chat: Discord, photos: list[bytes]
) -> None:
    chat.faults.append(Fault(f"{SEND} multipart", refuse(403, 50013)))
    answer = once(chat, chat.send(ADA, photos[2]))
    assert str(answer["content"]).startswith("`2`") and answer["attachments"] == []
    assert buttons(answer)


def test_a_photo_of_10_mib_is_answered(chat: Discord, photos: list[bytes]) -> None:
    # What follows the end of a JPEG is not looked at.
    large = photos[6].ljust(10 * 2**20, b"\0")
    assert str(once(chat, chat.send(ADA, large))["content"]).startswith("`6`")


def test_a_bot_that_is_killed_answers_what_it_had_begun_and_what_it_missed(
    tmp_path: Path, photos: list[bytes]
) -> None:
    with discord() as server:
        with running_bot(tmp_path, **settings(server)) as bot:
            bot.wait_for("Connected to Discord")
            first = server.send(ADA, photos[1])
            server.reply(first)
            server.faults.append(Fault(r"PATCH /webhooks/.*", too_many(30)))
            begun = [server.send(ADA, photo) for photo in itertools.islice(photos, 5)]
            server.wait_for(lambda: len(server.replies(begun[0])))
            asked = read(server, photos[7])
            # The answer is held back, so that the bot dies with the command in hand.
            server.wait_for(lambda: any("PATCH /webhooks" in each for each in server.requests))
            bot.stop(signal.SIGKILL)
        missed = server.send(ADA, photos[9])
        assert server.responses[asked] == []
        with running_bot(tmp_path, **settings(server)) as bot:
            for sent in (*begun, missed):
                once(server, sent)
            assert len(server.replies(first)) == 1
            assert server.response(asked)["content"].startswith("`7`")
            assert bot.stop() == 0


def test_a_bot_waits_for_a_discord_that_is_away_when_it_starts(
    tmp_path: Path, photos: list[bytes]
) -> None:
    with discord() as server:
        server.faults.append(Fault("GET /users/@me", refuse(503, 0)))
        server.accepts = False
        with running_bot(tmp_path, **settings(server)) as bot:
            bot.wait_for("Discord cannot be heard")
            server.accepts = True
            bot.wait_for("Connected to Discord")
            assert once(server, server.send(ADA, photos[4]))
            assert "Traceback" not in bot.text


def test_a_connection_that_discord_closes_for_an_odd_reason_is_made_again(
    chat: Discord, photos: list[bytes]
) -> None:
    before = chat.connections
    chat.drop(4008)  # too many requests by the gateway
    chat.wait_for(lambda: chat.connections > before)
    time.sleep(0.5)
    sent = chat.send(ADA, photos[8])
    assert once(chat, sent)


def test_a_token_that_discord_refuses_ends_the_bot_with_a_sentence(tmp_path: Path) -> None:
    with discord() as server:
        server.faults.append(Fault("GET /users/@me", refuse(401, 0), times=9))
        with running_bot(tmp_path, **settings(server)) as bot:
            assert bot.wait() == 2
            assert "Expected DISCORD_BOT_TOKEN to be a token that" in bot.text
            assert "MTIz" not in bot.text


def test_the_language_is_that_of_the_persons_app(chat: Discord) -> None:
    asked = chat.response(chat.command(BORIS, "language", locale="de"))
    assert asked["content"] == "Welche Sprache soll ich sprechen?"
    # Discord does not tell it with a message, so the last one counts.
    assert "Handschrift" in str(chat.reply(chat.send(BORIS, content="hallo"))["content"])


def test_the_links_by_which_one_gets_the_bot_are_printed(discord_bot: BotProcess) -> None:
    server = r"server: https://discord\.com/oauth2/authorize\?\S*client_id=900"
    assert re.search(server, discord_bot.text)
    assert "integration_type=1" in discord_bot.text
