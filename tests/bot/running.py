"""The real bot in a process of its own, and a person who chats with it over real HTTP."""

from __future__ import annotations

import asyncio
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from bot.config.settings import Settings
from bot.local import ADA, ADMIN, LocalTelegram
from tests.bot.local.serving import served

ROOT = Path(__file__).parents[2]

PATIENCE_SECONDS = 60.0
"""For whatever a test waits for: long, as other tests may run beside it, and never spent."""

Message = dict[str, Any]


class BotProcess:
    """`python -m bot`, in an empty folder, with no settings but those given.

    Args:
        python: the interpreter, if it is not the one that runs the tests.

    Attributes:
        output: where both of its output streams go.
    """

    def __init__(
        self, folder: Path, *arguments: str, python: str = sys.executable, **settings: str
    ) -> None:
        known = {name.upper() for name in Settings.model_fields}
        environment = {name: value for name, value in os.environ.items() if name not in known}
        self.output = folder / f"output-{time.monotonic_ns()}.txt"
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                [python, "-m", "bot", *arguments],
                cwd=folder,
                env=environment | {"PYTHONPATH": str(ROOT)} | settings,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def text(self) -> str:
        """Everything that it wrote so far."""
        return self.output.read_text()

    @property
    def url(self) -> str:
        """The address of a bot without a token, once it has told it."""
        return self.wait_for(r"on this machine: (http://\S+)/chat$").group(1)

    def wait_for(self, pattern: str, seconds: float = PATIENCE_SECONDS) -> re.Match[str]:
        """Wait until it writes a line that fits."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            ended = self._process.poll() is not None
            if found := re.search(pattern, self.text, re.MULTILINE):
                return found
            assert not ended, f"The bot stopped early:\n{self.text}"
            time.sleep(0.02)
        raise AssertionError(f"The bot never wrote {pattern!r}:\n{self.text}")

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def wait(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Its exit status, once it has stopped by itself."""
        return self._process.wait(seconds)

    def stop(
        self, number: signal.Signals = signal.SIGTERM, seconds: float = PATIENCE_SECONDS
    ) -> int:
        """Tell it to stop, and return its exit status."""
        self._process.send_signal(number)
        return self.wait(seconds)

    def kill(self) -> None:
        """End it if it still runs; it cannot do anything about that."""
        self._process.kill()
        self._process.wait()


@contextmanager
def running_bot(
    folder: Path, *arguments: str, python: str = sys.executable, **settings: str
) -> Iterator[BotProcess]:
    """A bot that runs for as long as the block."""
    bot = BotProcess(folder, *arguments, python=python, **settings)
    try:
        yield bot
    finally:
        bot.kill()


