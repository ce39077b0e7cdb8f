"""Reads handwritten digits in photos.

>>> from pathlib import Path
>>> from model import Recognizer
>>> recognizer = Recognizer.load()
>>> recognizer.read(Path("seven.jpg").read_bytes()).text
'7'
"""

from model.recognition.recognizer import Recognizer

__all__ = ["Recognizer"]
