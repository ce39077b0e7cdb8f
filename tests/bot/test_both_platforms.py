"""One bot on Telegram and on Discord at once: one database, one model, one training run."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from bot.local import ADA, ADMIN
from tests.bot.discord.conftest import settings
from tests.bot.discord.people import ADMIN as DISCORD_ADMIN
from tests.bot.discord.people import BORIS, discord
from tests.bot.models import install, weak
from tests.bot.running import Chat, running_bot, telegram
from tests.bot.training_runs import TOKEN, TRAINING_SECONDS, told

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_a_correction_on_one_and_train_on_the_other_bring_a_version_to_both(
    tmp_path: Path, photos: list[bytes]
) -> None:
    # One epoch of the classic does not come near the model that ships.
    asyncio.run(install(f"sqlite:///{tmp_path}/data/inkling.sqlite3", weak(tmp_path)))
    with (
        telegram(TOKEN) as url,
        discord() as there,
        running_bot(
            tmp_path,
            **settings(there),
            TELEGRAM_BOT_TOKEN=TOKEN,
            TELEGRAM_API_URL=url,
            ADMIN_IDS=str(ADMIN),
        ) as bot,
    ):
        bot.wait_for("Asking Telegram for updates")
        bot.wait_for("Connected to Discord")
        ada, admin = Chat(url, ADA), Chat(url, ADMIN)
        # What Ada says on Telegram, an admin on Discord accepts, and trains with.
        answer = ada.ask(photos[7])
        ada.send(text="1", reply_to=answer)
        ada.wait_for(lambda said: "Thank you" in said.get("text", ""))
        page = there.response(there.command(DISCORD_ADMIN, "review"))
        there.press(DISCORD_ADMIN, page, "✓ 1")
        there.wait_for(lambda: "Nothing is waiting" in page.content)
        begun = there.response(there.command(DISCORD_ADMIN, "train", recipe="baseline", epochs=1))
        assert begun.content == "It begins. I say in our own chat how far it is."
        # The lock is one.
        assert "Root is already training baseline" in admin.say("/train baseline")["text"]

        def found(pattern: str) -> re.Match[str] | None:
            words = "\n".join(said.content for said in there.messages(DISCORD_ADMIN))
            return re.search(pattern, words)

        there.wait_for(lambda: found("with 1 accepted correction"), TRAINING_SECONDS)
        made = there.wait_for(lambda: found(r"Model version (\w+)"), TRAINING_SECONDS)[1]
        there.wait_for(lambda: found("✓ done"))
        assert any(len(said.attachments) == 3 for said in there.messages(DISCORD_ADMIN))
        # Each admin hears on the platform that they are on.
        assert made in told(admin, "Root has trained version")["text"]
        # And both platforms have it.
        on_telegram = ada.ask(photos[4])
        ada.press(on_telegram, "✓ right")
        on_discord = there.reply(there.send(BORIS, photos[5]))
        there.press(BORIS, on_discord, "✓ right")
        there.wait_for(lambda: "right" in on_discord.content)
        assert f"{made}: 2/0" in admin.say("/stats")["caption"]
        assert f"{made}: 2/0" in there.response(there.command(DISCORD_ADMIN, "stats")).content
