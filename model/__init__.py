"""Reads handwritten digits in photos.

>>> from pathlib import Path
>>> from model import Recognizer
>>> recognizer = Recognizer.load()
>>> recognizer.read(Path("seven.jpg").read_bytes()).text
'7'
"""

from model.recognition.recognizer import Recognizer

__all__ = ["Recognizer", "__version__"]

__version__ = "0.1.0"
"""The version of Inkling, the bot included. The package's metadata is built from this line."""
