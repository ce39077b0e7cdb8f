"""Model folders that are not the shipped one, made without training."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from model.folder import DEFAULT_MODEL, MANIFEST, TFLITE


def variant(at: Path, *, damage: float = 0, **figures: Any) -> Path:
    """A whole model folder: the shipped one under other figures.

    Args:
        at: where; must not exist.
        damage: which share of the LiteRT file to wipe out, in its middle, where weights are.
        figures: of the manifest.
    """
    shutil.copytree(DEFAULT_MODEL, at)
    file = at / TFLITE
    content = bytearray(file.read_bytes())
    wiped = int(len(content) * damage)
    start = (len(content) - wiped) // 2
    content[start : start + wiped] = bytes(wiped)
    file.write_bytes(content)
    manifest = json.loads((at / MANIFEST).read_text())
    manifest |= {"version": at.name} | figures
    manifest["files"][TFLITE] = hashlib.sha256(content).hexdigest()
    (at / MANIFEST).write_text(json.dumps(manifest))
    return at
