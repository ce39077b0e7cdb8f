"""What the bot's own process does without, so that it starts quickly and stays small."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = ("ai_edge_litert", "alembic", "cv2", "matplotlib", "tensorflow")
"""Packages for reading, drawing, training and migrating: each has a time and a place of its own."""

IMPORT_ALL = f"""
import json, sys
import bot.app
print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))
"""


def test_a_bot_that_starts_imports_nothing_that_only_reading_or_drawing_needs() -> None:
    found = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL], check=True, capture_output=True, text=True
    )
    assert json.loads(found.stdout) == []
