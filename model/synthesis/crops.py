"""Labelled glyphs, from ink alone or cut out of simulated photos.

Ink is quick, about a thousand glyphs a second; photos are a tenth of that, and are what the
recogniser will meet: the softness, the gaps and the dirt that `vision` leaves.
"""

from __future__ import annotations

import cv2
import numpy as np

from model.recognition import decoding
from model.synthesis import ink
from model.synthesis.photo import SimulatedPhoto, a_photo
from model.synthesis.writer import Writer
from model.types import NOT_A_DIGIT, Box, Examples, Glyph, Ink
from model.vision.glyphs import extract_glyph
from model.vision.pipeline import find_glyphs

# Heights of the digit in the picture, in pixels: 28×28 drawings to a sheet held close.
SMALLEST, LARGEST = 14, 150

# A cutting and a sign are the same thing where their boxes share this much of what both cover.
SAME = 0.7

# Under this share of signs in it a cutting is dirt, ruling or shadow.
DIRT = 0.05

# So many cuttings of one sign are kept, and so many specks of one photo's dirt; of a photo that
# shows nothing else, more.
FEW, MORE = 2, 6

# A bar so many times as long as wide, and at least so steep (radians), may be a 1, and is kept out
# of what is to be refused.
BAR, STEEP = 2.5, 0.6


def from_ink(writer: Writer, count: int, rng: np.random.Generator, *, are_digits: bool) -> Examples:
    """Make `count` glyphs straight from ink; all digits, evenly spread, or all none.

    Returns:
        glyphs (count, 28, 28) uint8; labels (count,) int64, 0–9 or -1.
    """
    glyphs = np.empty((count, 28, 28), np.uint8)
    labels = np.full(count, NOT_A_DIGIT, np.int64)
    made = 0
    while made < count:
        height = round(float(np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST)))))
        label = made % 10 if are_digits else NOT_A_DIGIT
        written = writer.digit(label, height, rng) if are_digits else writer.non_digit(height, rng)
        glyph = extract_glyph(_outlined(_worn(written, rng), rng))
        if glyph.any():  # wear may take all of a hairline
            glyphs[made], labels[made] = glyph, label
            made += 1
    return Examples(glyphs, labels)


def from_photos(
    writer: Writer, count: int, rng: np.random.Generator, *, are_digits: bool
) -> Examples:
    """Make photos and cut until there are `count` glyphs; all digits, or all none.

    Returns:
        glyphs (count, 28, 28) uint8; labels (count,) int64, 0–9 or -1.
    """
    glyphs: list[Glyph] = []
    labels: list[int] = []
    while len(labels) < count:
        taken = a_photo(writer, rng, are_digits=are_digits)
        for glyph, label in cut_out(taken, rng):
            if (label != NOT_A_DIGIT) == are_digits:
                glyphs.append(glyph)
                labels.append(label)
    return Examples(np.stack(glyphs[:count]), np.array(labels[:count], np.int64))


def cut_out(taken: SimulatedPhoto, rng: np.random.Generator) -> list[tuple[Glyph, int]]:
    """Let `vision` find what it finds, and say what each cutting is.

    A cutting that holds two signs, or nothing that was written, is not a digit. One that holds a
    part of a sign might be taken for either, and is left out. Of the cuttings of one sign, which
    differ by where the line between paper and pen was drawn, a random few are kept.
    """
    sizes = [box.width * box.height for box in taken.boxes]
    cuttings: dict[int, list[tuple[Glyph, int]]] = {}  # by sign; -1 for what lies beside them
    for candidate in find_glyphs(decoding.decode(taken.data).pixels):
        box = candidate.box
        area = box.width * box.height
        shared = [_shared(box, other) for other in taken.boxes]
        sign = int(np.argmax(shared)) if shared else -1
        if sum(share > size / 2 for share, size in zip(shared, sizes, strict=True)) > 1:
            cuttings.setdefault(sign, []).append((candidate.glyph, NOT_A_DIGIT))
        elif sum(shared) < DIRT * area:
            if not _may_be_a_one(candidate.glyph):
                cuttings.setdefault(-1, []).append((candidate.glyph, NOT_A_DIGIT))
        elif shared[sign] > SAME * (area + sizes[sign] - shared[sign]):
            cuttings.setdefault(sign, []).append((candidate.glyph, taken.labels[sign]))
    few = FEW if taken.boxes else MORE
    found = []
    for some in cuttings.values():
        found += [some[i] for i in rng.permutation(len(some))[:few]]
    return found


def _may_be_a_one(glyph: Glyph) -> bool:
    """Whether it is long, narrow and not lying, by the moments of its ink."""
    m = cv2.moments(glyph)
    turn = 0.5 * np.arctan2(2 * m["mu11"], m["mu20"] - m["mu02"])  # of the long axis, 0: lying
    split = np.hypot(m["mu20"] - m["mu02"], 2 * m["mu11"])
    long, short = m["mu20"] + m["mu02"] + split, m["mu20"] + m["mu02"] - split
    return bool(abs(turn) > STEEP and long > BAR**2 * short)


def _shared(box: Box, other: Box) -> int:
    """Pixels that two boxes have in common."""
    width = min(box.x + box.width, other.x + other.width) - max(box.x, other.x)
    height = min(box.y + box.height, other.y + other.height) - max(box.y, other.y)
    return max(width, 0) * max(height, 0)


def _worn(written: Ink, rng: np.random.Generator) -> Ink:
    """Do to ink what a camera does, at a fraction of the time."""
    height = written.shape[0]
    if rng.random() < 0.2:
        # A pit as large as a line is wide would eat the line.
        most = 0.9 if height > 60 else 0.5
        written = ink.wear(written, float(rng.uniform(0.2, most)), int(rng.integers(1, 4)), rng)
    if rng.random() < 0.6:
        written = ink.soften(written, float(rng.uniform(0.3, 0.4 + 0.03 * height)))
    return written


def _outlined(worn: Ink, rng: np.random.Generator) -> Ink:
    """Draw the line between paper and pen where `vision` might: the outline comes to be at 128."""
    inked = worn[worn > 30]
    if not inked.size:
        return worn
    below = rng.uniform(0.15, 0.5) * float(np.percentile(inked, 60))
    belongs = worn > below
    full = max(float(np.percentile(worn[belongs], 80)), below + 1)
    near = cv2.dilate(belongs.view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return ink.to_ink(np.where(near, 128 + 127 * (worn - below) / (full - below), 0))