class Chat:
    """One person in one chat, from now on, by the page's own interface.

    Args:
        url: of the server.
        person: a user id.
        chat_id: None for the person's own chat with the bot.
    """

    def __init__(self, url: str, person: int = ADA, chat_id: int | None = None) -> None:
        self.person = person
        self.chat_id = person if chat_id is None else chat_id
        # Nothing stays open, so nobody has to close a chat.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._http = httpx.Client(base_url=f"{url}/chat", trust_env=False, limits=limits)
        self._since = self._http.get("/state").json()["last"]

    def send(
        self,
        *files: bytes,
        text: str = "",
        kind: str = "photo",
        name: str = "picture.jpg",
        reply_to: Message | None = None,
    ) -> list[Message]:
        """Send files, a message each, or a text alone; several files are an album."""
        form = {"person": str(self.person), "text": text, "kind": kind}
        if reply_to:
            form["reply_to"] = str(reply_to["message_id"])
        response = self._http.post(
            f"/{self.chat_id}/send", data=form, files=[("files", (name, file)) for file in files]
        )
        assert response.is_success, response.text
        sent: list[Message] = response.json()["messages"]
        return sent

    def ask(self, *files: bytes, **options: Any) -> Message:
        """Send one message and wait for the reply to it."""
        return self.replies(self.send(*files, **options))[0]

    def say(self, text: str) -> Message:
        """Send a text and wait for what the bot says next."""
        (sent,) = self.send(text=text)
        return self._wait(
            lambda: [m for m in self.from_bot() if m["message_id"] > sent["message_id"]]
        )[0]

    def replies(self, to: Sequence[Message]) -> list[Message]:
        """Wait for the bot's replies to these messages, and return them in their order."""

        def found() -> list[Message]:
            by_number = {
                message["reply_to_message"]["message_id"]: message
                for message in self.from_bot()
                if "reply_to_message" in message
            }
            numbers = [message["message_id"] for message in to]
            complete = all(number in by_number for number in numbers)
            return [by_number[number] for number in numbers] if complete else []

        return self._wait(found)

    def from_bot(self) -> list[Message]:
        """What the bot has said here since this object was made."""
        response = self._http.get(f"/{self.chat_id}/messages", params={"since": self._since})
        assert response.is_success, response.text
        return [m for m in response.json()["messages"] if m["from"]["is_bot"]]

    def set_language(self, code: str) -> None:
        """Set the language of the person's app."""
        request = {"person": self.person, "language_code": code}
        assert self._http.post("/language", json=request).is_success

    def commands(self) -> list[str]:
        """The commands that the app offers here."""
        response = self._http.get(f"/{self.chat_id}/commands", params={"person": self.person})
        return [command["command"] for command in response.json()]

    def purposes(self) -> dict[str, str]:
        """What the app says of each command that it offers here."""
        response = self._http.get(f"/{self.chat_id}/commands", params={"person": self.person})
        return {command["command"]: command["description"] for command in response.json()}

    def picture(self, message: Message) -> bytes:
        """The picture in a message, in its largest size."""
        return self._http.get(f"/files/{message['photo'][-1]['file_id']}").content

    def press(self, message: Message, button: str) -> str:
        """Press a button by its label or its data; what the bot answers to that, in a bubble."""
        request = {"person": self.person, "message_id": message["message_id"], "data": button}
        response = self._http.post(
            f"/{self.chat_id}/press", json=request | {"wait": PATIENCE_SECONDS}, timeout=60
        )
        assert response.is_success, response.text
        answer = response.json()["answer"]
        assert answer is not None, f"The bot did not answer to {button!r}."
        return str(answer["text"] or "")

    def wait_for(self, found: Callable[[Message], bool], seconds: float = 30.0) -> Message:
        """Wait for something that the bot says, or a message that it changes."""
        return self._wait(lambda: [m for m in self.from_bot() if found(m)], seconds)[0]

    def now(self, message: Message) -> Message:
        """A message of the bot's as it is now."""
        return next(m for m in self.from_bot() if m["message_id"] == message["message_id"])

    def forward(self, message: Message) -> Message:
        """Forward a message into the same chat."""
        number = message["message_id"]
        request = {"person": self.person, "from_chat": self.chat_id, "message_ids": [number]}
        response = self._http.post(f"/{self.chat_id}/forward", json=request)
        forwarded: Message = response.json()["messages"][0]
        return forwarded

    def edit(self, message: Message, text: str) -> None:
        """Change the text or the caption of a message."""
        number = message["message_id"]
        request = {"person": self.person, "message_id": number, "text": text}
        assert self._http.post(f"/{self.chat_id}/edit", json=request).is_success

    def refuse(self, method: str, count: int = 1) -> None:
        """Have the next requests of the bot refused: too many, try again after a second."""
        request = {"method": method, "retry_after": 1, "count": count}
        assert self._http.post("/refuse", json=request).is_success

    def _wait(
        self, find: Callable[[], list[Message]], seconds: float = PATIENCE_SECONDS
    ) -> list[Message]:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if found := find():
                return found
            time.sleep(0.05)
        said = [m.get("text") or m.get("caption") for m in self.from_bot()]
        raise AssertionError(f"Expected more than the bot said: {said}")


def wait_equal(ask: Callable[[], object], expected: object) -> None:
    """Wait until something is as expected: a bot sets its menus while it answers already."""
    until = time.monotonic() + PATIENCE_SECONDS
    while (found := ask()) != expected and time.monotonic() < until:
        time.sleep(0.05)
    assert found == expected


def labels(message: Message) -> list[str]:
    """Return the words on the buttons under a message."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


@contextmanager
def telegram(token: str, people: Sequence[int] = (ADMIN,)) -> Iterator[str]:
    """A Bot API server that is not the bot's own, in a thread; yields its address.

    Args:
        token: the bot's.
        people: who has a chat with the bot, beside those who always have.
    """
    address: queue.Queue[str] = queue.Queue()
    done = threading.Event()

    async def serve() -> None:
        async with served(LocalTelegram(token, people)) as url:
            address.put(url)
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="telegram")
    thread.start()
    try:
        yield address.get(timeout=PATIENCE_SECONDS)
    finally:
        done.set()
        thread.join()


def free_port() -> int:
    """A port that nobody listens on; somebody else may take it, but hardly within the test."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
        return port
