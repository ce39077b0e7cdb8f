from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.text import Text
from numpy.typing import NDArray
from PIL import Image
from PIL.ImageColor import getrgb

from bot.messages import answer_card as card_module
from bot.messages import palette as bar_palette
from bot.messages.answer_card import answer_card
from bot.messages.sheet import CARD_WIDTH
from model.recognition import palette
from model.recognition.decoding.decode import DecodedPhoto
from model.types import Box, Reading, Refusal
from tests.bot.fakes import digit


def pixels(card: bytes) -> NDArray[np.uint8]:
    """(h, w, 3)"""
    picture = Image.open(BytesIO(card))
    assert picture.format == "PNG"
    return np.asarray(picture.convert("RGB"))


def has(card: NDArray[np.uint8], colour: str) -> bool:
    return bool((card == getrgb(colour)).all(axis=-1).any())


def test_a_card_shows_the_glyph_as_it_is() -> None:
    shown = pixels(answer_card(Reading((digit(7),))))
    tile = shown[
        card_module.CARD_MARGIN : card_module.CARD_MARGIN + 336,
        card_module.CARD_MARGIN : card_module.CARD_MARGIN + 336,
    ]
    # The middle of each of the 28 × 28 squares.
    seen = tile[6::12, 6::12]
    ink = digit(7).glyph == 255
    assert (seen[ink] == getrgb(palette.CHALK)).all()
    assert (seen[~ink] == getrgb(palette.BOARD)).all()


def test_bars_are_as_long_as_probabilities() -> None:
    shown = pixels(answer_card(Reading((digit(3, 0.96, second=5),))))
    bar = (shown == getrgb(palette.GOOD)).all(axis=-1)
    track = (shown == getrgb(bar_palette.TRACK)).all(axis=-1)
    row = card_module.CARD_MARGIN + int(3.5 * 42)
    whole = track[row].sum() + bar[row, : CARD_WIDTH - 140].sum()
    assert bar[row, : CARD_WIDTH - 140].sum() / whole == pytest.approx(0.96, abs=0.01)


def test_doubt_has_a_colour_of_its_own() -> None:
    sure, unsure = (pixels(answer_card(Reading((digit(7, p),)))) for p in (0.97, 0.6))
    assert has(sure, palette.GOOD)
    assert not has(sure, palette.BAD)
    assert has(unsure, palette.BAD)
    assert not has(unsure, palette.GOOD)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 8, 9, 12, 20, 40, 41, 500])
def test_a_card_fits_telegram(count: int) -> None:
    card = answer_card(Reading(tuple(digit(n % 10) for n in range(count))))
    height, width, _ = pixels(card).shape
    assert width == CARD_WIDTH
    # Telegram refuses photos whose sides add up to more than 10,000 or differ by more than 20.
    assert width / 3 < height < 3 * width
    assert len(card) < 300_000


@pytest.mark.parametrize("count", [2, 3, 8, 9, 40])
def test_a_bar_its_label_and_its_percentage_have_room_beside_each_other(count: int) -> None:
    shown = pixels(answer_card(Reading((digit(0, 0.9999),) * count)))
    columns = max(3, min(count, card_module.COLUMNS))
    gaps = (columns - 1) * card_module.COLUMN_GAP
    width = (CARD_WIDTH - 2 * card_module.CARD_MARGIN - gaps) // columns
    size = width if count <= card_module.MAX_LARGE_DIGITS else card_module.SMALL_GLYPH_SIZE
    top, left = card_module.CARD_MARGIN + size + card_module.GLYPH_GAP, card_module.CARD_MARGIN
    cell = shown[top : top + card_module.BAR_STEP, left : left + width]
    ink = (cell != getrgb(palette.PAPER)).any(axis=-1).any(axis=0)
    assert ink[:20].any(), "the label"
    percentage = cell[:, width - card_module.PERCENT_WIDTH + 1 :]
    gap = (percentage == getrgb(palette.PAPER)).all(axis=-1).all(axis=0)
    assert gap[:4].all(), "paper between the bar and the percentage"
    assert not gap.all()


def test_what_a_digit_might_be_instead_has_a_bar_of_its_own() -> None:
    sure, doubtful = (
        pixels(answer_card(Reading((digit(7, p), digit(7, 0.999))))) for p in (0.999, 0.6)
    )
    assert doubtful.shape[0] - sure.shape[0] == card_module.BAR_STEP


def test_the_lines_of_a_page_keep_apart() -> None:
    lines = [replace(digit(n % 10), line=n // 2) for n in range(4)]
    together, apart = (answer_card(Reading(ds)) for ds in ((digit(0),) * 4, tuple(lines)))
    heading = card_module.HEADING_HEIGHT
    assert pixels(apart).shape[0] > pixels(together).shape[0] + 2 * heading


def test_several_digits_are_shown_in_the_photo() -> None:
    photo = DecodedPhoto(np.full((400, 600, 3), 200, np.uint8), scale=2)
    places = [Box(200 + 300 * n, 300, 100, 200) for n in range(2)]
    digits = tuple(replace(digit(7), box=box) for box in places)
    alone, with_photo = answer_card(Reading(digits)), answer_card(Reading(digits), photo)
    above = pixels(with_photo)[: pixels(with_photo).shape[0] - pixels(alone).shape[0]]
    assert (above == 200).all(axis=-1).mean() > 0.5, "the photo"
    assert has(above, palette.GOOD), "frames around the digits"


def test_digits_beyond_the_limit_are_counted() -> None:
    full, more = (
        pixels(answer_card(Reading((digit(1),) * count)))
        for count in (card_module.MAX_SHOWN_DIGITS, card_module.MAX_SHOWN_DIGITS + 9)
    )
    assert more.shape[0] > full.shape[0]


def test_its_background_is_its_own() -> None:
    picture = Image.open(BytesIO(answer_card(Reading((digit(7),)))))
    assert (np.asarray(picture.convert("RGBA"))[..., 3] == 255).all()
    assert has(np.asarray(picture.convert("RGB")), palette.PAPER)


def test_threads_draw_at_once_and_the_same() -> None:
    readings = [Reading(tuple(digit(n) for n in range(1, 2 + k))) for k in range(4)]
    alone = [answer_card(reading) for reading in readings]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(answer_card, readings * 4))
    assert together == alone * 4


def test_a_card_leaves_nothing_to_the_garbage_collector() -> None:
    gc.collect()
    gc.disable()
    try:
        answer_card(Reading((digit(7), digit(3))))
        left = [each for each in gc.get_objects() if isinstance(each, RendererAgg | Text)]
        assert left == []
    finally:
        gc.enable()


def test_there_is_no_card_of_a_refusal() -> None:
    with pytest.raises(ValueError, match="Received a refusal"):
        answer_card(Reading((), Refusal.NO_INK))
