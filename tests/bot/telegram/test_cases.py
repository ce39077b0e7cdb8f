"""What Telegram was seen to send, one file of `cases` for each kind, answered by the whole bot."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from io import BytesIO
from pathlib import Path

import cv2
import httpx
import numpy as np
import pillow_heif
import psutil
import pytest
from fastapi import FastAPI
from numpy.typing import NDArray
from PIL import Image
from telegram import Update

from bot.config.settings import read_settings
from bot.conversation.services import Services
from bot.local import ADA, BORIS
from bot.store import answers
from bot.store.answers import Answered, new_id
from bot.store.people import TELEGRAM, Person
from bot.store.updates.memory import UpdateMemory
from bot.telegram.application import add_handlers
from bot.telegram.transport.lifecycle import AnyApplication
from bot.telegram.transport.updates import UpdateTracker
from bot.telegram.transport.webhook import Webhook
from model.types import Reading
from tests.bot.fakes import FakeTelegram, Json, application, digit
from tests.bot.running import Chat, running_bot, telegram
from tests.model.photo_variants import sheet

CASES = Path(__file__).with_name("cases")

SECRET, TOKEN = "a-secret", "123:token"

WATCH_SECONDS = 0.05
"""How often memory is looked at."""

IPHONE_24, IPHONE_48 = (5712, 4284), (8064, 6048)
"""Width and height in pixels of the photos of recent iPhones."""


def case(name: str) -> Json:
    """Read a case; its buttons carry ANSWER where the id of an answer belongs."""
    content: Json = json.loads((CASES / f"bot-{name}.json").read_text())
    return content


@pytest.fixture
def fake() -> FakeTelegram:
    return FakeTelegram()


@asynccontextmanager
async def whole_bot(fake: FakeTelegram, services: Services) -> AsyncIterator[AnyApplication]:
    """Open the application with all its handlers."""
    async with application(fake, []) as opened:
        add_handlers(opened, services)
        yield opened


async def play(
    name: str, fake: FakeTelegram, services: Services, answer: str = "", *, owner: int = 42
) -> None:
    """Let a case happen: its updates at once, answered by Telegram as the case says.

    Args:
        name: of the case.
        fake: plays Telegram.
        services: of the bot.
        answer: the id of an answer that is in the database, to whose buttons the case belongs.
        owner: who sent the photo of that answer.
    """
    told = case(name)
    if answer:
        person = Person(TELEGRAM, str(owner))
        await answers.keep(
            services.database, Answered(answer, person, "v", Reading((digit(7),)), 9.0)
        )
    for method, refusal in told.get("api", {}).items():
        fake.answers[method] = [refusal] * 9
    text = json.dumps(told["updates"]).replace("ANSWER", answer)
    async with whole_bot(fake, services) as bot:
        updates = [Update.de_json(content, bot.bot) for content in json.loads(text)]
        await asyncio.gather(*(bot.process_update(update) for update in updates))


async def test_an_album_in_a_group_is_answered_whole_though_one_photo_alone_mentions_the_bot(
    fake: FakeTelegram, services: Services
) -> None:
    await play("album-in-group", fake, services)
    said = fake.texts()[-1].splitlines()
    assert [line[:2] for line in said] == ["1.", "2.", "3."]
    assert fake.methods().count("getFile") == 3


async def test_an_anonymous_admin_is_answered_and_so_is_the_press_of_the_person_behind_it(
    fake: FakeTelegram, services: Services
) -> None:
    await play("anonymous-admin", fake, services, new_id(), owner=-1001)
    assert len(fake.texts()) == 1, "the photo"
    (answered,) = [given for name, given in fake.calls if name == "answerCallbackQuery"]
    assert "not for you" not in str(answered.get("text"))


async def test_a_group_without_the_right_to_send_photos_gets_the_digits_as_text(
    fake: FakeTelegram, services: Services
) -> None:
    await play("no-right-to-send-photos", fake, services)
    assert fake.methods()[-2:] == ["sendPhoto", "sendMessage"]
    assert "<code>7</code>" in fake.texts()[-1]


async def test_a_press_that_is_too_old_counts_all_the_same(
    fake: FakeTelegram, services: Services
) -> None:
    await play("press-too-old", fake, services, new_id())
    assert "answerCallbackQuery" in fake.methods()
    assert any(name.startswith("editMessage") for name in fake.methods()), "it now asks"
    assert "Something went wrong" not in "".join(fake.texts())


async def test_a_webp_of_which_telegram_made_a_sticker_is_read(
    fake: FakeTelegram, services: Services
) -> None:
    await play("webp-as-sticker", fake, services)
    assert "download" in fake.methods()
    assert "<code>7</code>" in fake.texts()[-1]


async def test_a_webhooks_update_that_comes_again_after_its_answer_is_answered_once(
    fake: FakeTelegram, services: Services
) -> None:
    settings = read_settings(
        _env_file=None, public_url="https://example.com", webhook_secret=SECRET
    )
    site = FastAPI()
    async with (
        whole_bot(fake, services) as bot,
        httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://here") as http,
    ):
        tracker = UpdateTracker(bot, UpdateMemory(services.database))
        tracker.open()
        site.include_router(Webhook(bot.bot, tracker, settings).router)
        for content in case("webhook-same-update-twice")["post"]:
            headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
            answer = await http.post("/telegram", json=content, headers=headers)
            assert answer.status_code == 200
    assert len(fake.texts()) == 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says what processes share")
def test_large_heic_files_of_two_people_at_once_fit_into_a_small_worker(
    tmp_path: Path, digits: NDArray[np.uint8]
) -> None:
    limit_mb = int(case("two-large-heic")["memory"].removesuffix(" MB"))
    usual, large = heic(digits[7], IPHONE_24), heic(digits[2], IPHONE_48)
    with (
        telegram(TOKEN) as url,
        running_bot(tmp_path, TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=url) as bot,
        peak_of(bot.pid) as peak_mb,
    ):
        ada, boris = Chat(url, ADA), Chat(url, BORIS)
        sent = [(chat, chat.send(usual, kind="document", name="1.HEIC")) for chat in (ada, boris)]
        for chat, messages in sent:
            assert "<code>" not in chat.replies(messages)[0]["caption"]
            assert chat.replies(messages)[0]["caption"].startswith("7")
        assert ada.ask(large, kind="document", name="2.HEIC")["caption"].startswith("2")
        assert 100 < peak_mb[0] < limit_mb


@contextmanager
def peak_of(process: int) -> Iterator[list[float]]:
    """Watch a process and its children; the list holds the most memory that they had together.

    Each page is counted once (PSS), as the limit of a container counts it.
    """
    peak_mb, done = [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(WATCH_SECONDS):
            with suppress(psutil.Error):
                family = [psutil.Process(process), *psutil.Process(process).children()]
                together = sum(each.memory_full_info().pss for each in family) / 2**20
                peak_mb[0] = max(peak_mb[0], together)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak_mb
    finally:
        done.set()
        thread.join()


def heic(glyph: NDArray[np.uint8], size: tuple[int, int]) -> bytes:
    """Return a photo of a digit as a phone of that many pixels takes it."""
    large = cv2.resize(np.asarray(sheet(glyph)), size, interpolation=cv2.INTER_LINEAR)
    file = BytesIO()
    pillow_heif.from_pillow(Image.fromarray(large).convert("RGB")).save(
        file, quality=40, enc_params={"preset": "ultrafast"}
    )
    return file.getvalue()
