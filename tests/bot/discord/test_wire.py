"""What happens between Discord and the bot: nothing is lost, and nothing is answered twice."""

from __future__ import annotations

import itertools
import re
import signal
import time
from pathlib import Path

import pytest
from simcord.backend.models import Message, User

from tests.bot.discord.conftest import settings
from tests.bot.discord.people import ADA, ADMIN, BORIS, Discord, discord
from tests.bot.discord.wire import FOREVER, Fault, refuse, too_many
from tests.bot.running import BotProcess, running_bot

pytestmark = pytest.mark.slow

SEND, GATEWAY = r"POST /channels/\d+/messages", "GET /gateway"

SETTLE_SECONDS = 1.0
"""In which what comes twice has come."""


def once(server: Discord, sent: Message) -> Message:
    """Return the only reply to a message."""
    answer = server.reply(sent)
    time.sleep(SETTLE_SECONDS)
    assert len(server.replies(sent)) == 1
    return answer


def assert_that_nobody_is_mentioned(server: Discord) -> set[str]:
    """Look at everything that was said; returns by which kinds of requests."""
    ways = set()
    for asked in server.backend.http_requests:
        said = asked.json.get("data", asked.json) if isinstance(asked.json, dict) else {}
        if said and "content" in said:
            assert said["allowed_mentions"] == {"parse": []}, asked
            way = re.sub(r"/(\d+|simcord_\w+)", "", asked.path).removesuffix("/messages")
            ways.add(f"{asked.method} {way}")
    return ways


@pytest.mark.parametrize("how", ["dropped", "asked to reconnect"])
def test_a_photo_that_comes_while_the_connection_is_gone_is_answered(
    chat: Discord, photos: list[bytes], how: str
) -> None:
    before = chat.connections
    if how == "dropped":
        gone = Fault(GATEWAY, refuse(503), times=FOREVER)
        chat.faults.append(gone)
        chat.drop()
        sent = chat.send(ADA, photos[7])
        time.sleep(0.5)
        assert chat.replies(sent) == []
        gone.times = 0
    else:
        chat.ask_to_reconnect()
        sent = chat.send(ADA, photos[7])
    assert once(chat, sent).content.startswith("`7`")
    assert chat.connections > before


