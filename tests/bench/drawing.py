"""The draw page in a real browser: how long after a movement of the pen one sees what is read."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from playwright.async_api import Page
from rich.console import Group, RenderableType
from rich.table import Table

from tests.bot.browsers import CHROMIUM, chromium
from tests.bot.running import running_bot
from tests.bot.web.drawing import SEVEN, TWO_ZERO_SEVEN, Stroke, draw_with_mouse

TITLE = "The draw page: from a movement of the pen to the picture of what is read of it"

ROUNDS = 10
"""How often each is drawn."""

WATCH = """
const usual = window.fetch, picture = HTMLCanvasElement.prototype.toDataURL;
let moved = [], taken = [];
window.delays = [];
window.answers = [];
document.addEventListener("pointermove", (event) => {
  if (event.buttons) moved.push(performance.now());
}, true);
HTMLCanvasElement.prototype.toDataURL = function (...given) {
  taken = moved;
  moved = [];
  return picture.apply(this, given);
};
window.fetch = async (path, options) => {
  const shown = taken, began = performance.now();
  const answer = await usual(path, options);
  if (path === "/draw/read") {
    window.answers.push(performance.now() - began);
    // The page draws before the next frame, which is on the screen when the timer ends.
    requestAnimationFrame(() => setTimeout(() => {
      window.delays.push(...shown.map((at) => performance.now() - at));
    }));
  }
  return answer;
};
"""
"""Notes, for each movement of the pen, the milliseconds until the frame that shows what is read of
a picture with it; and the milliseconds of each request."""


def run() -> RenderableType:
    """Draw a digit and a number with the mouse, again and again."""
    if CHROMIUM is None:
        return "Skipped: there is no Chromium."
    with tempfile.TemporaryDirectory() as folder, running_bot(Path(folder), PORT="0") as bot:
        return asyncio.run(_measure(bot.url))


async def _measure(url: str) -> RenderableType:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("milliseconds")
    for heading in ("movements", "p50", "p95", "of that, the request: p50", "p95"):
        table.add_column(heading, justify="right")
    async with chromium() as browser:
        page = await browser.new_page()
        await page.add_init_script(WATCH)
        await page.goto(f"{url}/")
        await _draw(page, SEVEN, "7")  # whatever is loaded on demand
        for text, strokes in (("7", SEVEN), ("207", TWO_ZERO_SEVEN)):
            await page.evaluate("window.delays = []; window.answers = [];")
            for _ in range(ROUNDS):
                await _draw(page, strokes, text)
            delays = await page.evaluate("window.delays")
            answers = await page.evaluate("window.answers")
            figures = [
                np.percentile(each, share) for each in (delays, answers) for share in (50, 95)
            ]
            table.add_row(text, str(len(delays)), *(f"{figure:.0f}" for figure in figures))
    return Group(table, "", f"Drawn {ROUNDS} times each, in headless Chromium on this machine.")


async def _draw(page: Page, strokes: Sequence[Stroke], text: str) -> None:
    await draw_with_mouse(page, strokes)
    await page.wait_for_function(
        "text => document.querySelector('#number').textContent === text", arg=text
    )
    await page.get_by_role("button", name="Clear").click()
