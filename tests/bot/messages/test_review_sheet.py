from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image
from PIL.ImageColor import getrgb

from bot.messages.language import LANGUAGES, LANGUAGES_WITHOUT_GLYPHS, speaking
from bot.messages.review_sheet import (
    COLUMNS,
    CORRECTIONS_PER_PAGE,
    MARGIN,
    ROW_HEIGHT,
    remarks,
    review_sheet,
    suspicious,
)
from bot.store.corrections import Correction, Standing
from model.recognition.palette import PAPER


def correction(confidence: float = 0.6, standing: tuple[int, int] = (0, 0)) -> Correction:
    return Correction(
        id=1,
        at=datetime.now(UTC),
        glyph=np.zeros((28, 28), np.uint8),
        version="v",
        read=7,
        confidence=confidence,
        said=-1,
        giver="ab12",
        standing=Standing(*standing),
    )


@pytest.mark.parametrize("count", [1, COLUMNS, COLUMNS + 1, CORRECTIONS_PER_PAGE])
def test_a_sheet_has_room_for_a_page(count: int) -> None:
    sheet = Image.open(io.BytesIO(review_sheet((correction(),) * count)))
    assert sheet.width == 800
    assert sheet.height == MARGIN + ROW_HEIGHT * -(-count // COLUMNS)


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - LANGUAGES_WITHOUT_GLYPHS))
def test_words_stay_beside_their_glyph_in_every_language(language: str) -> None:
    page = tuple(replace(correction(0.9996, (1, 98)), read=-1) for _ in range(CORRECTIONS_PER_PAGE))
    with speaking(language):
        sheet = Image.open(io.BytesIO(review_sheet(page))).convert("RGB")
    paper = (np.asarray(sheet) == getrgb(PAPER)).all(axis=-1)
    width = (sheet.width - MARGIN) // COLUMNS
    # The frame of what stands out is 3 pixels wide.
    for end in (MARGIN + width - 3, sheet.width):
        assert paper[:, end - 8 : end].all()


def test_what_stands_out() -> None:
    assert not suspicious(correction())
    assert suspicious(correction(0.97))
    assert suspicious(correction(standing=(1, 2)))
    assert not suspicious(correction(standing=(0, 2))), "two are no habit yet"


def test_the_remarks_say_how_sure_the_model_was_and_how_often_the_person_was_right() -> None:
    assert remarks(correction(0.9999)) == ["99.9% sure", "by ab12"], "never 100%"
    assert remarks(correction(standing=(1, 2)))[-1] == "2 of 3 rejected"


def test_a_refused_photo_has_no_confidence() -> None:
    refused = replace(correction(0.0), read=-1, said=4)
    assert remarks(refused)[0] == "was refused"
