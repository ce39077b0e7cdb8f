"""Answers, whatever the bot may do in a channel."""

from __future__ import annotations

import logging

import pytest

from bot.conversation.services import Services
from tests.bot.discord.simulated import PHOTO, Server, labels, serving
from tests.bot.fakes import until


def refuse(server: Server, code: int, *, status: int = 403) -> None:
    """Let Discord refuse the next message in the server's channel."""
    path = f"/channels/{server.channel.id}/messages"
    server.env.inject_error("POST", path, status=status, code=code, times=1)


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


async def test_where_it_may_not_write_nothing_waits_and_others_are_answered(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with serving(services) as server:
        refuse(server, 50001)
        await server.ada.send(server.channel, f"{server.mention} hello")
        await until(lambda: "the bot may not write there" in caplog.text)
        assert server.said == []
        assert await server.client.inbox.memory.kept() == []
        assert (await server.ask_alone(server.ada.user, PHOTO)).content.startswith("`7`")
