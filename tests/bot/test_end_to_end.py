"""The real bot in a process of its own, over real HTTP, as people use it."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import cv2
import httpx
import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray
from PIL import Image

from bot.app.worker import STOP_SECONDS
from bot.local import ADA, ADMIN, BORIS, GROUP_ID
from bot.messages import texts
from bot.serving.photo_queue import MAX_PHOTOS_PER_PERSON
from model.recognition.decoding.accepted import MAX_PHOTO_BYTES
from model.types import Refusal
from tests.bot.running import (
    BotProcess,
    Chat,
    free_port,
    labels,
    running_bot,
    telegram,
    wait_equal,
)
from tests.model.photo_variants import jpeg, png, sheet, transparent

TOKEN = "123456789:AAEtest-token-that-must-not-be-seen"


def number_in(answer: dict[str, str]) -> str:
    """The number that an answer's caption begins with."""
    return answer["caption"].splitlines()[0]


def encoded(pixels: NDArray[np.uint8], kind: str, mode: str = "L") -> bytes:
    file = BytesIO()
    Image.fromarray(pixels).convert(mode).save(file, kind)
    return file.getvalue()


def heic(pixels: NDArray[np.uint8]) -> bytes:
    file = BytesIO()
    pillow_heif.from_pillow(Image.fromarray(pixels).convert("RGB")).save(file)
    return file.getvalue()


def sixteen_bit(pixels: NDArray[np.uint8]) -> bytes:
    return cv2.imencode(".png", pixels.astype(np.uint16) * 257)[1].tobytes()


def test_a_photo_gets_its_digit_and_a_card(chat: Chat, photos: list[bytes]) -> None:
    for digit in (2, 7):
        answer = chat.ask(photos[digit])
        assert number_in(answer) == str(digit)
        assert re.search(r"I am \d+(\.\d)?% sure", answer["caption"])
        card = Image.open(BytesIO(chat.picture(answer)))
        assert (card.format, card.width, card.height) == ("PNG", 800, 492)


def test_several_digits_are_one_number(chat: Chat, digits: NDArray[np.uint8]) -> None:
    page = np.hstack([sheet(digits[d], scale=5, margin=20) for d in (2, 0, 7, 6)])
    answer = chat.ask(jpeg(page))
    assert number_in(answer) == "2076"
    assert "4 digits." in answer["caption"]


def test_an_album_gets_one_answer(chat: Chat, photos: list[bytes]) -> None:
    album = chat.send(*photos[:4], text="a caption")
    assert len({message["media_group_id"] for message in album}) == 1
    (answer,) = chat.replies(album[:1])
    assert answer["text"].splitlines() == ["1. 0", "2. 1", "3. 2", "4. 3"]


def test_a_forwarded_photo_is_answered(chat: Chat, photos: list[bytes]) -> None:
    (photo,) = chat.send(photos[3])
    forwarded = chat.forward(photo)
    assert [number_in(answer) for answer in chat.replies([photo, forwarded])] == ["3", "3"]


FILES: dict[str, Callable[[NDArray[np.uint8]], bytes]] = {
    "seven.jpeg": lambda glyph: jpeg(sheet(glyph)),
    "seven.png": lambda glyph: png(sheet(glyph)),
    "alpha.png": lambda glyph: transparent(glyph, 0),
    "deep.png": lambda glyph: sixteen_bit(sheet(glyph)),
    "seven.webp": lambda glyph: encoded(sheet(glyph), "WEBP"),
    "seven.bmp": lambda glyph: encoded(sheet(glyph), "BMP"),
    "seven.tiff": lambda glyph: encoded(sheet(glyph), "TIFF"),
    "seven.gif": lambda glyph: encoded(sheet(glyph), "GIF", "P"),
    "IMG_0001.HEIC": lambda glyph: heic(sheet(glyph)),
    "no-particular-name": lambda glyph: png(sheet(glyph)),
}


def test_images_sent_as_files_are_read(chat: Chat, digits: NDArray[np.uint8]) -> None:
    sent = [
        chat.send(make(digits[7]), name=name, kind="document")[0] for name, make in FILES.items()
    ]
    found = dict(zip(FILES, map(number_in, chat.replies(sent)), strict=True))
    assert found == dict.fromkeys(FILES, "7")


