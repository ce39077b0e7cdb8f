"""The colours that plots, contact sheets and the pictures of the chat have in common.

A picture has a background of its own, so it is legible whether what is around it is light or dark.
The colours of verdicts and of series differ in brightness too, so that people who do not see
colours can tell them apart.
"""

PAPER = "#fbfaf7"
"""The background."""

TEXT = "#1d2530"
"""What is to be read first."""

FAINT = "#79828f"
"""What is to be read second."""

GOOD = "#147d64"
"""What is certain, or right."""

BAD = "#c05621"
"""What is uncertain, or wrong, or to be looked at twice."""

BOARD = "#10161f"
"""The ground of a glyph, and what a picture that is not square leaves of its place."""

CHALK = "#ffffff"
"""The ink of a glyph."""

MAIN_SERIES = "#1b4f8a"
"""The curve or the marks that a plot is about."""

OTHER_SERIES = "#c8553d"
"""The curve or the marks that the main ones are compared with."""

GRID = "#e6e8eb"
"""The lines of a grid, fainter than anything that is drawn on it."""
