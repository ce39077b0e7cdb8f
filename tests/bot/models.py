"""Model folders that are not the shipped one, made without training."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from model.folder import DEFAULT_MODEL, MANIFEST, TFLITE


def variant(at: Path, *, damage: float = 0, **figures: Any) -> Path:
    """A whole model folder: the shipped one under other figures.

    Args:
        at: where; must not exist.
        damage: which share of the LiteRT file's weights to set to 0.
        figures: of the manifest.
    """
    shutil.copytree(DEFAULT_MODEL, at)
    file = at / TFLITE
    content = file.read_bytes()
    numbers = np.frombuffer(content[: len(content) // 4 * 4], "<f4").copy()
    # Read as a float, what is no weight (an offset, a name) is hardly ever of this size.
    weights = np.flatnonzero((np.abs(numbers) > 1e-4) & (np.abs(numbers) < 1))
    hit = np.random.default_rng(0).random(len(weights)) < damage
    numbers[weights[hit]] = 0
    content = numbers.tobytes() + content[numbers.nbytes :]
    file.write_bytes(content)
    manifest = json.loads((at / MANIFEST).read_text())
    manifest |= {"version": at.name} | figures
    manifest["files"][TFLITE] = hashlib.sha256(content).hexdigest()
    (at / MANIFEST).write_text(json.dumps(manifest))
    return at
