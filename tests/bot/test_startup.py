"""What the bot's processes do without, so that they start quickly and stay small."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

import pytest

ANSWERING = (
    "bot.__main__",
    "bot.app.worker",
    "bot.app.telegram",
)

READING = ("bot.serving.reading.worker",)

UNUSED = {
    ANSWERING: (
        "ai_edge_litert",
        "alembic",
        "cv2",
        "discord",
        "fastapi",
        "matplotlib",
        "sqlalchemy.dialects.postgresql",
        "tensorflow",
    ),
    READING: ("asyncio", "matplotlib.figure", "sqlalchemy", "telegram", "tensorflow"),
}
"""What each process is made of; packages that are for another one, or for another time."""


@pytest.mark.parametrize(("modules", "unused"), UNUSED.items(), ids=["answering", "reading"])
def test_a_process_that_starts_imports_nothing_that_only_others_need(
    modules: Sequence[str], unused: Sequence[str]
) -> None:
    program = (
        f"import json, sys, {', '.join(modules)}\n"
        f"print(json.dumps([name for name in {unused!r} if name in sys.modules]))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert json.loads(found.stdout) == []
