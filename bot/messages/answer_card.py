"""The answer card: what the model saw beside what it thinks of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from bot.messages.language import gettext, language_in_pictures, speaking
from bot.messages.palette import BAR, TRACK
from bot.messages.sheet import CARD_WIDTH, MORE_HEIGHT, Sheet, Style, boxed_photo
from bot.messages.texts import SURE_CONFIDENCE, percent, shortened
from model.recognition.decoding.decode import DecodedPhoto
from model.recognition.palette import BAD, FAINT, GOOD, TEXT
from model.types import Digit, Reading

CARD_MARGIN = 36
"""Pixels of paper around everything: about as much as the smallest words are tall."""

MAX_SHOWN_DIGITS = 40
"""Digits that a card shows, ten rows of four, as many as one can correct; what follows is counted
in words."""

COLUMNS = 4
"""Digits beside each other: with four, a bar, its label and its percentage have room in the width
of one, and a year or a price stays in one row."""

COLUMN_GAP = 26
"""Pixels between two digits beside each other."""

MAX_LARGE_DIGITS = 8
"""Digits whose glyphs fill their column. More are drawn smaller, so that the card stays short."""

SMALL_GLYPH_SIZE = 112
"""Pixels of the side of such a glyph, four for each of its own."""

MAX_BARS = 3
"""Probabilities that are drawn of each of several digits, the highest. The others are next to
nothing nearly always, and ten labelled bars have no room on a phone."""

MIN_SHOWN_PROBABILITY = 0.01
"""Probability from which a bar is drawn that is not the highest."""

BAR_STEP = 36
"""Pixels from one bar to the next."""

LABEL_WIDTH = 30
"""Pixels to the left of a bar, for its label."""

PERCENT_WIDTH = 84
"""Pixels to the right of a bar, for its percentage."""

BLOCK_GAP = 22
"""Pixels below a row of digits."""

HEADING_HEIGHT = 56
"""Pixels of the number above its digits."""

MAX_HEADING_LENGTH = 30
"""Characters of that number that fit into the width."""

GLYPH_GAP = 12
"""Pixels between a glyph and its bars."""

MIN_BAR_LENGTH = 2.0
"""Pixels of a bar whose probability is next to nothing, so that one sees that there is a bar."""


def answer_card(reading: Reading, photo: DecodedPhoto | None = None) -> bytes:
    """Draw the card of a reading that has digits.

    Args:
        reading: what was read.
        photo: in which it was read; several digits are shown in it.

    Returns:
        A PNG file.

    Raises:
        ValueError: the reading has no digits.
    """
    if not reading.digits:
        raise ValueError("Expected a reading with digits. Received a refusal.")
    with speaking(language_in_pictures()):
        if len(reading.digits) == 1:
            return _card_of_one(reading.digits[0])
        return _card_of_several(reading, photo)


def _card_of_one(digit: Digit) -> bytes:
    tile, row = 336, 42
    sheet = Sheet(2 * CARD_MARGIN + 10 * row)
    sheet.glyph(digit.glyph, (CARD_MARGIN, CARD_MARGIN), tile)
    sheet.text((CARD_MARGIN, CARD_MARGIN + tile + 50), gettext("what I saw"), Style(30, FAINT))
    left, right = CARD_MARGIN + tile + 84, CARD_WIDTH - CARD_MARGIN - 96
    for label, probability in enumerate(digit.probabilities.tolist()):
        middle = CARD_MARGIN + (label + 0.5) * row
        top, bottom = middle - 13, middle + 13
        chosen = label == digit.label
        name = Style(32, TEXT if chosen else FAINT, bold=chosen)
        value = Style(30, _shade(digit) if chosen else FAINT, bold=chosen)
        sheet.text((left - 40, middle), str(label), name)
        sheet.bar((left, top, right, bottom), TRACK)
        end = left + max(probability * (right - left), MIN_BAR_LENGTH)
        sheet.bar((left, top, end, bottom), _shade(digit) if chosen else BAR)
        if chosen or probability >= 0.01:
            sheet.text((right + 12, middle), percent(probability), value)
    return sheet.png()


def _card_of_several(reading: Reading, photo: DecodedPhoto | None) -> bytes:
    """Draw the photo with a box around each digit; below, each digit line by line."""
    digits = reading.digits[:MAX_SHOWN_DIGITS]
    columns = max(3, min(len(digits), COLUMNS))
    tile = (CARD_WIDTH - 2 * CARD_MARGIN - (columns - 1) * COLUMN_GAP) // columns
    blocks = _blocks(reading, digits)
    size = tile if len(digits) <= MAX_LARGE_DIGITS else SMALL_GLYPH_SIZE
    picture = None if photo is None else boxed_photo(photo, [digit.box for digit in digits])
    above = CARD_MARGIN if picture is None else picture.height + CARD_MARGIN
    more = len(reading.digits) - len(digits)
    heights = [block.height(size) for block in blocks]
    sheet = Sheet(above + sum(heights) + (MORE_HEIGHT if more else 0) + CARD_MARGIN // 2)
    if picture is not None:
        sheet.boxed_photo(
            picture, [str(digit.label) for digit in digits], [_shade(digit) for digit in digits]
        )
    top = above
    for block, height in zip(blocks, heights, strict=True):
        _draw_block(sheet, block, top, (tile, size))
        top += height
    if more:
        sheet.count_more((CARD_MARGIN, top + MORE_HEIGHT / 2), more, size=30)
    return sheet.png()


class Block(NamedTuple):
    """Digits beside each other; above them the number that they belong to, if it is not clear."""

    heading: str
    digits: Sequence[Digit]

    @property
    def bars(self) -> int:
        """How many of its bars stand below each other."""
        return max(len(_likely_labels(digit)) for digit in self.digits)

    def height(self, glyph_size: int) -> int:
        """Return the pixels that it takes."""
        heading = HEADING_HEIGHT if self.heading else 0
        return heading + glyph_size + GLYPH_GAP + self.bars * BAR_STEP + BLOCK_GAP


def _blocks(reading: Reading, digits: Sequence[Digit]) -> list[Block]:
    """Put the digits of each line of the page beside each other, in rows of about equal length."""
    written = reading.written.split("\n")
    lines = [list(line) for _, line in groupby(digits, key=lambda digit: digit.line)]
    headed = len(written) > 1 or written != [reading.text]
    blocks = []
    for number, line in zip(written, lines, strict=False):
        length = math.ceil(len(line) / math.ceil(len(line) / COLUMNS))
        blocks += [
            Block(number if headed and start == 0 else "", line[start : start + length])
            for start in range(0, len(line), length)
        ]
    return blocks


def _draw_block(sheet: Sheet, block: Block, top: int, sizes: tuple[int, int]) -> None:
    """Draw digits beside each other; `sizes` are the width of a column and that of a glyph."""
    width, size = sizes
    if block.heading:
        words = shortened(block.heading, MAX_HEADING_LENGTH)
        sheet.text((CARD_MARGIN, top + 22), words, Style(40, TEXT, bold=True))
        top += HEADING_HEIGHT
    for column, digit in enumerate(block.digits):
        left = CARD_MARGIN + column * (width + COLUMN_GAP)
        sheet.glyph(digit.glyph, (left, top), size)
        for row, label in enumerate(_likely_labels(digit)):
            middle = top + size + GLYPH_GAP + (row + 0.5) * BAR_STEP
            _draw_bar(sheet, digit, label, (left, middle), width)


def _draw_bar(
    sheet: Sheet, digit: Digit, label: int, corner: tuple[float, float], width: int
) -> None:
    """Draw one probability of a digit: what it would be, a bar, and the percentage."""
    left, middle = corner
    chosen = label == digit.label
    name = Style(32, TEXT if chosen else FAINT, bold=chosen)
    value = Style(24, _shade(digit) if chosen else FAINT, right=True)
    probability = float(digit.probabilities[label])
    sheet.text((left, middle), str(label), name)
    start, end = left + LABEL_WIDTH, left + width - PERCENT_WIDTH
    sheet.bar((start, middle - 8, end, middle + 8), TRACK)
    filled = start + max(probability * (end - start), MIN_BAR_LENGTH)
    sheet.bar((start, middle - 8, filled, middle + 8), _shade(digit) if chosen else BAR)
    sheet.text((left + width, middle), percent(probability), value)


def _likely_labels(digit: Digit) -> list[int]:
    """Return what a digit is, and what else it may be, the most probable first."""
    labels = [int(label) for label in digit.probabilities.argsort()[::-1][:MAX_BARS]]
    return [
        label
        for label in labels
        if label == digit.label or digit.probabilities[label] >= MIN_SHOWN_PROBABILITY
    ]


def _shade(digit: Digit) -> str:
    return GOOD if digit.confidence >= SURE_CONFIDENCE else BAD