@pytest.mark.parametrize(
    ("act", "afterwards"),
    [
        (too_many(0.5), False),
        (refuse(502), False),
        (refuse(502), True),
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
    assert once(chat, sent).content.startswith("`3`")
    chat.wait_for(lambda: fault.happened == 2)


def test_a_link_that_has_expired_is_asked_for_anew(chat: Discord, photos: list[bytes]) -> None:
    chat.links_expire = True
    assert once(chat, chat.send(ADA, photos[5])).content.startswith("`5`")
    # What is given with a command stands in no message.
    said = chat.response(chat.command(ADA, "read", picture=photos[5]))
    assert "could not fetch that photo" in said.content
    chat.links_expire = False


def test_without_the_right_to_attach_the_words_come_alone(
    chat: Discord, photos: list[bytes]
) -> None:
    chat.faults.append(Fault(f"{SEND} multipart", refuse(403, 50013)))
    answer = once(chat, chat.send(ADA, photos[2]))
    assert answer.content.startswith("`2`") and answer.attachments == []
    assert answer.components


def test_a_photo_of_10_mib_is_answered(chat: Discord, photos: list[bytes]) -> None:
    # What follows the end of a JPEG is not looked at.
    large = photos[6].ljust(10 * 2**20, b"\0")
    assert once(chat, chat.send(ADA, large)).content.startswith("`6`")


def test_a_bot_that_is_killed_answers_what_it_had_begun_and_what_it_missed(
    tmp_path: Path, photos: list[bytes]
) -> None:
    with discord() as server:
        with running_bot(tmp_path, **settings(server)) as bot:
            bot.wait_for("Connected to Discord")
            first = server.send(ADA, photos[1])
            server.reply(first)
            held = Fault("PATCH /webhooks/", too_many(30))
            server.faults.append(held)
            begun = [server.send(ADA, photo) for photo in itertools.islice(photos, 5)]
            server.wait_for(lambda: len(server.replies(begun[0])))
            asked = server.command(ADA, "read", picture=photos[7])
            # The answer is held back, so that the bot dies with the command in hand.
            server.wait_for(lambda: held.happened)
            bot.stop(signal.SIGKILL)
        missed = server.send(ADA, photos[9])
        assert asked.loading
        with running_bot(tmp_path, **settings(server)) as bot:
            for sent in (*begun, missed):
                once(server, sent)
            assert len(server.replies(first)) == 1
            assert server.response(asked).content.startswith("`7`")
            assert_that_nobody_is_mentioned(server)
            assert bot.stop() == 0


def test_a_bot_waits_for_a_discord_that_is_away_when_it_starts(
    tmp_path: Path, photos: list[bytes]
) -> None:
    with discord() as server:
        gone = Fault(GATEWAY, refuse(503), times=FOREVER)
        server.faults = [gone, Fault("GET /users/@me", refuse(503))]
        with running_bot(tmp_path, **settings(server)) as bot:
            bot.wait_for("Discord cannot be heard")
            gone.times = 0
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
        server.faults.append(Fault("GET /users/@me", refuse(401), times=9))
        with running_bot(tmp_path, **settings(server)) as bot:
            assert bot.wait() == 2
            assert "Expected DISCORD_BOT_TOKEN to be a token that" in bot.text
            assert "MTIz" not in bot.text


def test_the_language_is_that_of_the_persons_app(chat: Discord) -> None:
    asked = chat.response(chat.command(BORIS, "language", locale="de"))
    assert asked.content == "Welche Sprache soll ich sprechen?"
    # Discord does not tell it with a message, so the last one counts.
    assert "Handschrift" in chat.reply(chat.send(BORIS, content="hallo")).content


def test_the_links_by_which_one_gets_the_bot_are_printed(
    server: Discord, discord_bot: BotProcess
) -> None:
    application = server.backend.application_id
    link = rf"server: https://discord\.com/oauth2/authorize\?\S*client_id={application}\b"
    assert re.search(link, discord_bot.text)
    assert "integration_type=1" in discord_bot.text


def test_nothing_that_the_bot_says_mentions_anybody(chat: Discord, photos: list[bytes]) -> None:
    chat.backend.users[ADMIN] = User(ADMIN, f"@everyone <@{BORIS}>")
    answer = chat.reply(chat.send(ADA, photos[4]))
    chat.reply(chat.send(ADA, content="5", to=answer))
    chat.wait_for(lambda: "`5`" in answer.content)
    chat.response(chat.command(ADA, "read", picture=photos[4]))
    begun = chat.response(chat.command(ADMIN, "train", recipe="baseline"))
    assert begun.content == "It begins. I say in our own chat how far it is."
    again = chat.response(chat.command(ADMIN, "train", recipe="baseline"))
    assert again.content.startswith("@everyone") and not again.mention_everyone
    chat.command(ADMIN, "cancel")
    chat.wait_for(lambda: any("✗" in said.content for said in chat.messages(ADMIN)))
    asked = chat.response(chat.command(ADA, "forget"))
    chat.press(ADA, asked, "Yes, delete it")
    chat.wait_for(lambda: "I have deleted" in asked.content)
    gone = chat.press(ADA, answer, "✓ right")
    chat.wait_for(lambda: gone.followup_ids)
    gone = chat.press(ADA, answer, "✗ wrong")
    chat.wait_for(lambda: gone.message_id)
    ways = assert_that_nobody_is_mentioned(chat)
    assert ways == {
        "POST /channels",  # in reply to a message, and to an admin in their own chat
        "PATCH /channels",  # an answer that was corrected, and the progress of a run
        "PATCH /webhooks/messages/@original",  # the answer to a command
        "POST /webhooks",  # something more about a press
        "POST /interactions/callback",  # what is said instead of a form
    }
