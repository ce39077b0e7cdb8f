"""The markers of a JPEG file, read before any of its pixels are decoded."""

from __future__ import annotations

import re
from typing import NamedTuple

JPEG_SIGNATURE = b"\xff\xd8\xff"
"""The first bytes of every JPEG file."""

END_MARKER = b"\xff\xd9"
"""The last bytes of a JPEG picture."""

MAX_SCANS = 100
"""Scans of one file. Encoders write at most about 20. Every scan is a pass over the whole picture,
even an empty one of 12 bytes, so a small file can ask for hours of work."""

_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""Markers that structure a file. In compressed data, FF is followed by 00 or a restart marker."""
_START_OF_SCAN = 0xDA
_END = 0xD9
_WITHOUT_LENGTH = (0x01, 0xD8)


class JpegStructure(NamedTuple):
    """What the markers of a JPEG file say.

    Attributes:
        scans: how many scans the file has; counting stops above `MAX_SCANS`.
        ended: whether the end marker is there.
    """

    scans: int
    ended: bool


def jpeg_structure(data: bytes) -> JpegStructure:
    """Count the scans of a JPEG file and look for its end marker.

    Args:
        data: the whole file; what comes after the end marker is not looked at.
    """
    scans = 0
    place = len(JPEG_SIGNATURE) - 1
    while scans <= MAX_SCANS and (found := _MARKER.search(data, place)):
        place = found.end()
        marker = data[place - 1]
        if marker == _END:
            return JpegStructure(scans, ended=True)
        if marker == _START_OF_SCAN:
            scans += 1
        if marker not in _WITHOUT_LENGTH:
            place += int.from_bytes(data[place : place + 2], "big")
    return JpegStructure(scans, ended=False)
