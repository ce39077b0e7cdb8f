"""The page in a real browser, with a real bot behind it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from playwright.async_api import Browser, FilePayload, Page, Route, ViewportSize, expect
from telegram import BotCommandScopeChat

from bot.local import ADA, ADMIN, BORIS, GROUP_ID, LocalTelegram
from bot.local.api.files import FileStore
from tests.bot.browsers import needs_browser
from tests.bot.local.conftest import TOKEN, AnyApplication
from tests.bot.local.serving import served

PHONE = ViewportSize(width=360, height=740)

pytestmark = needs_browser


@pytest.fixture
async def app(browser: Browser, url: str) -> AsyncIterator[Page]:
    """The page, open on a phone's width; a fault in its scripts fails the test."""
    page = await browser.new_page(viewport=PHONE)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda m: faults.append(m.text) if "Content Security" in m.text else None)
    await page.goto(f"{url}/chat")
    await expect(page.get_by_label("Message", exact=True)).to_be_visible()
    yield page
    await page.close()
    assert faults == []


async def test_a_drawn_digit_is_answered_and_a_button_changes_the_answer(
    app: Page, echo_bot: AnyApplication
) -> None:
    await app.get_by_role("button", name="Draw a digit").click()
    box = await app.locator("#canvas").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2
    await app.mouse.move(middle, box["y"] + 40)
    await app.mouse.down()
    await app.mouse.move(middle, box["y"] + box["height"] - 40, steps=6)
    await app.mouse.up()
    await app.get_by_role("button", name="Send the drawing").click()

    answer = app.locator("article.theirs")
    await expect(answer.locator(".text")).to_have_text("1 & more")
    await expect(answer.locator(".picture img")).to_be_visible()
    await expect(answer.locator(".quote")).to_contain_text("Ada")
    await expect(app.get_by_label("fetched by the bot", exact=True)).to_be_visible()

    await answer.get_by_role("button", name="right").click()
    await expect(app.get_by_role("alertdialog")).to_contain_text("Thank you")
    await app.get_by_role("button", name="OK").click()
    await expect(answer.locator(".key")).to_have_count(0)
    await expect(app.locator("article")).to_have_count(2)

    await answer.get_by_role("button", name="Show the picture in full").click()
    await expect(app.get_by_role("dialog", name="Picture")).to_be_visible()
    await app.keyboard.press("Escape")
    width = await app.evaluate("document.documentElement.scrollWidth")
    assert width == PHONE["width"]


async def test_the_keyboard_alone_suffices(
    app: Page, echo_bot: AnyApplication, api: httpx.AsyncClient
) -> None:
    await echo_bot.bot.set_my_commands([("help", "What to send"), ("privacy", "What is kept")])
    text = app.get_by_label("Message", exact=True)
    await text.focus()
    await app.keyboard.type("/p")
    await expect(app.get_by_role("option")).to_have_text("/privacyWhat is kept")
    await app.keyboard.press("Enter")
    await expect(app.locator("article.own .command")).to_have_text("/privacy")

    await app.keyboard.type("two\n")
    await expect(app.get_by_label("fetched by the bot", exact=True)).to_have_count(2)
    await app.keyboard.press("ArrowUp")  # from the field to the newest message
    await app.keyboard.press("r")
    await expect(app.locator("#quote")).to_contain_text("Reply to Ada")
    await app.keyboard.type("three\n")
    await expect(app.locator("article.own .quote")).to_contain_text("two")

    await app.keyboard.press("Tab")
    await expect(app.get_by_role("button", name="Draw a digit")).to_be_focused()
    for key in ("Enter", "Space", "ArrowDown", "ArrowDown", "ArrowDown", "Space", "Enter"):
        await app.keyboard.press(key)
    answer = app.locator("article.theirs")
    await expect(answer.locator(".text")).to_have_text("1 & more")
    await answer.get_by_role("button", name="right").focus()
    await app.keyboard.press("Enter")
    await expect(app.get_by_role("alertdialog")).to_contain_text("Thank you")
    await app.keyboard.press("Enter")
    await expect(answer.locator(".key")).to_have_count(0)


