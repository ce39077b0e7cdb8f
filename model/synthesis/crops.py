"""Labelled glyphs, made from ink alone or cropped from simulated photos.

Ink gives about a thousand glyphs a second. Photos give a tenth of that, but their crops are what
the recogniser will meet: soft, broken or dirty, as `vision` leaves them.
"""

from __future__ import annotations

import cv2
import numpy as np

from model.recognition.decoding import decode
from model.synthesis import ink
from model.synthesis.photo import SimulatedPhoto, simulate_photo
from model.synthesis.writer import Writer
from model.types import NOT_A_DIGIT, Box, Examples, Glyph, Ink
from model.vision.glyphs import extract_glyph
from model.vision.pipeline import find_glyphs

INK_LABELS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 4, 7)
"""The digits that are made from ink, in turn. These three have the most forms, and MNIST has few of
them: as rare as other digits, ones with an upstroke were taken for sevens. With more ones alone,
sevens were taken for ones."""

MIN_DIGIT_HEIGHT = 14
"""Pixels of the smallest digit made from ink, as in a drawing of 28×28 pixels."""

MAX_DIGIT_HEIGHT = 150
"""Pixels of the largest digit made from ink, as on a sheet held close."""

MIN_BOX_OVERLAP = 0.7
"""The intersection over union of two boxes from which a crop shows that character."""

MIN_GLUED_AREA = 2.5
"""A crop that holds a whole character and has this many times its area also holds something else,
such as pieces of a cell."""

DIGIT_PAGE_PROBABILITY = 0.2
"""How often negatives are looked for on pages of digits: touching digits and pieces of cells."""

MAX_DIRT_OVERLAP = 0.05
"""A crop shares less than this part of its box with characters if it is dirt, ruling or shadow."""

MAX_CROPS_PER_CHARACTER = 2
"""Crops kept of one character, and of the dirt in one photo with writing."""

MAX_CROPS_WITHOUT_WRITING = 6
"""Crops kept of one photo that shows no writing."""

MIN_BAR_ELONGATION = 2.5
"""A bar this many times as long as wide may be a 1, so it is not used as a negative."""

MIN_BAR_ANGLE = 0.6
"""A bar at least this steep, in radians, may be a 1, so it is not used as a negative."""


def from_ink(writer: Writer, count: int, rng: np.random.Generator, *, are_digits: bool) -> Examples:
    """Make `count` glyphs straight from ink: digits, spread as `INK_LABELS`, or negatives.

    Returns:
        glyphs (count, 28, 28) uint8; labels (count,) int64, 0–9 or -1.
    """
    glyphs = np.empty((count, 28, 28), np.uint8)
    labels = np.full(count, NOT_A_DIGIT, np.int64)
    made = 0
    while made < count:
        height = round(
            float(np.exp(rng.uniform(np.log(MIN_DIGIT_HEIGHT), np.log(MAX_DIGIT_HEIGHT))))
        )
        label = INK_LABELS[made % len(INK_LABELS)] if are_digits else NOT_A_DIGIT
        written = writer.digit(label, height, rng) if are_digits else writer.non_digit(height, rng)
        glyph = extract_glyph(_move_outline(_wear(written, rng), rng))
        if glyph.any():  # wear may take all of a hairline
            glyphs[made], labels[made] = glyph, label
            made += 1
    return Examples(glyphs, labels)


def from_photos(
    writer: Writer, count: int, rng: np.random.Generator, *, are_digits: bool
) -> Examples:
    """Make photos and crop them until there are `count` glyphs: digits or negatives.

    Returns:
        glyphs (count, 28, 28) uint8; labels (count,) int64, 0–9 or -1.
    """
    glyphs: list[Glyph] = []
    labels: list[int] = []
    while len(labels) < count:
        shows_digits = are_digits or rng.random() < DIGIT_PAGE_PROBABILITY
        photo = simulate_photo(writer, rng, are_digits=shows_digits)
        for glyph, label in label_crops(photo, rng):
            if (label != NOT_A_DIGIT) == are_digits:
                glyphs.append(glyph)
                labels.append(label)
    return Examples(np.stack(glyphs[:count]), np.array(labels[:count], np.int64))


