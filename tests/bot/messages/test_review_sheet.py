"""The pictures that admins look at: that they are pictures, whatever is in them."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from bot.messages.review_sheet import COLUMNS, PAGE, remark, review_sheet, suspicious
from bot.store.corrections import Correction, Standing
from bot.store.statistics import DAYS_SHOWN, Judged, Statistics
from bot.telegram.handlers.admin.statistics import in_words, statistics_chart


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


@pytest.mark.parametrize("count", [1, COLUMNS, COLUMNS + 1, PAGE])
def test_a_sheet_has_room_for_a_page(count: int) -> None:
    sheet = Image.open(io.BytesIO(review_sheet((correction(),) * count)))
    assert sheet.width == 800
    assert sheet.height == 265 * -(-count // COLUMNS)


def test_what_stands_out() -> None:
    assert not suspicious(correction())
    assert suspicious(correction(0.97))
    assert suspicious(correction(standing=(1, 2)))
    assert not suspicious(correction(standing=(0, 2))), "two are no habit yet"
    assert remark(correction(0.9999)).startswith("model was 99.9% sure"), "never 100%"
    assert "2 of 3 rejected" in remark(correction(standing=(1, 2)))


def statistics(photos: int = 3) -> Statistics:
    return Statistics(
        photos=photos,
        digits=4,
        people=2,
        refusals={f"reason <{n}>": n for n in range(20)},
        by_digit={digit: Judged(10_000, 10_000) for digit in range(10)},
        by_version={f"version{n}": Judged(1, 2) for n in range(40)},
        by_day=(1,) * DAYS_SHOWN,
        median_ms=12.3,
        slow_ms=45.6,
    )


def test_statistics_fit_a_caption_and_are_drawn() -> None:
    text = in_words(statistics())
    assert len(text) <= 1024, "Telegram's limit for a caption"
    assert "12 ms (median)" in text and "&lt;" in text
    assert Image.open(io.BytesIO(statistics_chart(statistics()))).format == "PNG"


def test_nothing_at_all_can_be_shown() -> None:
    nothing = Statistics(0, 0, 0, {}, {}, {}, (0,) * DAYS_SHOWN, None, None)
    assert "Nobody has said right or wrong yet" in in_words(nothing)
    assert Image.open(io.BytesIO(statistics_chart(nothing))).format == "PNG"