@pytest.mark.slow
async def test_files_are_sent_as_photos_with_a_caption_or_as_they_are(
    app: Page, page: httpx.AsyncClient, picture: bytes
) -> None:
    one = FilePayload(name="one.png", mimeType="image/png", buffer=picture)
    two = FilePayload(name="two.png", mimeType="image/png", buffer=picture)
    await app.locator("#pick-photo").set_input_files([one, two])
    await app.get_by_role("textbox", name="Caption").fill("both of them")
    await app.get_by_role("textbox", name="Caption").press("Enter")
    await expect(app.locator("article.own .picture img")).to_have_count(2)
    await expect(app.locator("article.own .text")).to_have_text("both of them")

    await app.locator("#pick-file").set_input_files([one])
    await app.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    await expect(app.locator("article.own .file")).to_contain_text("one.png")

    await expect(app.get_by_label("sent, not yet fetched by the bot")).to_have_count(2)
    sent = (await page.get(f"/chat/{ADA}/messages")).json()["messages"]
    assert ["photo" in message for message in sent] == [True, True, False]
    assert sent[0]["caption"] == "both of them"
    assert sent[2]["document"]["file_size"] == len(picture)

    broken = FilePayload(name="x.png", mimeType="image/png", buffer=b"no picture")
    await app.locator("#pick-photo").set_input_files([broken])
    await app.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    await expect(app.get_by_role("alert")).to_contain_text("not a picture that can be sent")
    await app.get_by_role("button", name="Remove").click()
    await expect(app.locator("article")).to_have_count(2)


HAND_OVER = """([kind, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], "seven.png", { type: "image/png" }));
  document.dispatchEvent(
    kind === "paste"
      ? new ClipboardEvent("paste", { clipboardData: data })
      : new DragEvent(kind, { dataTransfer: data }),
  );
}"""


@pytest.mark.slow
async def test_pictures_may_be_pasted_and_dropped(app: Page, picture: bytes) -> None:
    dialog = app.get_by_role("dialog", name="Send a photo")
    for kind in ("paste", "drop"):
        await app.evaluate(HAND_OVER, [kind, list(picture)])
        await expect(dialog.get_by_role("img")).to_be_visible()
        await app.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
    await expect(app.locator("article")).to_have_count(0)


@pytest.mark.slow
async def test_one_may_be_several_people_and_admins_see_their_commands(
    app: Page, echo_bot: AnyApplication, page: httpx.AsyncClient
) -> None:
    bot = echo_bot.bot
    await bot.set_my_commands([("train", "Train")], scope=BotCommandScopeChat(ADMIN))
    await bot.send_message(BORIS, "hello, Boris")
    await app.get_by_role("button", name="Back to the chats").click()
    await expect(app.get_by_label("Somebody else has new messages")).to_be_visible()
    await app.locator("#me").click()
    await expect(app.get_by_role("menuitemradio", name=re.compile("Boris"))).to_contain_text("1")
    await app.get_by_role("menuitemradio", name=re.compile("admin")).click()
    await app.locator(f"[data-chat='{ADMIN}']").click()
    await app.get_by_label("Message", exact=True).press_sequentially("/")
    await expect(app.get_by_role("option")).to_have_text("/trainTrain")

    await app.get_by_label("Message", exact=True).fill("")
    await app.get_by_role("button", name="Back to the chats").click()
    await app.locator(f"[data-chat='{GROUP_ID}']").click()
    await page.post(f"/chat/{GROUP_ID}/send", data={"person": ADA, "text": "<b>not bold</b>"})
    await expect(app.locator("article.theirs .text")).to_have_text("<b>not bold</b>")
    await expect(app.locator("article.theirs .name")).to_have_text("Ada")


@pytest.mark.slow
async def test_the_page_comes_back_when_the_program_does(
    browser: Browser, unused_tcp_port: int
) -> None:
    page = await browser.new_page()
    async with served(LocalTelegram(TOKEN), unused_tcp_port) as url:
        await page.goto(f"{url}/chat")
        await page.get_by_label("Message", exact=True).fill("hello")
        await page.keyboard.press("Enter")
        await expect(page.locator("article.own")).to_have_count(1)
    await expect(page.get_by_text("Trying again")).to_be_visible()
    await page.get_by_label("Message", exact=True).fill("are you there?")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("The program is away")
    async with served(LocalTelegram(TOKEN), unused_tcp_port):
        await expect(page.get_by_text("Trying again")).to_be_hidden(timeout=15_000)
        await expect(page.get_by_text("what was said before is gone")).to_be_visible()
        await expect(page.locator("article")).to_have_count(0)
        await page.close()