def label_crops(photo: SimulatedPhoto, rng: np.random.Generator) -> list[tuple[Glyph, int]]:
    """Let `vision` find glyphs in a photo, and label each crop by what was written there.

    A crop of two characters, of a character with something else, or of nothing written is not a
    digit. A crop of a part of a character might be taken for either, so it is left out. Several
    crops of one character differ by their binarization; a random few of them are kept.

    Returns:
        glyphs (28, 28) uint8 with their labels, 0–9 or -1.
    """
    sizes = [box.width * box.height for box in photo.boxes]
    crops: dict[int, list[tuple[Glyph, int]]] = {}  # by character; -1: beside all of them
    for candidate in find_glyphs(decode.decode(photo.data).pixels):
        box = candidate.box
        area = box.width * box.height
        shared = [_intersection(box, other) for other in photo.boxes]
        character = int(np.argmax(shared)) if shared else -1
        if sum(share > size / 2 for share, size in zip(shared, sizes, strict=True)) > 1:
            crops.setdefault(character, []).append((candidate.glyph, NOT_A_DIGIT))
        elif sum(shared) < MAX_DIRT_OVERLAP * area:
            if not _may_be_a_one(candidate.glyph):
                crops.setdefault(-1, []).append((candidate.glyph, NOT_A_DIGIT))
        elif shared[character] > MIN_BOX_OVERLAP * (area + sizes[character] - shared[character]):
            crops.setdefault(character, []).append((candidate.glyph, photo.labels[character]))
        elif _is_glued(shared[character], sizes[character], area):
            crops.setdefault(character, []).append((candidate.glyph, NOT_A_DIGIT))
    most = MAX_CROPS_PER_CHARACTER if photo.boxes else MAX_CROPS_WITHOUT_WRITING
    kept = []
    for alike in crops.values():
        kept += [alike[i] for i in rng.permutation(len(alike))[:most]]
    return kept


def _is_glued(shared: int, size: int, area: int) -> bool:
    """Say whether a crop of an area holds all of a character of a size, and much more."""
    return shared > 0.9 * size and area > MIN_GLUED_AREA * size


def _may_be_a_one(glyph: Glyph) -> bool:
    """Say whether a glyph is a long, narrow, steep bar, by the moments of its ink."""
    m = cv2.moments(glyph)
    turn = 0.5 * np.arctan2(2 * m["mu11"], m["mu20"] - m["mu02"])  # of the long axis, 0: lying
    split = np.hypot(m["mu20"] - m["mu02"], 2 * m["mu11"])
    long, short = m["mu20"] + m["mu02"] + split, m["mu20"] + m["mu02"] - split
    return bool(abs(turn) > MIN_BAR_ANGLE and long > MIN_BAR_ELONGATION**2 * short)


def _intersection(box: Box, other: Box) -> int:
    """Count the pixels that two boxes have in common."""
    width = min(box.x + box.width, other.x + other.width) - max(box.x, other.x)
    height = min(box.y + box.height, other.y + other.height) - max(box.y, other.y)
    return max(width, 0) * max(height, 0)


def _wear(written: Ink, rng: np.random.Generator) -> Ink:
    """Change ink as a camera does, in a fraction of the time that a photo takes."""
    height = written.shape[0]
    if rng.random() < 0.2:
        # A pit as large as a line is wide would eat the line.
        most = 0.9 if height > 60 else 0.5
        written = ink.wear(written, float(rng.uniform(0.2, most)), int(rng.integers(1, 4)), rng)
    if rng.random() < 0.6:
        written = ink.soften(written, float(rng.uniform(0.3, 0.4 + 0.03 * height)))
    return written


def _move_outline(worn: Ink, rng: np.random.Generator) -> Ink:
    """Shift the outline to where `vision` might binarize: its brightness becomes 128."""
    inked = worn[worn > 30]
    if not inked.size:
        return worn
    below = rng.uniform(0.15, 0.5) * float(np.percentile(inked, 60))
    belongs = worn > below
    full = max(float(np.percentile(worn[belongs], 80)), below + 1)
    near = cv2.dilate(belongs.view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return ink.to_ink(np.where(near, 128 + 127 * (worn - below) / (full - below), 0))
