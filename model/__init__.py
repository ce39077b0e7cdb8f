"""Reads handwritten digits in photos.

>>> from pathlib import Path
>>> from model import Recognizer
>>> recognizer = Recognizer.load()
>>> recognizer.read(Path("seven.jpg").read_bytes()).text
'7'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model.recognition.recognizer import Recognizer

__all__ = ["Recognizer", "__version__"]

__version__ = "0.1.0"
"""The version of Inkling, the bot included. The package's metadata is built from this line."""


def __getattr__(name: str) -> Any:
    """Import the recogniser when it is first used, because OpenCV and LiteRT take half a second."""
    if name == "Recognizer":
        from model.recognition.recognizer import Recognizer  # noqa: PLC0415

        return Recognizer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
