"""The words under an answer. A number is monospaced, so that one tap on it copies it.

None of these texts has an empty line: what is asked and said of an answer follows after one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from markupsafe import Markup

from bot.messages import texts
from bot.messages.language import html, nhtml
from bot.messages.texts import SURE_CONFIDENCE, percent, second_choice, shortened
from model.types import Digit, Reading, Refusal

MAX_NUMBER_LENGTH = 200
"""Characters of a number that a caption shows."""

MAX_NUMBERS_LENGTH = 400
"""Characters of all numbers of a photo that a caption shows. Telegram allows 1024 in all, of which
the words below, and what is asked and said of an answer, need up to 600 in some languages."""

MAX_ALBUM_NUMBERS_LENGTH = 250
"""Characters of all numbers of each photo of an album. Telegram allows 4096 in a text."""

MAX_LINES = 20
"""Lines of a page that a caption shows, each a number of its own."""

MIN_SURE_NUMBER = 0.75
"""Confidence in several digits together below which a caption says so. However clear each of them
is, one may be missing or too many, so that it hardly ever is above 0.9."""


def caption(reading: Reading) -> Markup:
    """Say in words all that the picture shows, for people who do not see it."""
    if not reading.digits:
        return refusal_text(reading)
    return Markup("\n").join([numbers_in_lines(reading), _sure_text(reading), *doubts(reading)])


def doubts(reading: Reading) -> list[Markup]:
    """Say what may be wrong with digits of which each is clear: one is missing or too many."""
    parts = []
    if reading.digits and _is_doubtful_as_a_whole(reading):
        parts.append(
            html(
                "I am not sure of the whole: it is {percent} likely that all of it is right.",
                percent=percent(reading.confidence),
            )
        )
    if reading.unread:
        parts.append(
            nhtml(
                "In one place there is something that I could not read.",
                "In {count} places there is something that I could not read.",
                len(reading.unread),
            )
        )
    return parts


def refusal_text(reading: Reading) -> Markup:
    """Say why nothing was read, and what to do."""
    return html(texts.REFUSALS[reading.refusal or Refusal.UNSURE])


def numbers_in_lines(reading: Reading) -> Markup:
    """Return each number of a page in a line of its own, to be copied by a tap."""
    lines = reading.written.split("\n")
    shown = _fitting(lines, MAX_NUMBERS_LENGTH)[:MAX_LINES]
    return Markup("\n").join([*map(_number, shown), *[Markup("…")] * (len(lines) > len(shown))])


def album_caption(photos: Sequence[Reading | Markup]) -> Markup:
    """Say what each photo of an album shows, beside its number; refusals alone are one sentence.

    Args:
        photos: for each photo, what was read or why it could not be.
    """
    if not any(isinstance(photo, Reading) and photo.digits for photo in photos):
        return _album_refusal(photos)
    return Markup("\n").join(
        html("{number}. {text}", number=number, text=_album_text(photo))
        for number, photo in enumerate(photos, start=1)
    )


def _album_text(photo: Reading | Markup) -> Markup:
    """Say in one line what a photo of an album shows."""
    if isinstance(photo, Markup):
        return photo
    if not photo.digits:
        return html("I found no digit that I am sure of.")
    lines = photo.written.split("\n")
    shown = _fitting(lines, MAX_ALBUM_NUMBERS_LENGTH)
    number = Markup("  ").join([*map(_number, shown), *[Markup("…")] * (len(lines) > len(shown))])
    doubtful = min(photo.digits, key=lambda digit: digit.confidence)
    if doubtful.confidence >= SURE_CONFIDENCE and not _is_doubtful_as_a_whole(photo):
        return number
    return html("{number} (I am not sure)", number=number)


def _album_refusal(photos: Sequence[Reading | Markup]) -> Markup:
    """Say in one sentence that no photo of an album could be read, and what to do."""
    reasons = {photo if isinstance(photo, Markup) else refusal_text(photo) for photo in photos}
    if len(reasons) == 1:
        (reason,) = reasons
        return html("All {count} photos: {reason}", count=len(photos), reason=reason)
    return html(
        "I could read none of these {count} photos. Write large, with a dark pen, and photograph "
        "the paper from straight above, with a lamp or a window near.",
        count=len(photos),
    )


def _sure_text(reading: Reading) -> Markup:
    """Say how sure the bot is."""
    digits = reading.digits
    position, doubtful = min(enumerate(digits, start=1), key=lambda item: item[1].confidence)
    sure = percent(doubtful.confidence)
    second, second_percent = second_choice(doubtful), _second_percent(doubtful)
    if len(digits) == 1:
        return _sure_of_one(doubtful)
    if doubtful.confidence >= SURE_CONFIDENCE:
        return nhtml(
            "{count} digit. I am at least {percent} sure of it.",
            "{count} digits. I am at least {percent} sure of each.",
            len(digits),
            percent=sure,
        )
    return nhtml(
        "{count} digit. I am least sure of digit {position}: {digit} at {percent}. It could be "
        "{second} instead ({second_percent}).",
        "{count} digits. I am least sure of digit {position}: {digit} at {percent}. It could be "
        "{second} instead ({second_percent}).",
        len(digits),
        position=position,
        digit=doubtful.label,
        percent=sure,
        second=second,
        second_percent=second_percent,
    )


def _sure_of_one(digit: Digit) -> Markup:
    """Say how sure the bot is of its only digit.

    It is a text of its own and no plural form: languages without plurals have one form for all.
    """
    sure = percent(digit.confidence)
    if digit.confidence >= SURE_CONFIDENCE:
        return html("I am {percent} sure.", percent=sure)
    return html(
        "I am {percent} sure. It could be {second} instead ({second_percent}).",
        percent=sure,
        second=second_choice(digit),
        second_percent=_second_percent(digit),
    )


def _is_doubtful_as_a_whole(reading: Reading) -> bool:
    """Tell whether several digits are less sure together than people expect."""
    return len(reading.digits) > 1 and reading.confidence < MIN_SURE_NUMBER


def _second_percent(digit: Digit) -> str:
    return percent(float(digit.probabilities[second_choice(digit)]))


def _fitting(lines: Sequence[str], limit: int) -> list[str]:
    """Return the first lines that have room in so many characters together, at least one."""
    lengths = accumulate(min(len(line), MAX_NUMBER_LENGTH) + 2 for line in lines)
    return [line for line, length in zip(lines, lengths, strict=True) if length <= limit]


def _number(written: str) -> Markup:
    return Markup("<code>{}</code>").format(shortened(written, MAX_NUMBER_LENGTH))
