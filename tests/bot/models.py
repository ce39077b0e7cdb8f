"""Model folders that are not the shipped one, made without training."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bot.store import Database, migrate, runs, versions
from bot.store.archive import pack
from bot.store.runs import Lease
from bot.store.versions import Version
from model.artifact import DEFAULT_MODEL, MANIFEST, TFLITE
from tests.bot.store.samples import begun

WEAK_VERSION = "0badbadbad"
"""What `weak` makes; a version's name is ten hexadecimal digits."""


async def install(address: str, folder: Path) -> None:
    """Make a model folder the active version of a database, which may be empty."""
    database = Database.at(address)
    await migrate(database)
    lease = Lease((await begun(database, "tests")).id, "tests")
    made = Version(
        id=folder.name,
        at=datetime.now(UTC),
        recipe="baseline",
        corrections=0,
        test_accuracy=0.9,
        test_loss=0.3,
        passed=True,
        gate="installed by a test",
    )
    number = (await versions.active(database)).number
    assert await versions.publish(database, made, pack(folder), lease, number)
    await runs.reported(database, lease.run)
    await database.close()


def weak(at: Path) -> Path:
    """A model that any training is better than: nine test images of ten right."""
    return variant(at / WEAK_VERSION, damage=0.3, test_accuracy=0.9)


def variant(at: Path, *, damage: float = 0, **figures: Any) -> Path:
    """A whole model folder: the shipped one under other figures.

    Args:
        at: where; must not exist.
        damage: which share of the LiteRT file's weights to set to 0.
        figures: of the manifest.
    """
    shutil.copytree(DEFAULT_MODEL, at)
    manifest = json.loads((at / MANIFEST).read_text()) | {"version": at.name} | figures
    if damage:
        content = _damaged((at / TFLITE).read_bytes(), damage)
        (at / TFLITE).write_bytes(content)
        manifest["files"][TFLITE] = hashlib.sha256(content).hexdigest()
    (at / MANIFEST).write_text(json.dumps(manifest))
    return at


def _damaged(content: bytes, share: float) -> bytes:
    """Set a share of a LiteRT file's weights to 0."""
    numbers = np.frombuffer(content[: len(content) // 4 * 4], "<f4").copy()
    # Read as floats, what are no weights (offsets, names) are never so many of this size in a row.
    usual = (np.abs(numbers) > 1e-4) & (np.abs(numbers) < 1)
    weights = np.flatnonzero(np.convolve(usual, np.ones(32), "same") == 32)
    hit = np.random.default_rng(0).random(len(weights)) < share
    numbers[weights[hit]] = 0
    return numbers.tobytes() + content[numbers.nbytes :]
