"""Photo files of which some fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.errors import BrokenImage
from model.recognition.decoding.photo_files import read_photo_file
from model.types import Reading, Refusal


class RaisingRecognizer:
    """A recogniser that has a defect."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def read(self, photo: bytes) -> Reading:
        raise self.error


class EmptyPageRecognizer:
    """A recogniser that finds no ink."""

    def read(self, photo: bytes) -> Reading:
        return Reading((), Refusal.NO_INK)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"a photo")
    return path


def test_a_reading_comes_without_an_error(photo: Path) -> None:
    result = read_photo_file(EmptyPageRecognizer(), photo)
    assert result == (photo, Reading((), Refusal.NO_INK), None)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (BrokenImage("Expected a whole image."), "Expected a whole image."),
        (IndexError("list index out of range"), "Reading failed: IndexError: list index"),
        (MemoryError(), "Reading failed: MemoryError."),
    ],
)
def test_whatever_goes_wrong_becomes_a_sentence(
    photo: Path, error: Exception, message: str
) -> None:
    result = read_photo_file(RaisingRecognizer(error), photo)
    assert (result.path, result.reading) == (photo, None)
    assert result.error is not None
    assert message in result.error


def test_a_file_that_is_not_there_becomes_a_sentence(tmp_path: Path) -> None:
    result = read_photo_file(EmptyPageRecognizer(), tmp_path / "gone.jpg")
    assert result.error == "Expected a file that can be read, received: No such file or directory."
