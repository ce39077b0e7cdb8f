"""Boxes are found again in the photo as it was sent."""

from __future__ import annotations

import numpy as np
import pytest

from model.recognition.coordinates import may_lie_on_its_side, original_box
from model.recognition.decoding.decode import DecodedPhoto
from model.types import Box
from model.vision.components import connected_components
from model.vision.pipeline import USUAL_BINARIZATIONS
from model.vision.segmentation import Segmentation


@pytest.mark.parametrize("quarter_turns", range(4))
def test_a_box_on_a_turned_plane_is_found_in_the_photo(quarter_turns: int) -> None:
    marked = np.zeros((60, 80), np.uint8)
    marked[10:30, 5:15] = 1  # in the picture: x 5, y 10, width 10, height 20
    plane = np.ascontiguousarray(np.rot90(marked, quarter_turns))
    rows, columns = np.nonzero(plane)
    x, y = int(columns.min()), int(rows.min())
    box = Box(x, y, int(columns.max()) + 1 - x, int(rows.max()) + 1 - y)
    segmentation = Segmentation(
        plane,
        plane,
        connected_components(plane, plane),
        (),
        USUAL_BINARIZATIONS[0],
        quarter_turns=quarter_turns,
    )
    picture = DecodedPhoto(np.zeros((60, 80, 3), np.uint8), 2.0)
    assert original_box(box, segmentation, picture) == Box(10, 20, 20, 40)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((480, 640), True), ((360, 640), True), ((640, 480), False), ((300, 400), False)],
)
def test_only_a_whole_photo_from_a_camera_may_lie_on_its_side(
    shape: tuple[int, int], expected: bool
) -> None:
    assert may_lie_on_its_side(DecodedPhoto(np.zeros((*shape, 3), np.uint8), 1.0)) is expected


def test_a_box_on_a_sheet_is_where_it_stands_in_the_whole_photo() -> None:
    whole = DecodedPhoto(np.zeros((60, 80, 3), np.uint8), 2.0)
    sheet = DecodedPhoto(np.zeros((30, 40, 3), np.uint8), 2.0, whole, left=20, top=10)
    plane = np.zeros((30, 40), np.uint8)
    ink = connected_components(plane, plane)
    segmentation = Segmentation(plane, plane, ink, (), USUAL_BINARIZATIONS[0])
    assert original_box(Box(1, 2, 3, 4), segmentation, sheet) == Box(42, 24, 6, 8)
