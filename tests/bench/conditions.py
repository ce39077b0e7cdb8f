"""How well photos are read under each condition that people photograph digits in.

Every picture has its condition in a strength at which a person still reads it without effort, and
is ordinary otherwise. The hands are the last of MNIST's training images, enlarged, which choices
are made on and nothing is learnt from; only what a pen must do itself, dots and hair lines, is
drawn. The same seed makes the same pictures.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from rich.console import RenderableType
from rich.table import Table

from model.recognition.decoding.decode import decode
from model.recognition.recognizer import Recognizer
from model.synthesis import ink, paper, pen
from model.synthesis.page import WrittenPage, lay_out
from model.synthesis.paper import PAPER_COLOURS
from model.synthesis.pen import Nib
from model.synthesis.photo import INK_COLOURS, scan
from model.synthesis.shapes.stroke_templates import DIGIT_TEMPLATES
from model.synthesis.writer import Writer
from tests.bench import _numbers
from tests.bench._pictures import Hand, Picture, drawn_with, joined, jpeg, plain, png, ruled, taken

TITLE = "Digits read under the conditions that people photograph them in"

PICTURE_COUNT = 40
"""Pictures of each condition."""

BLACK = INK_COLOURS["black"]
"""The ink of a felt pen."""

PENCIL = INK_COLOURS["pencil"]
"""The grey of a pencil."""


def run() -> RenderableType:
    """Make and read the pictures of every condition."""
    cv2.setNumThreads(1)
    recognizer = Recognizer.load()
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(f"{PICTURE_COUNT} pictures each")
    for heading in ("right", "wrong", "refused"):
        table.add_column(heading, justify="right")
    rights = 0
    for name in CONDITIONS:
        read = [(recognizer.read(made.data).text, made.label) for made in pictures(name)]
        right = sum(text == label for text, label in read)
        refused = sum(not text for text, _ in read)
        rights += right
        table.add_row(name, str(right), str(PICTURE_COUNT - right - refused), str(refused))
    table.add_section()
    table.add_row("all", f"{rights / PICTURE_COUNT / len(CONDITIONS):.1%}", "", "")
    return table


def pictures(name: str) -> list[Picture]:
    """Make the pictures of one condition."""
    writer = Writer.load("validation", use_downloads=False)
    seed = sum(map(ord, name))
    return [
        CONDITIONS[name](Hand(writer, number % 10, np.random.default_rng([seed, number])))
        for number in range(PICTURE_COUNT)
    ]


def ordinary(hand: Hand) -> Picture:
    return taken(hand, hand.page(160))


def cell(hand: Hand) -> Picture:
    """Make a cell of a form, scanned at 300 dpi."""
    made = scan(hand.writer, hand.rng)
    return Picture(made.data, "".join(map(str, made.labels)))


def pencil(hand: Hand) -> Picture:
    page = hand.page(160)
    worn = ink.wear(ink.thin(page.ink, 0.5)[2:-2, 2:-2], 0.5, 2, hand.rng)
    opacity = hand.rng.uniform(0.2, 0.4)
    return taken(hand, page._replace(ink=worn), colour=PENCIL, opacity=opacity)


def felt_pen(hand: Hand) -> Picture:
    fat = ink.thicken(hand.ink(150), 18)
    return taken(hand, lay_out([(hand.digit, fat)], (480, 360), 1, hand.rng), colour=BLACK)


def coloured_paper(hand: Hand) -> Picture:
    colour = PAPER_COLOURS[hand.rng.integers(len(PAPER_COLOURS))]
    return taken(hand, hand.page(160), sheet=plain((480, 360), hand.rng, colour))


def squared_paper(hand: Hand) -> Picture:
    page = hand.page(120)
    return taken(hand, page, sheet=ruled(page, "squared", hand.rng))


def ruled_paper(hand: Hand) -> Picture:
    page = hand.page(120)
    return taken(hand, page, sheet=ruled(page, "ruled", hand.rng))


def dotted_paper(hand: Hand) -> Picture:
    page = hand.page(120)
    return taken(hand, page, sheet=ruled(page, "dotted", hand.rng))


def chalk(hand: Hand) -> Picture:
    page = hand.page(170)
    worn = ink.wear(page.ink, hand.rng.uniform(0.4, 0.9), 3, hand.rng)
    board = paper.board(480, 360, hand.rng)
    white = (0.85, 0.85, 0.82)
    return taken(hand, page._replace(ink=worn), sheet=board, colour=white, opacity=0.8)


def half_shadow(hand: Hand) -> Picture:
    """Let the edge of a hard shadow run through the digit."""
    page = hand.page(160)
    light = np.ones(page.ink.shape, np.float32)
    box = page.boxes[0]
    x, y = box.x + box.width / 2, box.y + box.height / 2
    tilt = hand.rng.uniform(-0.5, 0.5)
    edge = [(x + tilt * y, 0), (x - tilt * (480 - y), 480), (-400, 480), (-400, 0)]
    cv2.fillPoly(light, [np.round(edge).astype(np.int32)], hand.rng.uniform(0.35, 0.55))
    return taken(hand, page, light=np.asarray(cv2.GaussianBlur(light, (0, 0), 1.5), np.float32))


def flash(hand: Hand) -> Picture:
    """Light the middle brightly, and the corners hardly at all."""
    page = hand.page(130)
    y, x = np.mgrid[-1:1:480j, -1:1:360j].astype(np.float32)
    light = 0.1 + 1.2 * np.exp(-((x - 0.2) ** 2 + y**2) * np.float32(hand.rng.uniform(1.2, 2.5)))
    return taken(hand, page, light=light)


def strong_blur(hand: Hand) -> Picture:
    return taken(hand, hand.page(160), blur=hand.rng.uniform(7, 10))


def jpeg_blocks(hand: Hand) -> Picture:
    return taken(hand, hand.page(90, (240, 240)), quality=int(hand.rng.integers(6, 13)))


def equal_brightness(hand: Hand) -> Picture:
    """Choose ink and paper of one brightness, in different colours."""
    pairs = [
        ((0.85, 0.45, 0.45), (0.35, 0.65, 0.40)),
        ((0.45, 0.62, 0.90), (0.85, 0.50, 0.55)),
        ((0.80, 0.62, 0.20), (0.55, 0.62, 0.95)),
        ((0.60, 0.60, 0.60), (0.95, 0.45, 0.50)),
    ]
    ground, colour = (np.array(c) for c in pairs[hand.rng.integers(len(pairs))])
    weights = np.array([0.299, 0.587, 0.114])
    colour = colour * (ground @ weights) / (colour @ weights)
    return taken(hand, hand.page(160), sheet=plain((480, 360), hand.rng, ground), colour=colour)


def dotted_strokes(hand: Hand) -> Picture:
    width = hand.rng.uniform(0.03, 0.06)
    nib = Nib(width, gap=hand.rng.uniform(1.6, 2.6))
    return Picture(png(255 - drawn_with(hand, nib, 200)), str(hand.digit))


def one_pixel_strokes(hand: Hand) -> Picture:
    drawn = drawn_with(hand, Nib(0.001, smooth=False), int(hand.rng.integers(60, 500)))
    return Picture(png(255 - drawn), str(hand.digit))


def dark_on_nothing(hand: Hand) -> Picture:
    return on_nothing(hand, 20)


def white_on_nothing(hand: Hand) -> Picture:
    return on_nothing(hand, 255)


def on_nothing(hand: Hand, colour: int) -> Picture:
    """Draw strokes as in a paint program, on a transparent ground."""
    drawn = np.pad(hand.ink(200), 60)
    flat = np.full(drawn.shape, colour, np.uint8)
    hidden = flat * (drawn > 0)
    return Picture(png(np.dstack([hidden, hidden, hidden, drawn])), str(hand.digit))


def tight_crop(hand: Hand) -> Picture:
    """Crop to the ink on all sides."""
    drawn = hand.ink(160)
    height, width = drawn.shape
    page = WrittenPage(drawn[2 : height - 2, 2 : width - 2], (hand.digit,), (), 160)
    return taken(hand, page, colour=BLACK)


def tiny_digit(hand: Hand) -> Picture:
    return taken(hand, hand.page(26, (1280, 960)), blur=0.7)


def apart(hand: Hand) -> Picture:
    """Write a digit of several strokes that do not join."""
    digit = (4, 5, 7)[hand.rng.integers(3)]
    forms = [form for form in DIGIT_TEMPLATES[digit] if ";" in form]
    form = forms[hand.rng.integers(len(forms))]
    strokes = pen.vary(pen.strokes_of(form, hand.rng), hand.rng)
    away = [hand.rng.uniform(3, 7) * np.array([(-1) ** k, 0.4]) for k in range(len(strokes))]
    moved = [(stroke + by).astype(np.float32) for stroke, by in zip(strokes, away, strict=True)]
    drawn = ink.trim(pen.draw(moved, Nib(0.06), 160, hand.rng))
    return taken(hand, lay_out([(digit, drawn)], (480, 360), 1, hand.rng))


def touching(hand: Hand) -> Picture:
    """Write two or three digits, each of which touches the next."""
    digits = [hand.digit, *hand.rng.integers(10, size=hand.rng.integers(1, 3)).tolist()]
    line = hand.ink(110)
    for digit in digits[1:]:
        line = joined(line, hand.ink(110, digit))
    page = lay_out([(0, line)], (360, 480), 1, hand.rng)
    label = "".join(map(str, digits))
    return taken(hand, page)._replace(label=label)


def at_an_angle(hand: Hand) -> Picture:
    """Photograph a sheet on a table from the side."""
    page = hand.number(70, (600, 800), 4, 2)
    corners = np.array([[0, 0], [800, 0], [800, 600], [0, 600]], np.float32)
    far = hand.rng.uniform(0.1, 0.22) * 800
    aimed = np.array([[far, 60], [800 - far, 60], [790, 570], [10, 570]], np.float32)
    aimed += hand.rng.normal(0, 12, (4, 2)).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, aimed)
    turn = cv2.getRotationMatrix2D((400, 300), hand.rng.uniform(-12, 12), 0.92)
    return taken(hand, page, matrix=np.vstack([turn, [0, 0, 1]]) @ matrix, colour=BLACK)


def sideways(hand: Hand) -> Picture:
    """Turn a line of digits by 90°, either way."""
    made = taken(hand, hand.number(110, (480, 640), 4, 1))
    pixels = decode(made.data).pixels
    turned = np.rot90(pixels, 1 if hand.rng.random() < 0.5 else 3)
    return Picture(jpeg(turned, 95), made.label)


CONDITIONS: dict[str, Callable[[Hand], Picture]] = {
    "ordinary photo": ordinary,
    "cell of a form, scanned": cell,
    "faint pencil": pencil,
    "felt pen": felt_pen,
    "coloured paper": coloured_paper,
    "squared paper": squared_paper,
    "ruled paper": ruled_paper,
    "dotted paper": dotted_paper,
    "chalk on a board": chalk,
    "shadow over half": half_shadow,
    "vignette of a flash": flash,
    "strong blur": strong_blur,
    "JPEG blocks": jpeg_blocks,
    "ink as bright as paper": equal_brightness,
    "dotted strokes": dotted_strokes,
    "one-pixel strokes": one_pixel_strokes,
    "dark on nothing": dark_on_nothing,
    "white on nothing": white_on_nothing,
    "tight crop": tight_crop,
    "tiny on a large sheet": tiny_digit,
    "strokes that do not join": apart,
    "digits that touch": touching,
    "sheet at an angle": at_an_angle,
    "turned by 90°": sideways,
    "boxes of a form": _numbers.boxes,
    "comb of a form": _numbers.combs,
    "table": _numbers.tables,
    "circled": _numbers.circled,
    "box drawn around": _numbers.boxed,
    "underlined": _numbers.underlined,
    "ruling as dark as the pen": _numbers.dark_ruling,
    "cut at the frame": _numbers.at_the_frame,
    "small zeros": _numbers.small_zeros,
    "two digits that touch": _numbers.touching_pair,
    "crossed out": _numbers.crossed_out,
    "shadow across a number": _numbers.shadow_across,
}
