"""A few hundred accepted corrections with wrong labels: the gate holds."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from bot.local import ADMIN
from bot.store import Database, answers, corrections, migrate, versions
from bot.store.answers import Answered, new_id
from bot.store.corrections import State
from model.datasets import mnist
from model.types import Box, Digit, Reading
from tests.bot.running import Chat, labels, running_bot
from tests.bot.store.samples import person
from tests.bot.training_runs import TRAINING_SECONDS, told

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

POISON = 300

MALLORY = person(666)


async def poison(address: str) -> None:
    """Corrections that say of every clearly written digit that it is the next one, accepted."""
    database = Database.at(address)
    await migrate(database)
    examples = mnist.training_set()
    for glyph, label in zip(examples.glyphs[:POISON], examples.labels[:POISON], strict=True):
        probabilities = np.full(10, 0.001, np.float32)
        probabilities[label] = 0.991
        digit = Digit(glyph, probabilities, Box(0, 0, 28, 28))
        answer = Answered(new_id(), MALLORY, "v", Reading((digit,)), 1.0)
        await answers.keep(database, answer)
        await corrections.submit(database, answer.id, 0, MALLORY, (int(label) + 1) % 10)
    waiting = await corrections.waiting(database, POISON)
    assert len(waiting) == POISON
    await corrections.decide(database, [c.id for c in waiting], State.ACCEPTED, person(ADMIN))
    await database.close()


async def active(address: str) -> str | None:
    database = Database.at(address)
    version = (await versions.active(database)).version
    await database.close()
    return version


def test_wrong_labels_do_not_reach_the_model_that_serves(
    tmp_path: Path, photos: list[bytes]
) -> None:
    address = f"sqlite:///{tmp_path}/data/inkling.sqlite3"
    asyncio.run(poison(address))
    with running_bot(tmp_path, PORT="0") as bot:
        admin = Chat(bot.url, ADMIN)
        admin.say("/train")
        result = told(admin, "Model version", 5 * TRAINING_SECONDS)["text"]
        assert "failed the gate" in result
        assert "✗ MNIST test images: worse than chance explains" in result
        made = result.split()[2]
        assert "/models can activate it all the same" in result
        assert asyncio.run(active(address)) is None
        for digit, photo in enumerate(photos):
            assert admin.ask(photo)["caption"].startswith(str(digit))
        # Kept, and an admin may choose it all the same, by a button that says what it is.
        listed = admin.say("/models")
        admin.press(listed, f"m:s:{made}")
        anyway = "Activate it although it failed the gate"
        shown = admin.wait_for(lambda message: anyway in labels(message))
        assert asyncio.run(active(address)) is None
        assert "reads photos" in admin.press(shown, anyway)
        assert asyncio.run(active(address)) == made
