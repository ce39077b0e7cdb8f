"""The colours of everything that is drawn for the chat.

A picture has a background of its own, so it is legible whether the chat around it is light or dark.
"""

PAPER = "#fbfaf7"
"""The background."""

TEXT = "#1d2530"
"""What is to be read first."""

FAINT = "#79828f"
"""What is to be read second."""

TRACK = "#e9e7e1"
"""The whole length of a bar, behind it."""

BAR = "#b3bac4"
"""A bar that stands for no verdict."""

COUNT = "#5b7fa6"
"""A bar that counts something."""

GOOD = "#147d64"
"""What is certain, or right."""

BAD = "#c05621"
"""What is uncertain, or wrong, or to be looked at twice."""

BOARD = "#10161f"
"""Behind a glyph."""

CHALK = "#ffffff"
"""A glyph's ink."""
