"""Answers, whatever the bot may do in a channel."""

from __future__ import annotations

import logging

import pytest

from bot.conversation.services import Services
from tests.bot.discord.simulated import PHOTO, Server, labels, serving
from tests.bot.fakes import until


def refuse(server: Server, code: int, *, status: int = 403, times: int = 1) -> None:
    """Let Discord refuse the next messages in the server's channel."""
    path = f"/channels/{server.channel.id}/messages"
    server.env.inject_error("POST", path, status=status, code=code, times=times)


async def test_where_the_bot_sees_no_history_it_answers_without_showing_to_what(
    services: Services,
) -> None:
    async with serving(services) as server:
        refuse(server, 160002, status=400)
        answer = await server.ask()
        assert answer.content.startswith("`7`") and answer.attachments
        assert answer.reference is None


async def test_where_it_may_not_attach_the_words_come_alone(services: Services) -> None:
    async with serving(services) as server:
        refuse(server, 50013)
        answer = await server.ask()
        assert answer.content.startswith("`7`") and answer.attachments == []
        assert labels(answer) == ["✓ right", "✗ wrong", "why?"]
        assert answer.reference is not None


async def test_where_it_may_not_write_it_answers_in_the_persons_own_chat(
    services: Services,
) -> None:
    async with serving(services) as server:
        refuse(server, 50013, times=2)
        await server.ada.send(server.channel, server.mention, attachments=[PHOTO])
        own = server.ada.user.dm_channel
        await until(lambda: len(server.said_in(own)) == 2)
        why, answer = server.said_in(own)
        assert why.content.startswith("I may not write where you asked me")
        assert answer.content.startswith("`7`") and answer.attachments
        pressed = await server.ada.user.click(answer, label="✓ right")
        assert "right" in pressed.response.content
        assert server.said == []


async def test_where_it_may_write_nowhere_nothing_waits_and_others_are_answered(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with serving(services) as server:
        refuse(server, 50001)
        own = server.ada.user.dm_channel.id
        server.env.inject_error("POST", f"/channels/{own}/messages", status=403, code=50007)
        await server.ada.send(server.channel, f"{server.mention} hello")
        await until(lambda: "the bot may not write there" in caplog.text)
        assert await server.client.inbox.memory.kept() == []
        assert (await server.ask()).content.startswith("`7`")


async def test_a_message_that_is_gone_meanwhile_is_answered_all_the_same(
    services: Services,
) -> None:
    async with serving(services) as server:
        await server.ask()
        replies = [asked.json for asked in server.env.http_requests if "/messages" in asked.path]
        assert replies[-1]["message_reference"]["fail_if_not_exists"] is False