def test_bad_input_gets_a_sentence(chat: Chat, photos: list[bytes]) -> None:
    bad = {
        "truncated.jpg": photos[7][: len(photos[7]) // 3],
        "not-an-image.png": b"Dear Sir or Madam",
        "large.png": bytes(MAX_PHOTO_BYTES + 1),
        "empty-page.png": png(np.full((300, 300), 250, np.uint8)),
        "pixels.bmp": _bmp_header(60_000, 60_000),
    }
    sent = [chat.send(file, name=name, kind="document")[0] for name, file in bad.items()]
    said = [answer["text"] for answer in chat.replies(sent)]
    for text in said:
        assert "Traceback" not in text
        assert text.endswith(".")
    truncated, not_an_image, large, empty, pixels = said
    assert "damaged" in truncated
    assert "picture" in not_an_image
    assert "20 MB" in large
    assert empty == texts.REFUSALS[Refusal.NO_INK]
    assert "pixels" in pixels


def _bmp_header(width: int, height: int) -> bytes:
    """A BMP file that promises a picture of that size and ends."""
    header = b"BM" + (54).to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little")
    size = width.to_bytes(4, "little") + height.to_bytes(4, "little")
    return header + (40).to_bytes(4, "little") + size + b"\1\0\30\0" + bytes(24)


def test_anything_else_gets_a_friendly_sentence(chat: Chat) -> None:
    assert chat.ask(text="hello")["text"] == texts.NOT_FOR_ME["text"]
    for kind in ("voice", "video", "sticker"):
        assert chat.ask(b"x", kind=kind)["text"] == texts.NOT_FOR_ME[kind]
    pdf = chat.ask(b"%PDF-1.7", kind="document", name="letter.pdf")
    assert pdf["text"] == texts.NOT_FOR_ME["file"]


def test_commands_explain(chat: Chat) -> None:
    assert "handwritten digits" in chat.say("/start")["text"]
    assert "How to photograph it well" in chat.say("/help")["text"]
    assert "What I keep" in chat.say("/privacy")["text"]
    assert chat.ask(text="/fly")["text"] == texts.UNKNOWN_COMMAND


def test_why_shows_how_the_photo_was_read(chat: Chat, photos: list[bytes]) -> None:
    (photo,) = chat.send(photos[3])
    (answer,) = chat.replies([photo])
    chat.send(text="/why", reply_to=answer)
    explained = chat.wait_for(lambda message: "sign in the photo" in message.get("caption", ""))
    assert explained["reply_to_message"]["message_id"] == photo["message_id"]
    picture = Image.open(BytesIO(chat.picture(explained)))
    assert picture.width == 800
    # Not its own answer card, which is a picture too.
    assert chat.ask(text="/why")["text"] == texts.WHY_WHAT


def test_menus_are_set(chat: Chat, bot: BotProcess) -> None:
    wait_equal(chat.commands, ["help", "why", "privacy", "language", "forget"])
    wait_equal(lambda: Chat(bot.url, ADMIN).commands()[:2], ["help", "why"])
    wait_equal(Chat(bot.url, ADA, GROUP_ID).commands, ["read", "why", "help"])


def test_in_a_group_it_speaks_when_spoken_to(bot: BotProcess, photos: list[bytes]) -> None:
    group = Chat(bot.url, ADA, GROUP_ID)
    (photo,) = group.send(photos[4])
    group.send(text="what a nice four")
    group.send(text="/fly")
    assert number_in(group.ask(photos[5], text="@inkling_bot please")) == "5"
    assert len(group.from_bot()) == 1
    Chat(bot.url, BORIS, GROUP_ID).send(text="/read", reply_to=photo)
    assert number_in(group.replies([photo])[0]) == "4"
    assert len(group.from_bot()) == 2


def test_an_edited_caption_is_not_answered_again(chat: Chat, photos: list[bytes]) -> None:
    (photo,) = chat.send(photos[6], text="six")
    chat.replies([photo])
    chat.edit(photo, "a six")
    chat.ask(text="done?")
    assert len(chat.from_bot()) == 2


def test_waits_when_telegram_says_so(chat: Chat, photos: list[bytes]) -> None:
    chat.refuse("sendPhoto", 2)
    assert number_in(chat.ask(photos[8])) == "8"


def test_by_webhook(tmp_path: Path, photos: list[bytes]) -> None:
    port = str(free_port())
    url = f"http://127.0.0.1:{port}"
    with running_bot(tmp_path, "--webhook", PORT=port, PUBLIC_URL=url) as bot:
        chat = Chat(bot.url)
        assert number_in(chat.ask(photos[1])) == "1"
        assert f"Telegram brings updates to {url}/telegram" in bot.text
        assert bot.stop() == 0


@pytest.mark.slow
def test_by_webhook_with_a_token(tmp_path: Path, photos: list[bytes]) -> None:
    port = str(free_port())
    url = f"http://127.0.0.1:{port}"
    with telegram(TOKEN) as api:
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": api, "PUBLIC_URL": url}
        with running_bot(tmp_path, "--webhook", PORT=port, **settings) as bot:
            bot.wait_for("Telegram brings updates")
            assert number_in(Chat(api).ask(photos[1])) == "1"
            with httpx.Client(base_url=url, trust_env=False) as anybody:
                assert anybody.get("/healthz").json() == {"status": "ok"}
                assert "https://t.me/inkling_bot" in anybody.get("/").text
                assert anybody.post("/telegram", json={"update_id": 1}).status_code == 403
                # The chat page is for one's own machine; it is not here.
                assert anybody.get("/chat/state").status_code == 404
            assert bot.stop() == 0
            assert TOKEN not in bot.text


@pytest.mark.slow
def test_a_poller_serves_pages_too(tmp_path: Path, photos: list[bytes]) -> None:
    port = str(free_port())
    with telegram(TOKEN) as api:
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": api}
        with running_bot(tmp_path, "--web", PORT=port, **settings) as bot:
            bot.wait_for("Asking Telegram for updates")
            assert number_in(Chat(api).ask(photos[1])) == "1"
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as anybody:
                assert anybody.get("/readyz").json()["status"] == "ready"
                assert "https://t.me/inkling_bot" in anybody.get("/").text
                assert anybody.post("/telegram", json={"update_id": 1}).status_code == 404
            assert bot.stop() == 0


@pytest.mark.slow
def test_on_a_paas_it_is_reached_from_outside_under_the_address_of_the_platform(
    tmp_path: Path,
) -> None:
    port = str(free_port())
    settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "RENDER_EXTERNAL_URL": "http://127.0.0.1:1"}
    with telegram(TOKEN) as api:
        settings["TELEGRAM_API_URL"] = api
        with running_bot(tmp_path, "--webhook", PORT=port, **settings) as bot:
            bot.wait_for("Telegram brings updates to http://127.0.0.1:1/telegram")
            # The whole of 127.0.0.0/8 is this machine, and the bot listens on all of it.
            answer = httpx.get(f"http://127.0.0.2:{port}/healthz", trust_env=False)
            assert answer.json() == {"status": "ok"}


