"""Reasons for a refusal come from what is seen in the photo."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from model.datasets import mnist
from model.recognition.recognizer import Recognizer
from model.types import Refusal
from tests.model.photo_variants import jpeg, sheet


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer.load()


def test_a_blurred_photo_says_so(recognizer: Recognizer) -> None:
    words = np.full((300, 400), 235, np.uint8)
    cv2.putText(words, "HELLO", (40, 180), 0, 3, 40, 8)
    assert recognizer.read(jpeg(words)).refusal is Refusal.UNSURE
    blurred = np.asarray(cv2.GaussianBlur(words, (0, 0), 15), np.uint8)
    assert recognizer.read(jpeg(blurred)).refusal is Refusal.TOO_BLURRED


def test_a_dark_photo_says_so(recognizer: Recognizer) -> None:
    page = sheet(mnist.test_set().glyphs[0])
    assert recognizer.read(jpeg(page // 40)).refusal is Refusal.TOO_DARK


def test_light_writing_on_black_is_not_called_dark(recognizer: Recognizer) -> None:
    words = np.zeros((300, 400), np.uint8)
    cv2.putText(words, "HELLO", (40, 180), 0, 3, 220, 8)
    assert recognizer.read(jpeg(words)).refusal is Refusal.UNSURE


def test_a_page_of_text_is_called_too_busy(recognizer: Recognizer) -> None:
    page = np.full((1000, 1400), 235, np.uint8)
    for top in range(40, 1000, 60):
        cv2.putText(page, "lorem ipsum dolor sit amet " * 3, (20, top), 0, 0.8, 40, 2)
    assert recognizer.read(jpeg(page)).refusal is Refusal.TOO_BUSY


def test_a_letter_on_grainy_paper_is_not_called_too_busy(recognizer: Recognizer) -> None:
    grain = np.random.default_rng(0).random((600, 600))
    page = np.where(grain < 0.002, 120, 210).astype(np.uint8)
    page = np.asarray(cv2.dilate(255 - page, np.ones((2, 2))), np.uint8)
    page = 255 - page
    cv2.putText(page, "K", (180, 420), 0, 10, 40, 16)
    assert recognizer.read(jpeg(page)).refusal is Refusal.UNSURE


def test_ink_of_which_no_part_may_be_a_digit_is_not_called_blank(recognizer: Recognizer) -> None:
    line = np.full((300, 400), 235, np.uint8)
    line[148:152] = 30
    assert recognizer.read(jpeg(line)).refusal is Refusal.UNSURE
