"""The whole of it, as a newcomer meets it: the page in a browser, the real bot behind it."""

from __future__ import annotations

from io import BytesIO

from PIL import Image
from playwright.async_api import Browser, FilePayload, expect

from tests.bot.browsers import needs_browser
from tests.bot.running import BotProcess

pytestmark = needs_browser


async def test_a_photo_that_is_picked_in_the_page_is_read(
    bot: BotProcess, photos: list[bytes], browser: Browser
) -> None:
    photo = FilePayload(name="five.jpg", mimeType="image/jpeg", buffer=photos[5])
    async with await browser.new_page() as page:
        await page.goto(f"{bot.url}/chat")
        messages = page.locator("article.theirs")
        # Nobody can pick a photo before, but a test can set it into a field that is not shown yet.
        await expect(page.locator("#app")).to_be_visible(timeout=30_000)
        await page.locator("#pick-photo").set_input_files([photo])
        await page.get_by_role("textbox", name="Caption").press("Enter")
        answer = messages.filter(has_text="sure").last
        await expect(answer.locator(".text")).to_contain_text("5", timeout=30_000)
        picture = answer.locator(".picture img")
        await expect(picture).to_be_visible()
        shown = Image.open(BytesIO(await picture.screenshot()))
        # The answer card, and not a broken picture: its paper, its board and its bar are there.
        assert len(shown.convert("RGB").getcolors(1 << 24) or []) > 100
        await answer.get_by_role("button", name="right").click()
        await expect(page.get_by_text("Thank you!", exact=True)).to_be_visible()
