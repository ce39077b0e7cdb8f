"""What a hypothesis makes of the glyphs of a photo, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from model.recognition.classifier import Evidence
from model.recognition.decoding.decode import DecodedPhoto
from model.recognition.hypotheses import Hypothesis, classify_segmentations, digits_outside
from model.types import Box
from model.vision.pipeline import USUAL_BINARIZATIONS, segment_plane
from tests.model.recognition.test_selection import PICTURE, hypothesis

SHEET = DecodedPhoto(PICTURE.pixels[100:], 1.0, PICTURE, left=0, top=100)
"""The lower part of a picture, cut out."""


def test_a_digit_that_was_cut_off_with_what_is_around_a_sheet_is_told() -> None:
    sheet, whole = replace(hypothesis("6", 0.99), picture=SHEET), hypothesis("31", 0.99)
    three, one = (candidate.box for candidate in whole.path.candidates)
    assert digits_outside(sheet, [sheet, whole]) == [
        Box(three.x, three.y - 100, three.width, three.height),
        Box(one.x, one.y - 100, one.width, one.height),
    ]


@pytest.mark.parametrize(
    "other",
    [
        hypothesis("3", 0.8),  # unsure
        hypothesis("3", 0.99, height=10),
        hypothesis("3", 0.99, dark_ink=False),
        hypothesis("3", 0.99, quarter_turns=1),
        replace(hypothesis("3", 0.99), picture=SHEET),
    ],
)
def test_what_is_no_digit_beside_a_sheet_is_not_told(other: Hypothesis) -> None:
    assert digits_outside(replace(hypothesis("6", 0.99), picture=SHEET), [other]) == []


def test_nothing_is_cut_off_from_a_whole_picture() -> None:
    assert digits_outside(hypothesis("6", 0.99), [hypothesis("31", 0.99)]) == []


class OneOrSeven:
    """Takes what is broad for a 1 that may be a 7, and what is narrow surely for a 1."""

    def classify(self, glyphs: NDArray[np.uint8]) -> Evidence:
        broad = np.array([np.ptp(np.flatnonzero(glyph.any(axis=0))) > 8 for glyph in glyphs])
        probabilities = np.zeros((len(glyphs), 10), np.float32)
        probabilities[:, 7] = np.where(broad, 0.3, 0.0)
        probabilities[:, 1] = 1 - probabilities[:, 7]
        return Evidence(probabilities, np.ones(len(glyphs), np.float32))


@pytest.mark.parametrize(("strokes", "text"), [("|7", "17"), ("77", "11"), ("||", "11")])
def test_who_writes_a_1_as_a_stroke_writes_none_with_an_upstroke(strokes: str, text: str) -> None:
    plane = np.zeros((120, 60 + 60 * len(strokes)), np.uint8)
    for x, stroke in zip(range(50, 400, 60), strokes, strict=False):
        cv2.line(plane, (x, 30), (x, 90), 200, 6)
        if stroke == "7":
            cv2.line(plane, (x - 24, 40), (x, 30), 200, 6)
    found = segment_plane(plane, USUAL_BINARIZATIONS[0], judge=lambda glyphs: np.ones(len(glyphs)))
    assert found is not None
    (read,) = classify_segmentations(PICTURE, [found], OneOrSeven(), 0.5)
    assert read.text == text
