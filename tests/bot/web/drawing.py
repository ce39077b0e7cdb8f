"""Draws on the page in a browser, with a mouse, a finger or the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from playwright.async_api import CDPSession, Page

Stroke = Sequence[tuple[float, float]]
"""Points as shares of the paper's width and height."""

SEVEN: Sequence[Stroke] = [[(0.38, 0.25), (0.62, 0.25), (0.48, 0.78)]]

TWO_ZERO_SEVEN: Sequence[Stroke] = [
    [(0.14, 0.34), (0.2, 0.25), (0.27, 0.3), (0.25, 0.42), (0.14, 0.66), (0.29, 0.66)],
    [
        *((0.44, 0.28), (0.39, 0.34), (0.37, 0.46), (0.39, 0.6), (0.44, 0.66)),
        *((0.49, 0.6), (0.51, 0.46), (0.49, 0.34), (0.44, 0.28)),
    ],
    [(0.62, 0.3), (0.74, 0.3), (0.67, 0.68)],
]


async def draw_with_mouse(page: Page, strokes: Sequence[Stroke]) -> None:
    """Press, move and lift the mouse for each stroke."""
    for stroke in await _on_paper(page, strokes):
        await page.mouse.move(*stroke[0])
        await page.mouse.down()
        for point in stroke[1:]:
            await page.mouse.move(*point, steps=6)
        await page.mouse.up()


async def draw_by_touch(page: Page, strokes: Sequence[Stroke]) -> None:
    """Put down a finger, move and lift it for each stroke."""
    session = await page.context.new_cdp_session(page)
    for stroke in await _on_paper(page, strokes):
        await _touch(session, "touchStart", stroke[0])
        for begin, end in pairwise(stroke):
            for step in range(1, 7):
                share = step / 6
                x = begin[0] + share * (end[0] - begin[0])
                await _touch(session, "touchMove", (x, begin[1] + share * (end[1] - begin[1])))
        await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


async def draw_by_keys(page: Page) -> None:
    """Draw a one: focus the paper, put the pen down, and go upwards."""
    await page.locator("#paper").focus()
    for _ in range(8):
        await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Space")
    for _ in range(16):
        await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Space")


async def _touch(session: CDPSession, kind: str, point: tuple[float, float]) -> None:
    points = [{"x": point[0], "y": point[1]}]
    await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


async def _on_paper(page: Page, strokes: Sequence[Stroke]) -> list[list[tuple[float, float]]]:
    """Return strokes in pixels of the window."""
    box = await page.locator("#paper").bounding_box()
    assert box is not None
    return [
        [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        for stroke in strokes
    ]
