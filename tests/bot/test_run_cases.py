"""Settings as other projects and platforms have them, one file of `cases` for each kind."""

from __future__ import annotations

import json
import shlex
import signal
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.bot.running import free_port, running_bot

CASES = Path(__file__).with_name("cases")

pytestmark = pytest.mark.slow


def case(name: str) -> tuple[list[str], dict[str, Any]]:
    """Read a case: what follows `python -m bot`, and the environment."""
    told = json.loads((CASES / f"run-{name}.json").read_text())
    python, option, module, *arguments = shlex.split(told["command"])
    assert (python, option, module) == ("python", "-m", "bot")
    return arguments, told["env"]


@pytest.mark.parametrize("url", case("database-url")[1]["DATABASE_URL"])
def test_a_database_that_cannot_be_is_refused_in_a_sentence(tmp_path: Path, url: str) -> None:
    arguments, _ = case("database-url")
    with running_bot(tmp_path, *arguments, PORT="0", DATABASE_URL=url) as bot:
        assert bot.wait() == 2
    assert "Expected" in bot.text and "Received" in bot.text
    assert "Traceback" not in bot.text
    assert ":p@" not in bot.text, "the password"


def test_behind_a_paas_the_webhook_listens_on_every_address_before_telegram_answers(
    tmp_path: Path,
) -> None:
    arguments, settings = case("webhook-on-a-paas")
    assert settings.pop("TELEGRAM_BOT_TOKEN") == "set"
    settings["PORT"] = port = str(free_port())  # another test may have that of the case
    nobody = f"http://127.0.0.1:{free_port()}"
    with running_bot(
        tmp_path, *arguments, TELEGRAM_BOT_TOKEN="123:token", TELEGRAM_API_URL=nobody, **settings
    ) as bot:
        page = _when_it_listens(f"http://127.0.0.1:{port}/")
        assert page.status_code == 200
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200
        listening = [
            found.laddr.ip
            for found in psutil.Process(bot.pid).net_connections()
            if found.status == psutil.CONN_LISTEN
        ]
        assert listening == ["0.0.0.0"]
        assert bot.stop(signal.SIGTERM) == 0


def _when_it_listens(url: str) -> httpx.Response:
    transport = httpx.HTTPTransport(retries=8)
    with httpx.Client(transport=transport, trust_env=False, timeout=30) as http:
        return http.get(url)
