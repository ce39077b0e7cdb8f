"""A file of several pages, as scanners save them: the pages become one tall picture.

Only TIFF files have pages. The frames of GIF, WebP, AVIF and PNG files are moments of a film, of
which the first shows what was meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model.errors import TooManyPages

MAX_PAGES = 4
"""Pages of one file. With more, too little of the working size is left for each of them."""

_SUBFILE_TYPE = 254  # the TIFF tag that says what a picture in the file is
_NO_PAGE = 0b101  # a reduced copy of another picture, or a mask


def page_sizes(image: Image.Image) -> list[tuple[int, int]]:
    """Return the width and height of each page of a file, of which no pixels are read.

    The file is left open at its first page.

    Raises:
        TooManyPages: there are more than `MAX_PAGES`.
    """
    sizes = []
    for _ in _pages(image):
        sizes.append(image.size)
        if len(sizes) > MAX_PAGES:
            raise TooManyPages(
                f"Expected a file of at most {MAX_PAGES} pages, received one with more."
            )
    go_to_page(image, 0)
    return sizes


def go_to_page(image: Image.Image, number: int) -> None:
    """Turn to the page with this number, counted from 0 as in `page_sizes`."""
    next(islice(_pages(image), number, None))


def stack(pages: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Put pages one below the other, (h, w, 3), uint8, RGB.

    What is free beside a narrower page is filled with the colour of its own paper.
    """
    width = max(page.shape[1] for page in pages)
    return np.concatenate(
        [
            np.asarray(
                cv2.copyMakeBorder(
                    page,
                    *(0, 0, 0, width - page.shape[1]),
                    cv2.BORDER_CONSTANT,
                    value=np.median(page, axis=(0, 1)).tolist(),
                ),
                np.uint8,
            )
            for page in pages
        ]
    )


def _pages(image: Image.Image) -> Iterator[None]:
    """Turn to each page of a file in turn; a file that cannot have pages has one."""
    if image.format != "TIFF":
        yield
        return
    for frame in range(getattr(image, "n_frames", 1)):
        image.seek(frame)
        kind = getattr(image, "tag_v2", {}).get(_SUBFILE_TYPE, 0)
        if frame == 0 or not kind & _NO_PAGE:
            yield
