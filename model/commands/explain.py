"""Draw every stage of reading a photo side by side, for people who ask why."""

from __future__ import annotations

import argparse
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image

from model.artifact import DEFAULT_MODEL
from model.recognition.decoding import read_file
from model.recognition.explanation import explanation
from model.recognition.recognizer import Recognizer

SUMMARY = "draw every stage of reading a photo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `run` needs."""
    parser.add_argument("photo", type=Path, metavar="PHOTO")
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL, metavar="DIR")
    parser.add_argument(
        "--out", type=Path, metavar="PNG", help="save the picture instead of opening it"
    )


def run(options: argparse.Namespace) -> int:
    """Draw, then save or open."""
    try:
        photo = read_file(options.photo)
    except OSError as error:
        sys.stderr.write(f"Expected a file that can be read, received: {error}.\n")
        return 1
    picture = explanation(photo, Recognizer.load(options.model))
    if options.out:
        options.out.write_bytes(picture)
    else:
        Image.open(BytesIO(picture)).show()
    return 0
