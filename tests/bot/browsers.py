"""The browser for tests and screenshots, where there is one."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)

REQUIRED = "INKLING_REQUIRE_BROWSER" in os.environ
"""Where it is set, a missing browser fails the tests."""

ARGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    # Each page would otherwise prepare what the address bar proposes: a second of CPU.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
]

needs_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not REQUIRED,
        reason=f"no browser: none of {', '.join(NAMES)} is here",
    ),
]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start a browser without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        await browser.close()
