import json
import logging

import pytest

from bot.config import logs
from bot.config.settings import read_settings

TOKEN = "123456789:AAEabcdefghijklmnopqrstuvwxyz"


def formatted(record: logging.LogRecord) -> str:
    settings = read_settings(
        _env_file=None,
        telegram_bot_token=TOKEN,
        webhook_secret="hook-hook",
        database_url="postgres://ann:pa%24word@example.com/db",
    )
    return logs.RedactingFormatter(logs.secrets_of(settings)).format(record)


def record(
    message: str, *arguments: object, error: BaseException | None = None
) -> logging.LogRecord:
    about = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("x", logging.INFO, __file__, 1, message, arguments, about)


def test_secrets_are_replaced_wherever_they_stand() -> None:
    line = formatted(record(f"bot{TOKEN} %s %s", "hook-hook", "ann:pa%24word@example.com"))
    assert line.endswith("x: bot[secret] [secret] ann:[secret]@example.com")


def test_secrets_in_an_address_are_replaced() -> None:
    assert "[secret]" in formatted(record("/bot123456789%3AAAEabcdefghijklmnopqrstuvwxyz/getMe"))


def test_secrets_in_an_exception_are_replaced() -> None:
    try:
        try:
            raise ValueError(f"https://api.telegram.org/bot{TOKEN}/getMe")
        except ValueError as cause:
            raise RuntimeError("hook-hook") from cause
    except RuntimeError as error:
        text = formatted(record("failed", error=error))
    assert "ValueError: https://api.telegram.org/bot[secret]/getMe" in text
    assert "RuntimeError: [secret]" in text
    assert TOKEN not in text
    # Source lines stand in a traceback too.
    assert '"hook-hook"' not in text


def test_a_secret_of_one_letter_leaves_the_line_readable() -> None:
    line = logs.RedactingFormatter(["", "b", "hush"]).format(record("abc hush"))
    assert line.endswith("abc [secret]")


def test_what_was_read_is_not_written_even_when_debugging(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    level = root.level
    try:
        logs.set_up(read_settings(_env_file=None, log_level="DEBUG"))
        assert logging.getLogger("bot").isEnabledFor(logging.DEBUG)
        for name in ("aiosqlite", "sqlalchemy.engine"):
            assert not logging.getLogger(name).isEnabledFor(logging.DEBUG)
    finally:
        root.setLevel(level)
        logging.captureWarnings(False)


def test_a_line_may_be_a_json_object_with_the_figures_of_a_photo() -> None:
    settings = read_settings(_env_file=None, telegram_bot_token=TOKEN)
    formatter = logs.RedactingFormatter(logs.secrets_of(settings), logs.JsonFormatter())
    photo = record("bot%s is read", TOKEN)
    photo.photo = {"door": "api", "digits": 2}
    line = json.loads(formatter.format(photo))
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "x",
        "message": "bot[secret] is read",
        "door": "api",
        "digits": 2,
    }