@pytest.mark.slow
async def test_another_web_page_cannot_make_the_browser_use_the_bot_api(
    browser: Browser, url: str, page: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    evil = await browser.new_page()
    await evil.route("http://evil.example/", lambda route: route.fulfill(body="<p>Prizes!"))
    for method in (
        "setWebhook?url=https://evil.example/",
        f"sendMessage?chat_id={ADA}&text=x",
    ):
        await evil.goto("http://evil.example/")
        async with evil.expect_navigation():
            await evil.evaluate("to => location = to", f"{url}/bot{TOKEN}/{method}")
        assert evil.url.startswith(url)
        await expect(evil.locator("body")).to_have_text("Only this machine's own page is let in.")
    # A webhook would make this a conflict.
    assert (await api.get("getUpdates")).json()["result"] == []
    assert (await page.get(f"/chat/{ADA}/messages")).json()["messages"] == []
    await evil.close()


@pytest.mark.slow
async def test_kinds_of_entities_that_nobody_knows_are_plain_text(
    app: Page, api: httpx.AsyncClient
) -> None:
    for kind in ("constructor", "__proto__", "tomorrow"):
        entities = [{"type": kind, "offset": 0, "length": 4}]
        message = {"chat_id": ADA, "text": f"text of {kind}", "entities": entities}
        assert (await api.post("sendMessage", json=message)).json()["ok"]
        await expect(app.locator("article.theirs .text").last).to_have_text(f"text of {kind}")


@pytest.mark.slow
async def test_a_picture_that_is_no_longer_kept_says_so(
    telegram: LocalTelegram,
    app: Page,
    api: httpx.AsyncClient,
    page: httpx.AsyncClient,
    picture: bytes,
) -> None:
    telegram.world.files = FileStore(max_bytes=1)
    await page.post(f"/chat/{ADA}/send", data={"person": ADA}, files={"files": picture})
    await api.post("sendPhoto", data={"chat_id": ADA}, files={"photo": picture})
    await expect(app.locator("article.theirs .picture")).to_contain_text("This picture is gone")
    # The bot has not fetched this one.
    await expect(app.locator("article.own .picture img")).to_be_visible()


@pytest.mark.slow
async def test_the_commands_button_opens_its_list_and_closes_it(
    app: Page, echo_bot: AnyApplication
) -> None:
    await echo_bot.bot.set_my_commands([("help", "What to send"), ("privacy", "What is kept")])
    button = app.get_by_role("button", name="Commands")
    await app.get_by_label("Message", exact=True).focus()
    for shown in (2, 0, 2):
        await button.click()
        # Longer than anything that might close the list again.
        await app.wait_for_timeout(300)
        await expect(app.get_by_role("option")).to_have_count(shown)
    await app.get_by_role("option").first.click()
    await expect(app.locator("article.own .command")).to_have_text("/help")


@pytest.mark.slow
async def test_a_press_under_an_older_message_leaves_one_there(
    app: Page, api: httpx.AsyncClient, page: httpx.AsyncClient, picture: bytes
) -> None:
    keyboard = json.dumps({"inline_keyboard": [[{"text": "right", "callback_data": "r"}]]})
    answer = {"chat_id": ADA, "caption": "1", "reply_markup": keyboard}
    for _ in range(6):
        await page.post(f"/chat/{ADA}/send", data={"person": ADA}, files={"files": picture})
        await api.post("sendPhoto", data=answer, files={"photo": picture})
    await expect(app.locator("article")).to_have_count(12)
    button = app.get_by_role("button", name="right").nth(3)
    await button.evaluate("key => key.scrollIntoView({ block: 'center' })")
    await expect(app.get_by_role("button", name="To the newest message")).to_be_visible()
    before = await button.bounding_box()
    await button.click()
    await expect(app.locator(".key.pressed")).to_be_visible()
    query = (await api.get("getUpdates")).json()["result"][-1]
    answered = {"callback_query_id": query["callback_query"]["id"]}
    await api.post("answerCallbackQuery", json=answered)
    await expect(app.locator(".key.pressed")).to_have_count(0)
    # The second ticks of all photos change many messages at once.
    await api.get("getUpdates", params={"offset": query["update_id"] + 1})
    await expect(app.get_by_label("fetched by the bot", exact=True)).to_have_count(6)
    assert await button.bounding_box() == before


@pytest.mark.slow
async def test_what_could_not_be_sent_says_so_where_it_was_and_hides_nothing(
    app: Page, api: httpx.AsyncClient
) -> None:
    broken = FilePayload(name="x.png", mimeType="image/png", buffer=b"no picture")
    await app.locator("#pick-photo").set_input_files([broken])
    await app.get_by_role("textbox", name="Caption").press("Enter")
    await expect(app.get_by_role("alert")).to_contain_text("not a picture that can be sent")
    await expect(app.locator("article .spinner")).to_have_count(0)
    await api.post("sendMessage", json={"chat_id": ADA, "text": "a newer one"})
    await expect(app.locator("article").last).to_contain_text("a newer one")
    await app.get_by_role("button", name="Back to the chats").click()
    await expect(app.locator(f"[data-chat='{ADA}'] small")).to_have_text("a newer one")


@pytest.mark.slow
async def test_an_album_looks_the_same_while_it_is_sent(app: Page, picture: bytes) -> None:
    release = asyncio.Event()

    async def hold(route: Route) -> None:
        await release.wait()
        await route.continue_()

    await app.route("**/send", hold)
    files = [FilePayload(name=f"{n}.png", mimeType="image/png", buffer=picture) for n in range(3)]
    await app.locator("#pick-photo").set_input_files(files)
    await app.get_by_role("textbox", name="Caption").press("Enter")
    tiles = app.locator("article.own .pictures > .picture")
    await expect(app.locator("article.own .spinner")).to_have_count(3)
    before = [await tile.bounding_box() for tile in await tiles.all()]
    release.set()
    await expect(app.locator("article.own .spinner")).to_have_count(0)
    after = [await tile.bounding_box() for tile in await tiles.all()]
    assert len(before) == 3
    assert all(box["width"] < PHONE["width"] for box in before if box)
    for sending, sent in zip(before, after, strict=True):
        assert sending and sent
        assert sending["width"] == pytest.approx(sent["width"], abs=1)
        assert sending["height"] == pytest.approx(sent["height"], abs=1)


@pytest.mark.slow
async def test_both_header_bars_are_equally_high(browser: Browser, url: str) -> None:
    page = await browser.new_page(viewport=ViewportSize(width=1100, height=800))
    await page.goto(f"{url}/chat")
    await expect(page.locator("#me")).to_be_visible()
    boxes = [await bar.bounding_box() for bar in await page.locator(".bar").all()]
    first, second = (box["height"] for box in boxes if box)
    assert first == second
    await page.close()


@pytest.mark.slow
async def test_the_page_speaks_the_language_of_the_app_that_it_plays(
    app: Page, telegram: LocalTelegram
) -> None:
    await app.get_by_role("button", name="Back to the chats").click()
    await app.get_by_label("Language of the app").select_option("Русский")
    await expect(app.get_by_label("Язык приложения")).to_have_value("ru")
    assert telegram.world.people[ADA].language_code == "ru"
    await app.get_by_role("button", name="Назад к чатам").click()
    await app.get_by_role("button", name=re.compile("Everybody")).click()
    await expect(app.locator("#chat-status")).to_have_text("3 человека и Inkling")
    await expect(app.get_by_label("Сообщение", exact=True)).to_be_visible()
    await expect(app.locator("html")).to_have_attribute("lang", "ru")
    # Another person's app is another app.
    await app.get_by_role("button", name="Назад к чатам").click()
    await app.locator("#me").click()
    await app.locator(f"[data-person='{BORIS}']").click()
    await expect(app.locator("html")).to_have_attribute("lang", "en")
