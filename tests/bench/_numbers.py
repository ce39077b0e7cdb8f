"""Whole numbers as people write them: in boxes, combs and tables, circled, underlined, touching."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from model.synthesis import ink, paper
from model.synthesis.page import WrittenPage, lay_out
from model.types import Ink
from tests.bench._pictures import Hand, Picture, joined, plain, taken

SHAPE = (360, 640)
"""Height and width of most pictures of a number, in pixels."""


def boxes(hand: Hand) -> Picture:
    """Write one digit into each box of a form; some touch a side."""
    height = round(64 * hand.rng.uniform(1, 1.4))
    apart = int(hand.rng.choice([0, 8]))
    return _in_cells(hand, Cells(1, int(hand.rng.integers(3, 9)), 64, height, apart))


def combs(hand: Hand) -> Picture:
    """Write digits into a comb: a base line, with a short upright line between any two."""
    cells = Cells(1, int(hand.rng.integers(4, 9)), 60, 72)
    page = _filled(hand, cells, 0.75)
    lines = page.ink.copy()
    thick, tick = int(hand.rng.integers(2, 4)), round(72 * hand.rng.uniform(0.25, 0.6))
    left, base = cells.corner(0)[0], cells.corner(0)[1] + cells.height
    cv2.line(lines, (left, base), (left + cells.columns * cells.width, base), 255, thick)
    for number in range(cells.columns + 1):
        x = left + number * cells.width
        cv2.line(lines, (x, base), (x, base - tick), 255, thick)
    return taken(hand, page._replace(ink=lines))


def tables(hand: Hand) -> Picture:
    """Write digits into a table or the cells of a sudoku."""
    rows, columns = (int(hand.rng.integers(2, 5)) for _ in range(2))
    return _in_cells(hand, Cells(rows, columns, 80, 80, page=(420, 420)))


def circled(hand: Hand) -> Picture:
    """Draw a circle around a number, which seldom closes."""
    page = _number(hand, 90, int(hand.rng.integers(1, 3)))
    x, y, width, height = cv2.boundingRect(page.ink)
    lines = page.ink.copy()
    radius = np.hypot(width, height) / 2 * hand.rng.uniform(1.1, 1.5)
    axes = (min(round(radius * width / max(width, height)) + 20, 310), min(round(radius), 170))
    start = int(hand.rng.integers(360))
    gap = int(hand.rng.integers(-10, 25))
    centre = (x + width // 2, y + height // 2)
    cv2.ellipse(lines, centre, axes, 0, start, start + 360 - gap, 255, 6, cv2.LINE_AA)
    return taken(hand, page._replace(ink=lines))


def boxed(hand: Hand) -> Picture:
    """Draw a box around a number by hand: its corners stick out."""
    page = _number(hand, 90, int(hand.rng.integers(1, 4)))
    x, y, width, height = cv2.boundingRect(page.ink)
    lines, rng = page.ink.copy(), hand.rng
    margin = rng.uniform(0.1, 0.4) * height
    left, top, right, low = x - margin, y - margin, x + width + margin, y + height + margin
    for ends in (
        ((left, top), (right, top)),
        ((right, top), (right, low)),
        ((left, low), (right, low)),
        ((left, top), (left, low)),
    ):
        start, end = np.rint(np.array(ends) + rng.normal(0, 4, (2, 2))).astype(int).tolist()
        cv2.line(lines, start, end, 255, 5, cv2.LINE_AA)
    return taken(hand, page._replace(ink=lines))


def underlined(hand: Hand) -> Picture:
    """Underline a number; the line may touch it."""
    page = _number(hand, 90, int(hand.rng.integers(2, 5)))
    x, y, width, height = cv2.boundingRect(page.ink)
    lines = page.ink.copy()
    low = y + height + round(height * hand.rng.uniform(-0.08, 0.25))
    ends = (x - 15, low), (x + width + 15, low + round(hand.rng.normal(0, 5)))
    cv2.line(lines, *ends, 255, 5, cv2.LINE_AA)
    return taken(hand, page._replace(ink=lines))


def dark_ruling(hand: Hand) -> Picture:
    """Write on lines as dark as the pen, which are closer or wider than the digits are high."""
    page = _number(hand, 80, int(hand.rng.integers(2, 6)))
    ruling = ("ruled", "squared")[hand.rng.integers(2)]
    pitch = page.digit_height * hand.rng.uniform(0.45, 1.3)
    height, width = page.ink.shape
    printed = paper.rule(height, width, ruling, pitch, hand.rng)
    sheet = plain(SHAPE, hand.rng) * (1 - printed[..., None] * np.array([0.75, 0.7, 0.5]))
    return taken(hand, page, sheet=np.asarray(sheet, np.float32))


def at_the_frame(hand: Hand) -> Picture:
    """Cut a number out of a page so tightly that it touches the picture's frame on some sides."""
    page = _number(hand, 90, int(hand.rng.integers(2, 7)))
    x, y, width, height = cv2.boundingRect(page.ink)
    near = [round(side) for side in np.where(hand.rng.random(4) < 0.6, -1, 25)]
    kept = np.s_[
        max(y - near[0], 0) : y + height + near[1], max(x - near[2], 0) : x + width + near[3]
    ]
    return taken(hand, page._replace(ink=np.ascontiguousarray(page.ink[kept])))


def small_zeros(hand: Hand) -> Picture:
    """Write a number whose zeros are half as high as its other digits."""
    digits = [hand.digit or 4, 0, *hand.rng.integers(10, size=hand.rng.integers(1, 5)).tolist()]
    signs = []
    for digit in digits:
        drawn = hand.ink(80, digit)
        if digit == 0:
            share = hand.rng.uniform(0.33, 0.6)
            size = [max(8, round(side * share)) for side in drawn.shape[::-1]]
            small = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)
            drawn = np.zeros_like(drawn[:, : size[0]])
            drawn[-size[1] - 8 :][: size[1]] = small
            drawn = ink.thicken(np.asarray(drawn, np.uint8), 2)
        signs.append((digit, drawn))
    return taken(hand, lay_out(signs, SHAPE, len(signs), hand.rng, 1.1))


