"""Why a photo was read as it was: in words, and in a picture of what was found where.

It is for the person who asks. Thresholds, scores and every hypothesis are in
`python -m model explain`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.messages import texts
from bot.messages.language import gettext, html, language_in_pictures, nhtml, speaking
from bot.messages.sheet import CARD_WIDTH, MORE_HEIGHT, Sheet, Style, boxed_photo, whole_photo
from bot.messages.texts import SURE_CONFIDENCE, percent, second_choice, shortened
from model.recognition.coordinates import original_box
from model.recognition.palette import BAD, FAINT, GOOD, TEXT
from model.recognition.recognizer import Examination
from model.types import Digit, Refusal

MARGIN = 36
"""Pixels of paper around everything."""

GLYPH_SIZE = 112
"""Pixels of the side of a glyph, four for each of its own."""

ROW_HEIGHT = 138
"""Pixels of a row: a glyph and some paper below it."""

COLUMNS = 2
"""Signs beside each other: the words of each have half the width."""

COLUMN_WIDTH = (CARD_WIDTH - MARGIN) // COLUMNS
"""Pixels from one sign to that beside it."""

WORDS_GAP = 18
"""Pixels between a glyph and its words, and between those and what follows."""

MAX_SIGNS = 40
"""Signs that are shown, twenty rows of two; what follows is counted in words."""

MAX_LINES = 8
"""Lines of a page that are said in words."""

MAX_LINE_LENGTH = 60
"""Characters of such a line."""

MIN_SECOND_PROBABILITY = 0.01
"""Probability from which a second choice is named."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that was found in a photo and compared with digits.

    Attributes:
        digit: its glyph, where it stands, and what it looks like.
        is_read: whether it was answered.
    """

    digit: Digit
    is_read: bool

    @property
    def colour(self) -> str:
        """The colour of its box and of its words."""
        sure = self.is_read and self.digit.confidence >= SURE_CONFIDENCE
        return GOOD if sure else BAD


def signs_in(examined: Examination, refusal_threshold: float) -> list[Sign]:
    """Return all that was found in a photo and compared with digits, in reading order.

    Args:
        examined: the photo.
        refusal_threshold: the digit score below which a glyph is no digit.
    """
    best = examined.best
    if best is None:
        return []
    found = zip(best.path.candidates, *best.evidence, strict=True)
    return [
        Sign(
            Digit(
                candidate.glyph,
                probabilities,
                original_box(candidate.box, best.segmentation, best.picture),
            ),
            bool(examined.reading.digits) and score >= refusal_threshold,
        )
        for candidate, probabilities, score in found
    ]


def why_text(examined: Examination, signs: Sequence[Sign]) -> Markup:
    """Say in words how a photo was read, or why it was not."""
    reading = examined.reading
    if not signs:
        refusal = html(texts.REFUSALS[reading.refusal or Refusal.NO_INK])
        return html("I looked for pen strokes and found none to read.\n{why}", why=refusal)
    found = nhtml(
        "I found {count} sign in the photo that might be a digit.",
        "I found {count} signs in the photo that might be digits.",
        len(signs),
    )
    compared = html("I compared each with the digits from 0 to 9; the picture shows the result.")
    if not reading.digits:
        doubt = html(
            "Nothing looks so much like a digit that I would answer. If there is a digit, "
            "press “but it is a digit” under my answer."
        )
        why = reading.refusal or Refusal.UNSURE
        # Where no digit is sure, `doubt` says so in its own words.
        reason = [] if why is Refusal.UNSURE else [html(texts.REFUSALS[why])]
        return Markup("\n").join([*reason, found, compared, doubt])
    read = html("Line by line, from left to right, that is {number}.", number=_numbers(examined))
    left_out = sum(not sign.is_read for sign in signs)
    parts = [found, compared, read]
    if left_out:
        parts.append(
            nhtml(
                "I left {count} of them out, because it hardly looks like a digit.",
                "I left {count} of them out, because they hardly look like digits.",
                left_out,
            )
        )
    return Markup("\n").join(parts)


def why_picture(examined: Examination, signs: Sequence[Sign]) -> bytes:
    """Draw the photo with a number at each sign, and below what each of them looks like.

    Returns:
        a PNG file.
    """
    with speaking(language_in_pictures()):
        return _draw(examined, signs[:MAX_SIGNS], more=len(signs[MAX_SIGNS:]))


def _draw(examined: Examination, signs: Sequence[Sign], more: int) -> bytes:
    boxes = [sign.digit.box for sign in signs]
    photo = boxed_photo(examined.picture, boxes) if boxes else whole_photo(examined.picture)
    rows = -(-len(signs) // COLUMNS)
    signs_end = photo.height + (MARGIN + rows * ROW_HEIGHT if rows else 0)
    sheet = Sheet(signs_end + (MORE_HEIGHT if more else 0))
    numbers = [str(number) for number in range(1, len(signs) + 1)]
    sheet.boxed_photo(photo, numbers, [sign.colour for sign in signs])
    for place, sign in enumerate(signs):
        row, column = divmod(place, COLUMNS)
        corner = MARGIN + column * COLUMN_WIDTH, photo.height + MARGIN + row * ROW_HEIGHT
        _draw_sign(sheet, place + 1, sign, corner)
    if more:
        sheet.count_more((MARGIN, signs_end + MORE_HEIGHT / 2 - MARGIN / 2), more, size=28)
    return sheet.png()


def _draw_sign(sheet: Sheet, number: int, sign: Sign, corner: tuple[int, int]) -> None:
    """Draw what the model saw of a sign, and say beside it what it looks like."""
    left, top = corner
    sheet.glyph(sign.digit.glyph, corner, GLYPH_SIZE)
    beside = left + GLYPH_SIZE + WORDS_GAP
    label = sign.digit.label
    if sign.is_read:
        first = gettext("{number}. I read {digit}", number=number, digit=label)
        second = _alternative(sign.digit)
    else:
        first = gettext("{number}. most like {digit}", number=number, digit=label)
        second = gettext("hardly a digit")
    quiet = sign.is_read and sign.colour == GOOD
    sheet.column(
        (beside, top, left + COLUMN_WIDTH - WORDS_GAP, top + GLYPH_SIZE),
        (
            (first, Style(28, TEXT, bold=True)),
            (second, Style(24, FAINT if quiet else BAD)),
        ),
    )


def _alternative(digit: Digit) -> str:
    """Say what else a digit might be."""
    second = second_choice(digit)
    probability = float(digit.probabilities[second])
    if probability < MIN_SECOND_PROBABILITY:
        return gettext("like no other digit")
    return gettext("or {digit}: {percent}", digit=second, percent=percent(probability))


def _numbers(examined: Examination) -> Markup:
    lines = examined.reading.written.split("\n")
    said = [
        Markup("<code>{}</code>").format(shortened(line, MAX_LINE_LENGTH))
        for line in lines[:MAX_LINES]
    ]
    return Markup(", ").join(said + [Markup("…")] * (len(lines) > MAX_LINES))
