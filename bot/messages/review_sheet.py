"""The review sheet: waiting corrections as a person can judge them at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages.language import gettext, language_in_pictures, speaking
from bot.messages.texts import digit_text, percent
from bot.store.corrections import Correction
from model.recognition.palette import BAD, FAINT, TEXT
from model.types import NOT_A_DIGIT

if TYPE_CHECKING:
    from bot.messages.sheet import Sheet

CORRECTIONS_PER_PAGE = 10
"""Five rows of two: a picture that a phone shows in its whole width. Each has two buttons, and
Discord allows 25 under a message."""

COLUMNS = 2
"""Corrections beside each other: the words of each have half the width."""

MARGIN = 36
"""Pixels of paper around everything."""

GLYPH_SIZE = 112
"""Pixels of the side of a glyph, four for each of its own."""

ROW_HEIGHT = 160
"""Pixels of a row: a glyph and some paper below it."""

WORDS_GAP = 18
"""Pixels between a glyph and its words, and between those and what follows."""

LINE_HEIGHT = 1.4
"""From one line of words to the next, as a share of the words' height."""

MIN_SUSPICIOUS_CONFIDENCE = 0.95
"""A person who contradicts the model at this confidence is more often wrong than it is."""


def suspicious(correction: Correction) -> bool:
    """Tell whether an admin should look twice."""
    return correction.confidence >= MIN_SUSPICIOUS_CONFIDENCE or correction.standing.often_wrong


def review_sheet(page: tuple[Correction, ...]) -> bytes:
    """Draw a page of corrections as a PNG; what stands out has a frame, and says why."""
    with speaking(language_in_pictures()):
        return _drawn(page)


def _drawn(page: tuple[Correction, ...]) -> bytes:
    # The bot itself draws only for admins. Matplotlib takes 70 MB, and a second at start.
    from bot.messages.sheet import CARD_WIDTH, Sheet  # noqa: PLC0415

    rows = -(-len(page) // COLUMNS)
    sheet = Sheet(MARGIN + rows * ROW_HEIGHT)
    width = (CARD_WIDTH - MARGIN) // COLUMNS
    for place, correction in enumerate(page):
        row, column = divmod(place, COLUMNS)
        corner = MARGIN + column * width, MARGIN + row * ROW_HEIGHT
        _draw_correction(sheet, place + 1, correction, corner, width)
    return sheet.png()


def _draw_correction(
    sheet: Sheet, number: int, correction: Correction, corner: tuple[int, int], width: int
) -> None:
    """Draw a glyph; beside it what was read, what it is said to be, and how to take that."""
    from bot.messages.sheet import Style  # noqa: PLC0415 - as in `_drawn`

    left, top = corner
    sheet.glyph(correction.glyph, corner, GLYPH_SIZE)
    stands_out = suspicious(correction)
    if stands_out:
        sheet.frame((left, top, left + GLYPH_SIZE, top + GLYPH_SIZE), BAD)
    heading = f"{number}. {digit_text(correction.read)} → {digit_text(correction.said)}"
    quiet = Style(22, BAD if stands_out else FAINT)
    between = (ROW_HEIGHT - GLYPH_SIZE) / 2
    sheet.column(
        (
            left + GLYPH_SIZE + WORDS_GAP,
            top - between,
            left + width - WORDS_GAP,
            top + GLYPH_SIZE + between,
        ),
        [(heading, Style(28, TEXT, bold=True)), *((words, quiet) for words in remarks(correction))],
        LINE_HEIGHT,
    )


def remarks(correction: Correction) -> list[str]:
    """Say how sure the model was, who contradicts it, and why to look twice: at most 3 lines."""
    standing = correction.standing
    judged = standing.accepted + standing.rejected
    lines = [
        # What was refused has no confidence.
        gettext("was refused")
        if correction.read == NOT_A_DIGIT
        else gettext("{percent} sure", percent=percent(correction.confidence)),
        gettext("by {person}", person=correction.giver),
    ]
    if judged:
        rejected = standing.rejected
        lines.append(gettext("{rejected} of {judged} rejected", rejected=rejected, judged=judged))
    return lines