def touching_pair(hand: Hand) -> Picture:
    """Write a number two or three neighbours of which touch."""
    digits = [hand.digit, *hand.rng.integers(10, size=hand.rng.integers(2, 5)).tolist()]
    if hand.rng.random() < 0.4:
        digits[-2:] = [0, 0]
    first = int(hand.rng.integers(len(digits) - 1))
    pair = joined(hand.ink(90, digits[first]), hand.ink(90, digits[first + 1]))
    signs = [(digit, hand.ink(90, digit)) for digit in digits]
    signs[first : first + 2] = [(digits[first], pair)]
    page = lay_out(signs, SHAPE, len(signs), hand.rng, 1.6)
    return taken(hand, page)._replace(label="".join(map(str, digits)))


def crossed_out(hand: Hand) -> Picture:
    """Cross out one number with a line and write another one beside it."""
    wrong = _line_of([hand.ink(80, int(digit)) for digit in hand.rng.integers(10, size=2)])
    height, width = wrong.shape
    wrong = np.pad(wrong, ((0, 0), (15, 15)))
    middle = round(height * hand.rng.uniform(0.4, 0.6))
    ends = (0, middle + round(hand.rng.normal(0, 6))), (width + 29, middle)
    cv2.line(wrong, *ends, 255, 6, cv2.LINE_AA)
    digits = [hand.digit, int(hand.rng.integers(10))]
    right = _line_of([hand.ink(80, digit) for digit in digits])
    page = lay_out([(0, _line_of([wrong, right], 60))], SHAPE, 1, hand.rng)
    return taken(hand, page)._replace(label="".join(map(str, digits)))


def shadow_across(hand: Hand) -> Picture:
    """Let the edge of a hard shadow run across a number at an angle."""
    page = _number(hand, 110, int(hand.rng.integers(2, 4)))
    x, y, width, height = cv2.boundingRect(page.ink)
    centre = np.array([x + width * hand.rng.uniform(0.2, 0.8), y + height / 2])
    angle = hand.rng.uniform(0, 2 * np.pi)
    along, away = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) * 999
    corners = [centre + along, centre - along, centre - along + away, centre + along + away]
    light = np.ones(page.ink.shape, np.float32)
    cv2.fillPoly(light, [np.rint(corners).astype(np.int32)], hand.rng.uniform(0.3, 0.6))
    return taken(hand, page, light=np.asarray(cv2.GaussianBlur(light, (0, 0), 2), np.float32))


def _number(hand: Hand, height: int, count: int) -> WrittenPage:
    """Write a number in one line, whose digits stand a little apart."""
    digits = [hand.digit, *hand.rng.integers(10, size=count - 1).tolist()]
    signs = [(digit, hand.ink(height, digit)) for digit in digits]
    return lay_out(signs, SHAPE, count, hand.rng, 1.1)


def _line_of(pieces: list[Ink], gap: int = 14) -> Ink:
    """Put pieces of ink beside each other, a few pixels apart."""
    line = pieces[0]
    for piece in pieces[1:]:
        line = ink.beside(line, piece, gap)
    return line


class Cells(NamedTuple):
    """Cells of a form or a table.

    Attributes:
        rows, columns: how many there are.
        width, height: of each, in pixels.
        apart: pixels between two in a row.
        page: height and width of the page, in pixels.
    """

    rows: int
    columns: int
    width: int
    height: int
    apart: int = 0
    page: tuple[int, int] = SHAPE

    def corner(self, number: int) -> tuple[int, int]:
        """Return where one of them stands: x, y of its upper left corner."""
        row, column = divmod(number, self.columns)
        pitch = self.width + self.apart
        left = (self.page[1] - self.columns * pitch) // 2
        top = (self.page[0] - self.rows * self.height) // 2
        return left + column * pitch, top + row * self.height


def _filled(hand: Hand, cells: Cells, fill: float) -> WrittenPage:
    """Write one digit into each cell, the longer side a share of the cell's shorter one."""
    canvas = np.zeros(cells.page, np.uint8)
    size = round(min(cells.width, cells.height) * fill)
    labels = []
    for number in range(cells.rows * cells.columns):
        digit = hand.digit if number == 0 else int(hand.rng.integers(10))
        drawn = hand.ink(size, digit)
        h, w = drawn.shape
        left, top = cells.corner(number)
        x = round(left + (cells.width - w) * hand.rng.uniform(0.1, 0.9))
        y = round(top + (cells.height - h) * hand.rng.uniform(0.1, 0.9))
        place = canvas[y : y + h, x : x + w]
        np.maximum(place, drawn, out=place)
        labels.append(digit)
    return WrittenPage(canvas, tuple(labels), (), size)


def _in_cells(hand: Hand, cells: Cells) -> Picture:
    """Write one digit into each cell, photographed a little askew."""
    page = _filled(hand, cells, hand.rng.uniform(0.55, 0.85))
    lines = page.ink.copy()
    thick = int(hand.rng.integers(1, 4))
    for number in range(cells.rows * cells.columns):
        x, y = cells.corner(number)
        cv2.rectangle(lines, (x, y), (x + cells.width, y + cells.height), 255, thick)
    height, width = cells.page
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), hand.rng.normal(0, 1.2), 0.95)
    turned = np.asarray(cv2.warpAffine(lines, turn, (width, height)), np.uint8)
    return taken(hand, page._replace(ink=turned))
