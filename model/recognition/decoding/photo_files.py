"""Photo files read one after the other, where one that fails must not stop the rest."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

from model.errors import PhotoError
from model.recognition.decoding.decode import read_file
from model.types import Reading

log = logging.getLogger(__name__)


class ReadsPhotos(Protocol):
    """What is asked of a recogniser."""

    def read(self, photo: bytes) -> Reading:
        """Read the digits in an image file."""
        ...


class FileResult(NamedTuple):
    """What became of one file: a reading, or the reason why there is none.

    Attributes:
        path: the file, or its address.
        reading: what was read in it; None if it could not be read.
        error: one sentence for people, None if there is a reading.
    """

    path: Path | str
    reading: Reading | None
    error: str | None


def read_photo_file(recognizer: ReadsPhotos, path: Path) -> FileResult:
    """Read one file, and turn every error into a result."""
    return read_photo(recognizer, path, lambda: read_file(path))


def read_photo(
    recognizer: ReadsPhotos, path: Path | str, content: Callable[[], bytes]
) -> FileResult:
    """Read one photo whose bytes a function returns, and turn every error into a result."""
    try:
        return FileResult(path, recognizer.read(content()), None)
    except PhotoError as error:
        return FileResult(path, None, str(error))
    except OSError as error:
        reason = error.strerror or error
        return FileResult(path, None, f"Expected a file that can be read, received: {reason}.")
    except Exception as error:  # a defect of ours, which must not cost the other files
        log.debug("Reading %s failed.", path, exc_info=True)
        reason = f"{type(error).__name__}: {error}".rstrip(": ")
        return FileResult(
            path, None, f"Expected a photo that can be read. Reading failed: {reason}."
        )
