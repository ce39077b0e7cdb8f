from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest

from model.recognition import decoding
from model.synthesis import camera, paper, photo
from model.synthesis import page as page_module
from model.synthesis.page import WrittenPage
from model.synthesis.writer import Writer
from model.types import NOT_A_DIGIT, Box


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_same_seed_gives_the_same_bytes(writer: Writer) -> None:
    for seed in range(3):
        assert photo.simulate_photo(writer, rng(seed)) == photo.simulate_photo(writer, rng(seed))


def test_photos_decode_and_hold_their_boxes(writer: Writer) -> None:
    for seed in range(10):
        taken = photo.simulate_photo(writer, rng(seed))
        height, width = decoding.decode(taken.data).pixels.shape[:2]

        assert taken.labels
        assert len(taken.labels) == len(taken.boxes)
        assert max(height, width) <= 1280
        for box in taken.boxes:
            assert -2 <= box.x < box.x + box.width <= width + 2
            assert -2 <= box.y < box.y + box.height <= height + 2


def test_photos_without_digits_show_characters_or_objects(writer: Writer) -> None:
    taken = [photo.simulate_photo(writer, rng(seed), are_digits=False) for seed in range(12)]

    assert {label for shown in taken for label in shown.labels} == {NOT_A_DIGIT}
    assert 1 <= sum(not shown.labels for shown in taken) <= 10


def test_a_photo_of_objects_shows_nothing_written() -> None:
    for seed in range(4):
        taken = photo.photograph_objects(rng(seed))

        assert (taken.labels, taken.boxes) == ((), ())
        assert decoding.decode(taken.data).pixels.std() > 2


def test_ink_is_where_the_box_says(writer: Writer) -> None:
    page = WrittenPage(np.zeros((200, 300), np.uint8), (0,), (Box(100, 60, 40, 80),), 80)
    cv2.rectangle(page.ink, (100, 60), (139, 139), 255, -1)
    differences = []
    for seed in range(12):
        taken = photo.photograph(page, rng(seed))
        pixels = decoding.decode(taken.data).pixels.mean(axis=2)
        (box,) = taken.boxes
        y, x = box.y + box.height // 2, box.x + box.width // 2
        inside = pixels[y - 8 : y + 8, x - 8 : x + 8].mean()
        beside = pixels[y - 8 : y + 8, box.x - 25 : box.x - 12].mean()
        differences.append(abs(inside - beside))

    assert np.median(differences) > 40


def test_reading_order_is_line_by_line(writer: Writer) -> None:
    characters = [(number, np.full((20, 12), 255, np.uint8)) for number in range(6)]

    page = page_module.lay_out(characters, (200, 200), 3, rng())

    assert page.labels == (0, 1, 2, 3, 4, 5)
    for one, other in pairwise(page.boxes[:3]):
        assert one.x < other.x
    assert page.boxes[0].y + 20 < page.boxes[3].y


def test_what_does_not_fit_is_left_out_and_a_bare_sheet_can_be_photographed() -> None:
    page = page_module.lay_out([(3, np.full((300, 300), 255, np.uint8))], (200, 200), 1, rng())

    assert (page.labels, page.boxes) == ((), ())
    assert photo.photograph(page, rng()).labels == ()


def test_light_is_never_dark_or_negative() -> None:
    for seed in range(12):
        lit = camera.light(60, 80, rng(seed))
        assert lit.shape == (60, 80, 3)
        assert lit.dtype == np.float32
        assert lit.min() > 0


@pytest.mark.parametrize("ruling", ["squared", "ruled", "dotted", "margin", "film"])
def test_every_ruling_prints_something(ruling: str) -> None:
    printed = paper.rule(120, 160, ruling, 20, rng())

    assert printed.shape == (120, 160)
    assert 0 < printed.mean() < 0.5


def test_plain_paper_has_no_ruling_and_boards_are_dark() -> None:
    assert not paper.rule(120, 160, "none", 20, rng()).any()
    assert paper.board(60, 80, rng()).mean() < 0.35 < paper.sheet(60, 80, 20, rng()).mean()


def test_a_close_crop_takes_its_boxes_along(writer: Writer) -> None:
    page = page_module.lay_out([(3, np.full((60, 40), 255, np.uint8))], (200, 150), 1, rng())
    shapes = set()
    for seed in range(60):
        taken = photo.photograph(page, rng(seed))
        height, width = decoding.decode(taken.data).pixels.shape[:2]
        (box,) = taken.boxes
        shapes.add((height, width))
        assert 0 <= box.x < box.x + box.width <= width
        assert 0 <= box.y < box.y + box.height <= height

    assert any(height < 100 for height, _ in shapes)
