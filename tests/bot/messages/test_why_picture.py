from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PIL.ImageColor import getrgb
from telegram.constants import MessageLimit

from bot.messages import texts
from bot.messages.language import LANGUAGES, LANGUAGES_WITHOUT_GLYPHS, html, speaking
from bot.messages.sheet import CARD_WIDTH, MORE_HEIGHT
from bot.messages.why_picture import (
    COLUMN_WIDTH,
    MARGIN,
    MAX_SIGNS,
    ROW_HEIGHT,
    WORDS_GAP,
    Sign,
    signs_in,
    why_picture,
    why_text,
)
from model.recognition.palette import BAD, GOOD, PAPER
from model.recognition.recognizer import Recognizer
from model.types import Refusal
from tests.model.photo_variants import jpeg, sheet


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer.load()


def colours(picture: bytes) -> set[str]:
    pixels = np.asarray(Image.open(BytesIO(picture)).convert("RGB"))
    assert pixels.shape[1] == CARD_WIDTH
    found = np.unique(pixels.reshape(-1, 3), axis=0).tolist()
    return {f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in found}


def test_each_digit_of_a_number_is_shown(recognizer: Recognizer, digits: NDArray[np.uint8]) -> None:
    photo = jpeg(np.hstack([sheet(digits[d], scale=5, margin=20) for d in (2, 0, 7)]))
    examined = recognizer.examine(photo)
    signs = signs_in(examined, recognizer.refusal_threshold)
    assert [(sign.digit.label, sign.is_read) for sign in signs] == [(2, True), (0, True), (7, True)]
    words = why_text(examined, signs)
    assert "I found 3 signs in the photo" in words
    assert "that is <code>207</code>." in words
    assert GOOD in colours(why_picture(examined, signs))


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - LANGUAGES_WITHOUT_GLYPHS))
def test_words_stay_beside_their_sign_in_every_language(
    recognizer: Recognizer, digits: NDArray[np.uint8], language: str
) -> None:
    # The refused ones have the most words.
    photo = jpeg(np.hstack([sheet(digits[d], scale=5, margin=20) for d in (2, 0, 7, 8)]))
    examined = recognizer.examine(photo)
    signs = [
        Sign(sign.digit, is_read=number > 1)
        for number, sign in enumerate(signs_in(examined, recognizer.refusal_threshold))
    ]
    with speaking(language):
        picture = np.asarray(Image.open(BytesIO(why_picture(examined, signs))).convert("RGB"))
    rows = picture[-2 * ROW_HEIGHT :]
    paper = (rows == getrgb(PAPER)).all(axis=-1)
    for column in (1, 2):
        end = MARGIN + column * COLUMN_WIDTH
        assert paper[:, end - WORDS_GAP + 2 : min(end, CARD_WIDTH)].all()
    # Nor do they run into the next row.
    assert paper[ROW_HEIGHT - 8 : ROW_HEIGHT].all()


def test_nothing_is_green_beside_what_was_refused(recognizer: Recognizer) -> None:
    letter = np.full((300, 300), 250, np.uint8)
    letter[60:240, 60:80] = letter[60:240, 220:240] = letter[140:160, 60:240] = 20  # an H
    examined = recognizer.examine(jpeg(letter))
    signs = signs_in(examined, recognizer.refusal_threshold)
    assert signs and not any(sign.is_read for sign in signs)
    assert "Nothing looks so much like a digit" in why_text(examined, signs)
    shown = colours(why_picture(examined, signs))
    assert BAD in shown
    assert GOOD not in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reason_for_a_refusal_is_said_again(recognizer: Recognizer, language: str) -> None:
    words = np.full((300, 400), 235, np.uint8)
    cv2.putText(words, "HELLO", (40, 180), 0, 3, 40, 8)
    blurred = np.asarray(cv2.GaussianBlur(words, (0, 0), 15), np.uint8)
    examined = recognizer.examine(jpeg(blurred))
    signs = signs_in(examined, recognizer.refusal_threshold)
    with speaking(language):
        said = why_text(examined, signs)
        assert said.startswith(html(texts.REFUSALS[Refusal.TOO_BLURRED]))
        assert len(said) <= MessageLimit.CAPTION_LENGTH


def test_of_a_blank_page_the_photo_is_shown(recognizer: Recognizer) -> None:
    examined = recognizer.examine(jpeg(np.full((300, 300), 250, np.uint8)))
    signs = signs_in(examined, recognizer.refusal_threshold)
    assert signs == []
    assert why_text(examined, signs).startswith("I looked for pen strokes and found none to read.")
    assert colours(why_picture(examined, signs))


def test_what_is_not_shown_of_a_page_is_counted(
    recognizer: Recognizer, digits: NDArray[np.uint8]
) -> None:
    photo = jpeg(np.hstack([sheet(digits[d], scale=5, margin=20) for d in (2, 0, 7)]))
    examined = recognizer.examine(photo)
    signs = signs_in(examined, recognizer.refusal_threshold) * 20
    shown, whole = (
        np.asarray(Image.open(BytesIO(why_picture(examined, part))).convert("RGB"))
        for part in (signs, signs[:MAX_SIGNS])
    )
    assert len(shown) == len(whole) + MORE_HEIGHT
    assert (shown[-MORE_HEIGHT:] != getrgb(PAPER)).any(), "and 20 more"
    # In words, each line is shortened, and so is the page.
    lines = [
        replace(digit, line=line) for line in range(9) for digit in examined.reading.digits * 25
    ]
    page = replace(examined, reading=replace(examined.reading, digits=tuple(lines)))
    said = why_text(page, signs)
    assert said.count(f"<code>{'207' * 20}…</code>") == 8
    assert "</code>, …." in said
