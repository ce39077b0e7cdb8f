"""A few odd inputs of each kind; `python -m tests.chaos.fuzz` tries tens of thousands."""

from __future__ import annotations

import pytest

from tests.chaos.fuzz.__main__ import fuzz
from tests.chaos.fuzz.targets import TARGETS

INPUTS = 10
"""For each target."""


@pytest.mark.parametrize(
    "name",
    [
        # A whole picture takes longer than a damaged file.
        pytest.param(name, marks=[pytest.mark.slow] if name == "pictures" else [])
        for name in TARGETS
    ],
)
def test_odd_inputs_do_no_harm(name: str) -> None:
    fuzz(TARGETS[name], INPUTS)