@pytest.mark.slow
def test_its_page_opens_before_telegram_ever_answered(tmp_path: Path) -> None:
    port = str(free_port())
    url = f"http://127.0.0.1:{port}"
    settings = {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": f"http://127.0.0.1:{free_port()}",
        "PUBLIC_URL": url,
    }
    with running_bot(tmp_path, "--webhook", PORT=port, **settings) as bot:
        bot.wait_for("does not answer")
        page = httpx.get(url, trust_env=False)
        assert page.status_code == 200
        assert "<title>Inkling" in page.text


def test_without_a_token_it_does_not_speak_of_telegram(bot: BotProcess, chat: Chat) -> None:
    chat.ask(text="hello")
    assert "Asking Telegram" not in bot.text


@pytest.mark.slow
def test_a_flood_from_one_does_not_starve_another(tmp_path: Path, photos: list[bytes]) -> None:
    with running_bot(tmp_path, PORT="0") as bot:
        ada, boris = Chat(bot.url, ADA), Chat(bot.url, BORIS)
        boris.ask(photos[0])
        flood = [ada.send(photos[0])[0] for _ in range(2 * MAX_PHOTOS_PER_PERSON)]
        assert number_in(boris.ask(photos[1])) == "1"
        numbers = {m["reply_to_message"]["message_id"] for m in ada.from_bot() if "caption" in m}
        assert len(numbers) < MAX_PHOTOS_PER_PERSON
        taken = ada.replies(flood[:MAX_PHOTOS_PER_PERSON])
        assert {number_in(answer) for answer in taken} == {"0"}
        told = [m for m in ada.from_bot() if m.get("text") == texts.too_many_photos(20)]
        assert len(told) <= 2


@pytest.mark.slow
def test_with_a_token_no_secret_is_ever_written(tmp_path: Path, photos: list[bytes]) -> None:
    with telegram(TOKEN) as url:
        settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": url,
            "DATABASE_URL": "",
            "WEBHOOK_SECRET": "hook-secret-hook",
            "LOG_LEVEL": "DEBUG",
        }
        with running_bot(tmp_path, **settings) as bot:
            bot.wait_for("Asking Telegram for updates")
            chat = Chat(url)
            chat.refuse("getUpdates")
            chat.refuse("sendPhoto", 2)
            chat.send(photos[1])
            bot.wait_for("An answer waits for Telegram")
            assert number_in(chat.ask(photos[0])) == "0"
            assert bot.stop() == 0
        with running_bot(tmp_path, **settings | {"TELEGRAM_BOT_TOKEN": TOKEN + "x"}) as wrong:
            assert wrong.wait() == 2
            assert "Expected TELEGRAM_BOT_TOKEN to be" in wrong.text
    for text in (bot.text, wrong.text):
        assert TOKEN not in text
        assert TOKEN.replace(":", "%3A") not in text
        assert "hook-secret-hook" not in text


