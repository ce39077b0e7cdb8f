"""Answers and versions to fill a database with."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from bot.store.answers import Answered, new_id
from bot.store.versions import Version
from model.types import Box, Digit, Reading

ANNA, BORIS, ADMIN = 1001, 1002, 9001


def digit(label: int, confidence: float = 0.9, seed: int = 0) -> Digit:
    """A digit whose glyph depends on the label and the seed."""
    ink = np.random.default_rng([label, seed]).integers(0, 256, (28, 28), np.uint8)
    probabilities = np.full(10, (1 - confidence) / 9, np.float32)
    probabilities[label] = confidence
    return Digit(ink, probabilities, Box(0, 0, 10, 20))


def answered(*digits: Digit, user: int = ANNA, version: str = "v1", ms: float = 12.0) -> Answered:
    """One photo with these digits, answered."""
    return Answered(new_id(), user, version, Reading(digits), ms)


def version(name: str = "v2", *, passed: bool = True) -> Version:
    """A version's figures."""
    return Version(name, datetime.now(UTC), "baseline", 3, 0.976, 0.08, passed, "all is well")
