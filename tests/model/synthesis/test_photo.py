from __future__ import annotations

import cv2
import numpy as np

from model.recognition.decoding import decode
from model.synthesis import page as page_module
from model.synthesis import photo
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
        height, width = decode.decode(taken.data).pixels.shape[:2]

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
        assert decode.decode(taken.data).pixels.std() > 2


def test_ink_is_where_the_box_says(writer: Writer) -> None:
    page = WrittenPage(np.zeros((200, 300), np.uint8), (0,), (Box(100, 60, 40, 80),), 80)
    cv2.rectangle(page.ink, (100, 60), (139, 139), 255, -1)
    differences = []
    for seed in range(12):
        taken = photo.photograph(page, rng(seed))
        pixels = decode.decode(taken.data).pixels.mean(axis=2)
        (box,) = taken.boxes
        y, x = box.y + box.height // 2, box.x + box.width // 2
        inside = pixels[y - 8 : y + 8, x - 8 : x + 8].mean()
        beside = pixels[y - 8 : y + 8, box.x - 25 : box.x - 12].mean()
        differences.append(abs(inside - beside))

    assert np.median(differences) > 40


def test_what_does_not_fit_is_left_out_and_a_bare_sheet_can_be_photographed() -> None:
    page = page_module.lay_out([(3, np.full((300, 300), 255, np.uint8))], (200, 200), 1, rng())

    assert (page.labels, page.boxes) == ((), ())
    assert photo.photograph(page, rng()).labels == ()


def test_a_close_crop_takes_its_boxes_along(writer: Writer) -> None:
    page = page_module.lay_out([(3, np.full((60, 40), 255, np.uint8))], (200, 150), 1, rng())
    shapes = set()
    for seed in range(60):
        taken = photo.photograph(page, rng(seed))
        height, width = decode.decode(taken.data).pixels.shape[:2]
        (box,) = taken.boxes
        shapes.add((height, width))
        assert 0 <= box.x < box.x + box.width <= width
        assert 0 <= box.y < box.y + box.height <= height

    assert any(height < 100 for height, _ in shapes)
