"""Boxes as components of ink have them, at random."""

from __future__ import annotations

from hypothesis import strategies as st

from model.types import Box

BOXES = st.lists(
    st.builds(
        Box,
        x=st.integers(0, 120),
        y=st.integers(0, 80),
        width=st.integers(1, 40),
        height=st.integers(1, 40),
    ),
    max_size=12,
)
