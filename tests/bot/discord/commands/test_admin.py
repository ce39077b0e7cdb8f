"""The commands of admins: hidden from others, refused to them, and answered to one person."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.conversation.admin.notifier import Notifier
from bot.conversation.services import Services
from bot.discord.client import DiscordClient
from bot.discord.messenger import Messenger
from bot.errors import Ending, NotDelivered
from bot.messages import texts
from bot.store import runs, versions
from bot.store.archive import pack
from bot.store.people import DISCORD, TELEGRAM, Person
from bot.store.runs import Address, Lease, RunState
from tests.bot.discord.simulated import Server, labels, serving
from tests.bot.models import variant
from tests.bot.store.samples import REQUEST, begun, version

COMMANDS = ("train", "cancel", "models", "accuracy", "review", "stats")


async def test_members_do_not_see_them_and_admins_do(services: Services) -> None:
    async with serving(services) as server:
        offered = server.ada.available_commands(server.channel)
        assert set(offered) == {"forget", "help", "language", "privacy", "read", "why"}
        assert set(COMMANDS) <= set(server.root.available_commands(server.channel))


@pytest.mark.parametrize("command", COMMANDS)
async def test_to_who_is_no_admin_of_the_bots_they_do_not_exist(
    services: Services, command: str
) -> None:
    async with serving(services) as server:
        server.admins.clear()  # then the server's own admin sees them, and is none of the bot's
        said = await server.root.slash(server.channel, command)
        assert said.response.content == texts.UNKNOWN_COMMAND and said.response.ephemeral
    assert await runs.running(services.database) is None


async def accepted(server: Server) -> None:
    """Have a correction made and accepted."""
    await server.correct(server.ada, await server.ask(), "4")
    page = await server.root.slash(server.channel, "review")
    await server.root.click(page.response, label="✓ 1")


async def test_corrections_are_reviewed_by_admins_alone(services: Services) -> None:
    async with serving(services) as server:
        for number in ("4", "5"):
            await server.correct(server.ada, await server.ask(), number)
        page = await server.root.slash(server.channel, "review")
        assert page.response.ephemeral and page.response.attachments
        assert "2 waiting" in page.response.content
        assert labels(page.response) == [
            "✓ 1", "✗ 1", "✓ 2", "✗ 2", "✓ accept all 2", "✗ reject all 2", "next page ›",
        ]  # fmt: skip
        accepted = await server.root.click(page.response, label="✓ 1")
        assert "1 waiting" in accepted.response.content
        shown = await server.root.click(page.response, label="next page ›")
        following = shown.followups[-1]
        assert "1 waiting" in following.content and following.ephemeral
        rejected = await server.root.click(following, label="✗ 1")
        assert "Nothing is waiting. 1 accepted, 1 rejected" in rejected.response.content
        assert labels(rejected.response) == []


async def test_statistics_are_said_to_the_admin_alone(services: Services) -> None:
    async with serving(services) as server:
        await server.ask()
        await services.answer_log.close()  # what waits is written
        stats = await server.root.slash(server.channel, "stats")
        assert "1 photo" in stats.response.content and stats.response.attachments
        assert stats.response.ephemeral


@pytest.mark.slow
async def test_accuracy_is_measured_now(services: Services) -> None:
    async with serving(services) as server:
        measured = await server.root.slash(server.channel, "accuracy")
        assert "of MNIST's 10,000 test images right" in measured.response.content
        assert measured.response.ephemeral


async def test_a_version_is_made_active_and_rolled_back(services: Services, tmp_path: Path) -> None:
    database, name = services.database, "0123456789"
    held = Lease((await begun(database, "here")).id, "here")
    archive = pack(variant(tmp_path / name))
    await versions.publish(database, version(name, passed=False), archive, held, 0)
    async with serving(services) as server:
        listed = await server.root.slash(server.channel, "models")
        assert "ships with the program" in listed.response.content and listed.response.ephemeral
        shown = await server.root.click(listed.response, label=f"✗ {name}")
        anyway, back = labels(shown.response)
        assert (anyway, back) == ("Activate it although it failed the gate", "‹ all versions")
        active = await server.root.click(shown.response, label=anyway)
        assert f"▶ `{name}`" in active.response.content
        assert (await versions.active(database)).version == name
        assert labels(active.response)[-1] == "Go back to the shipped version"
        await server.root.click(active.response, label="Go back to the shipped version")
        assert (await versions.active(database)).version is None


async def test_a_version_that_cannot_be_used_is_refused_with_a_reason(services: Services) -> None:
    database, name = services.database, "0123456789"
    held = Lease((await begun(database, "here")).id, "here")
    await versions.publish(database, version(name, passed=False), b"no archive", held, 0)
    async with serving(services) as server:
        listed = await server.root.slash(server.channel, "models")
        shown = await server.root.click(listed.response, label=f"✗ {name}")
        refused = await server.root.click(shown.response, label=labels(shown.response)[0])
        assert "It cannot be used" in refused.followups[-1].content
        assert refused.followups[-1].ephemeral
    assert (await versions.active(database)).version is None


async def test_a_press_of_a_button_for_admins_by_somebody_else_changes_nothing(
    services: Services,
) -> None:
    async with serving(services) as server:
        listed = await server.root.slash(server.channel, "models")
        asked = await server.root.slash(server.channel, "train")
        server.admins.clear()
        for message, label in (
            (listed.response, labels(listed.response)[-1]),
            (asked.response, "Train all the same"),
        ):
            refused = await server.root.click(message, label=label)
            assert refused.followups[-1].content == texts.NOT_YOUR_BUTTON
    assert await runs.running(services.database) is None


async def test_train_shows_its_progress_in_one_message_of_the_admins_own_chat(
    services: Services,
) -> None:
    async with serving(services) as server:
        await accepted(server)
        begun = await server.root.slash(server.channel, "train")
        assert begun.response.content == "It begins. I say in our own chat how far it is."
        assert begun.response.ephemeral
        (progress,) = server.said_in(server.root.user.dm_channel)
        assert progress.content.startswith("**Training fine-tune**")
        run = await runs.running(services.database)
        assert run is not None
        notifier = Notifier(
            Messenger(server.client), services.database, server.admins, services.languages
        )
        await notifier.show(replace(run, holder="here", phase="learning", phase_share=0.5))
        (progress,) = server.said_in(server.root.user.dm_channel)
        assert "██████" in progress.content
        # The lock is one, whoever asks where.
        again = await server.root.slash(server.channel, "train")
        assert "is already training fine-tune" in again.response.content
        stopped = await server.root.slash(server.channel, "cancel")
        assert "Stopping the training of fine-tune" in stopped.response.content
        await notifier.report(replace(run, state=RunState.FAILED, reason=Ending.DISK_FULL))
        progress, report = server.said_in(server.root.user.dm_channel)
        assert "✗ failed" in progress.content and "The disk is full" in report.content


async def test_train_asks_where_there_is_nothing_new_and_begins_when_that_is_pressed(
    services: Services,
) -> None:
    async with serving(services) as server:
        asked = await server.root.slash(server.channel, "train")
        assert labels(asked.response) == ["Train all the same"]
        begun = await server.root.click(asked.response, label="Train all the same")
        assert begun.response.content == "It begins. I say in our own chat how far it is."
        assert labels(begun.response) == []
    assert await runs.running(services.database) is not None


async def test_a_run_on_telegram_holds_the_lock_here(services: Services) -> None:
    elsewhere = replace(REQUEST, address=Address(TELEGRAM, "1"), starter="Grace")
    await runs.request(services.database, elsewhere)
    async with serving(services) as server:
        said = await server.root.slash(server.channel, "train", recipe="baseline", epochs=1)
        assert "Grace is already training baseline" in said.response.content
        assert server.said_in(server.root.user.dm_channel) == []


async def test_an_admin_whose_direct_messages_are_closed_reads_in_the_channel_what_is_no_secret(
    services: Services,
) -> None:
    async with serving(services) as server:
        own = server.root.user.dm_channel.id
        server.env.inject_error(
            "POST", f"/channels/{own}/messages", status=403, code=50007, times=None
        )
        begun = await server.root.slash(server.channel, "train", recipe="baseline")
        assert "others see that, too" in begun.response.content and begun.response.ephemeral
        (progress,) = server.said
        assert "Training baseline" in progress.content
        run = await runs.running(services.database)
        assert run is not None and run.address.chat == str(server.channel.id)
        notifier = Notifier(
            Messenger(server.client), services.database, server.admins, services.languages
        )
        learning = replace(run, holder="here", phase="learning", epoch=1, epochs=2, accuracy=0.9)
        await notifier.show(learning)
        await notifier.report(replace(learning, state=RunState.DONE, version="0123456789"))
        progress, report = server.said
        assert "epoch 1 of 2" in progress.content and "accuracy" not in progress.content
        assert "/models shows you alone" in report.content


async def test_a_run_that_can_be_shown_nowhere_begins_all_the_same(services: Services) -> None:
    async with serving(services) as server:
        server.env.inject_error("POST", "/channels/*/messages", status=403, code=50001, times=None)
        begun = await server.root.slash(server.channel, "train", recipe="baseline")
        assert "neither to you in our own chat nor here" in begun.response.content
    assert await runs.running(services.database) is not None


async def test_before_the_bot_has_logged_in_nothing_is_said_and_nothing_fails(
    services: Services,
) -> None:
    client = DiscordClient()
    with pytest.raises(NotDelivered):
        await Messenger(client).own_chat(Person(DISCORD, "5"))
    await client.close()
