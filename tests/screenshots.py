"""Make the README's pictures: `python -m tests.screenshots [--out FOLDER] [--language CODE]`.

Starts the bot, sends it photos as a person would, and photographs the page on a phone, by day and
by night. The handwriting is from MNIST's test set, on simulated paper.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from PIL import Image
from playwright.async_api import ViewportSize, expect

from bot.messages.language import ENGLISH, LANGUAGES
from model.datasets import mnist
from model.synthesis.page import WrittenPage
from model.synthesis.photo import photograph
from model.types import Box
from tests.bot.browsers import chromium
from tests.bot.running import Chat, running_bot
from tests.bot.web.drawing import TWO_ZERO_SEVEN, draw_with_mouse

PHONE = ViewportSize(width=390, height=800)
WINDOW = ViewportSize(width=1180, height=900)
COLOURS = 256
"""Few enough for a small file, enough for a photo of paper."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(".github"))
    parser.add_argument("--language", default=ENGLISH, choices=sorted(LANGUAGES))
    options = parser.parse_args(arguments)
    out: Path = options.out
    with tempfile.TemporaryDirectory() as folder, running_bot(Path(folder), PORT="0") as bot:
        chat = Chat(bot.url)
        chat.set_language(options.language)
        chat.ask(handwriting([7], seed=18))
        day = asyncio.run(photographed(bot.url, options.language, "light"))
        chat.ask(handwriting([2, 0, 5, 9], seed=7))
        night = asyncio.run(photographed(bot.url, options.language, "dark"))
        drawn = asyncio.run(photograph_drawing(bot.url, options.language))
    both = Image.new("RGB", (day.width + night.width, day.height))
    both.paste(day, (0, 0))
    both.paste(night, (day.width, 0))
    out.mkdir(parents=True, exist_ok=True)
    both.quantize(COLOURS).save(out / "chat.png", optimize=True)
    drawn.quantize(COLOURS).save(out / "draw.png", optimize=True)


def handwriting(digits: Sequence[int], seed: int) -> bytes:
    """Make a photo of these digits, written one after the other on a sheet of paper."""
    rng = np.random.default_rng(seed)
    examples = mnist.test_set()
    size, margin = 220, 130
    sheet = np.zeros((size + 2 * margin, size * len(digits) + 2 * margin), np.uint8)
    boxes = []
    for place, digit in enumerate(digits):
        glyph = examples.glyphs[rng.choice(np.flatnonzero(examples.labels == digit))]
        large = cv2.resize(glyph, (size, size), interpolation=cv2.INTER_CUBIC).astype(np.float32)
        # A pen's edge is sharp, whatever the resolution of the scan was.
        ink = np.clip((large - 90) * 4, 0, 255).astype(np.uint8)
        left = margin + place * size
        sheet[margin : margin + size, left : left + size] = ink
        boxes.append(Box(left, margin, size, size))
    return photograph(WrittenPage(sheet, tuple(digits), tuple(boxes), size), rng).data


async def photographed(url: str, language: str, scheme: Literal["light", "dark"]) -> Image.Image:
    """Return the page as it looks on a phone."""
    async with chromium() as browser:
        page = await browser.new_page(
            viewport=PHONE, device_scale_factor=2, color_scheme=scheme, locale=language
        )
        await page.goto(f"{url}/chat")
        await expect(page.locator("article.theirs .picture img").last).to_be_visible()
        # Pictures fade in.
        await page.wait_for_timeout(500)
        return Image.open(BytesIO(await page.screenshot()))


async def photograph_drawing(url: str, language: str) -> Image.Image:
    """Draw a number on the draw page, and return the page as it looks in a window."""
    async with chromium() as browser:
        page = await browser.new_page(viewport=WINDOW, color_scheme="light", locale=language)
        await page.goto(url)
        await draw_with_mouse(page, TWO_ZERO_SEVEN)
        await expect(page.locator("#number")).to_have_text("207")
        # Bars grow to their length.
        await page.wait_for_timeout(500)
        return Image.open(BytesIO(await page.screenshot(full_page=True)))


if __name__ == "__main__":
    main()
