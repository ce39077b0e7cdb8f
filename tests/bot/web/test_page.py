"""The draw page in a real browser, with the real bot behind it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, FilePayload, Page, ViewportSize, expect

from tests.bot.browsers import needs_browser
from tests.bot.running import BotProcess
from tests.bot.web.drawing import (
    SEVEN,
    TWO_ZERO_SEVEN,
    draw_by_keys,
    draw_by_touch,
    draw_with_mouse,
)

pytestmark = needs_browser

DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=360, height=740)

DOUBLE_TAP_MILLISECONDS = 600
"""Longer than the pause between the two halves of a double tap: a person needs longer, too."""


@asynccontextmanager
async def opened(browser: Browser, bot: BotProcess, **options: Any) -> AsyncIterator[Page]:
    """The page, open; a fault in its scripts fails the test."""
    # The page lets nobody evaluate strings; axe and playwright do.
    context = await browser.new_context(bypass_csp=True, **{"viewport": DESKTOP} | options)
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(f"{bot.url}/")
    yield page
    await context.close()
    assert faults == []


async def test_what_one_draws_with_the_mouse_is_read(browser: Browser, bot: BotProcess) -> None:
    async with opened(browser, bot) as page:
        await draw_with_mouse(page, SEVEN)
        await expect(page.locator("#number")).to_have_text("7")
        await expect(page.locator("#bars li.best .digit")).to_have_text("7")
        await expect(page.locator("#network")).to_have_attribute("aria-label", lead_to(7))
        assert await lit_pixels(page, "seen") > 20
        await page.get_by_role("button", name="Right").click()
        await expect(page.locator("#notice")).to_have_text("Thank you!")
        await page.get_by_role("button", name="Clear").click()
        await expect(page.locator("#number")).to_have_text("Nothing yet")
        await expect(page.locator("#verdict")).to_be_hidden()


async def test_a_number_is_drawn_with_a_finger_and_corrected_on_a_phone(
    browser: Browser, bot: BotProcess
) -> None:
    async with opened(browser, bot, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        await draw_by_touch(page, TWO_ZERO_SEVEN)
        await expect(page.locator("#number")).to_have_text("207")
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        # Chromium takes a tap right after a stroke for the second half of a double tap.
        await page.wait_for_timeout(DOUBLE_TAP_MILLISECONDS)
        await page.get_by_role("button", name="Digit 3: 7").tap()
        await expect(page.locator("#bars li.best .digit")).to_have_text("7")
        await page.get_by_role("button", name="Wrong").tap()
        await page.get_by_role("group", name="What is digit 3").get_by_text("1").tap()
        await expect(page.locator("#notice")).not_to_be_empty()
        await page.get_by_role("button", name="Undo").tap()
        await expect(page.locator("#number")).to_have_text("20")


@pytest.mark.slow
async def test_the_keyboard_alone_is_enough(browser: Browser, bot: BotProcess) -> None:
    async with opened(browser, bot) as page:
        await draw_by_keys(page)
        await expect(page.locator("#number")).to_have_text("1")
        # A screen reader hears of it once the pen rests.
        await expect(page.locator("#live")).to_contain_text("1.")
        await page.locator("#wrong").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#label-buttons button").first).to_be_focused()
        await page.locator("#paper").focus()
        await page.keyboard.press("Backspace")
        await expect(page.locator("#number")).to_have_text("Nothing yet")


@pytest.mark.slow
async def test_a_photo_is_read_as_it_came(
    browser: Browser, bot: BotProcess, photos: list[bytes]
) -> None:
    async with opened(browser, bot) as page:
        photo = FilePayload(name="5.jpg", mimeType="image/jpeg", buffer=photos[5])
        await page.locator("#photo").set_input_files([photo])
        await expect(page.locator("#number")).to_have_text("5")
        broken = FilePayload(name="x.jpg", mimeType="image/jpeg", buffer=b"no picture")
        await page.locator("#photo").set_input_files([broken])
        await expect(page.locator("#sureness")).to_contain_text("not a picture that I can open")


@pytest.mark.slow
async def test_somebody_who_drew_is_not_told_to_photograph(
    browser: Browser, bot: BotProcess, photos: list[bytes]
) -> None:
    scribble = [[(0.1 + 0.8 * (n % 2), 0.1 + 0.1 * n) for n in range(9)] for _ in range(2)]
    scribble += [[(y, x) for x, y in stroke] for stroke in scribble]
    async with opened(browser, bot) as page:
        await draw_with_mouse(page, scribble)
        await expect(page.locator("#number")).to_have_text("No digit")
        await expect(page.locator("#sureness")).to_contain_text("Write large, and leave")
        await expect(page.locator("#sureness")).not_to_contain_text("photo")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_to_mend(browser: Browser, bot: BotProcess, scheme: str) -> None:
    async with opened(browser, bot, color_scheme=scheme) as page:
        empty = await Axe().run(page)
        await draw_with_mouse(page, TWO_ZERO_SEVEN)
        await expect(page.locator("#number")).to_have_text("207")
        await page.get_by_role("button", name="Wrong").click()
        full = await Axe().run(page)
        assert empty.response["violations"] == []
        assert full.response["violations"] == []


def lead_to(digit: int) -> re.Pattern[str]:
    """Match the words of the network's picture."""
    return re.compile(rf"lead to {digit}\.$")


async def lit_pixels(page: Page, canvas: str) -> int:
    """Count the bright pixels of a canvas."""
    script = """id => {
        const canvas = document.getElementById(id);
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, i) => i % 4 === 0 && value > 128).length;
    }"""
    return int(await page.evaluate(script, canvas))