@pytest.mark.slow
def test_sigterm_answers_what_is_in_hand_and_leaves_the_rest(
    tmp_path: Path, photos: list[bytes]
) -> None:
    with telegram(TOKEN) as url:
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": url}
        people = [Chat(url, person) for person in (ADA, BORIS, ADMIN)]
        bursts = [[chat.send(photo)[0] for photo in photos[:6]] for chat in people]
        with running_bot(tmp_path, **settings) as bot:
            people[0].replies(bursts[0][:1])
            began = time.monotonic()
            assert bot.stop() == 0
            assert time.monotonic() - began < STOP_SECONDS
            assert int(bot.wait_for(r"Answering (\d+) pending messages").group(1)) >= 3
            assert "Left" not in bot.text
        late = [chat.send(photos[0])[0] for chat in people]
        with running_bot(tmp_path, **settings):
            for chat, burst, last in zip(people, bursts, late, strict=True):
                answers = chat.replies([*burst, last])
                assert [number_in(answer) for answer in answers] == list("0123450")
                # And no photo twice.
                assert len(chat.from_bot()) == 7


@pytest.mark.slow
def test_killed_it_answers_after_the_restart(tmp_path: Path, photos: list[bytes]) -> None:
    with telegram(TOKEN) as url:
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": url}
        chat = Chat(url)
        with running_bot(tmp_path, **settings) as bot:
            burst = [chat.send(photo)[0] for photo in photos]
            chat.replies(burst[:1])
            assert bot.stop(signal.SIGKILL) == -signal.SIGKILL
        assert len(chat.from_bot()) < len(burst)
        with running_bot(tmp_path, **settings) as bot:
            answers = chat.replies(burst)
        assert [number_in(answer) for answer in answers] == list("0123456789")


@pytest.mark.slow
def test_wrong_use_is_said_in_a_sentence(tmp_path: Path, bot: BotProcess) -> None:
    with running_bot(tmp_path, PORT="http") as wrong:
        assert wrong.wait() == 2
        assert wrong.text.strip().startswith("Expected PORT to be a port")
    with running_bot(tmp_path, "--webhook", PORT="0") as wrong:
        assert wrong.wait() == 2
        assert wrong.text.strip().startswith("Expected PUBLIC_URL to be")
    taken = bot.url.rpartition(":")[2]
    with running_bot(tmp_path, PORT=taken) as wrong:
        assert wrong.wait() == 1
        assert wrong.text.strip().startswith(f"Expected to listen on 127.0.0.1:{taken}")
        assert len(wrong.text.splitlines()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stops_before_telegram_ever_answered(tmp_path: Path, number: signal.Signals) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    with running_bot(tmp_path, TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=address) as bot:
        bot.wait_for("does not answer")
        assert bot.stop(number) == 0
        assert TOKEN not in bot.text


@pytest.mark.slow
def test_it_speaks_the_language_of_the_app_and_then_the_one_that_was_chosen(
    tmp_path: Path, photos: list[bytes]
) -> None:
    with running_bot(tmp_path, PORT="0") as bot:
        chat = Chat(bot.url)
        chat.set_language("ru")
        assert chat.say("/start")["text"].startswith("Здравствуйте!")
        answer = chat.ask(photos[7])
        assert "Я уверен на" in answer["caption"]
        assert labels(answer)[:2] == ["✓ верно", "✗ неверно"]
        assert chat.press(answer, "✓ верно") == "Спасибо!"
        question = chat.ask(text="/language")
        assert question["text"] == "На каком языке мне говорить?"
        assert "✓ Русский" in labels(question)
        chat.press(question, "Deutsch")
        chat.wait_for(lambda message: str(message.get("text")).startswith("Ich spreche jetzt"))
        assert chat.say("/start")["text"].startswith("Hallo!")
        assert bot.stop() == 0
    with running_bot(tmp_path, PORT="0") as bot:
        chat = Chat(bot.url)
        chat.set_language("ru")
        assert chat.say("/start")["text"].startswith("Hallo!"), "the choice outlives a restart"
        chat.press(chat.ask(text="/forget"), "Ja, löschen")
        chat.wait_for(lambda message: "gelöscht" in str(message.get("text")))
        assert chat.say("/start")["text"].startswith("Здравствуйте!"), "the choice is forgotten"


def test_menus_and_descriptions_are_in_the_language_of_the_app(bot: BotProcess) -> None:
    boris = Chat(bot.url, BORIS)
    boris.set_language("zh-hans")
    wait_equal(lambda: boris.purposes().get("help"), "发什么，怎么拍得清楚")
    boris.set_language("tlh")
    assert boris.purposes()["help"] == "What to send, and how to photograph it well"
