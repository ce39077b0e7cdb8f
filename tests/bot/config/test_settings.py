from pathlib import Path

import pytest

from bot.config.public_address import ADDRESS_FORMS
from bot.config.settings import Settings, others_may_read, read_settings
from bot.errors import SettingsError

TOKEN = "123456789:AAEabcdefghijklmnopqrstuvwxyz_-01234"


def settings(**environment: str) -> Settings:
    return read_settings(_env_file=None, **environment)


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ADDRESS_FORMS:
        monkeypatch.delenv(name, raising=False)


def test_without_anything_the_chat_is_local() -> None:
    found = settings()
    assert found.local
    assert (found.host, found.port, found.log_level) == ("0.0.0.0", 8080, "INFO")
    assert found.admin_ids == frozenset()
    assert found.telegram_api_url == "https://api.telegram.org"


def test_reads_the_environment_and_takes_empty_for_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("ADMIN_IDS", "1, 22,333,")
    monkeypatch.setenv("PORT", "")
    found = settings()
    assert not found.local
    assert found.admin_ids == {1, 22, 333}
    assert found.port == 8080


def test_the_platform_names_the_public_address_unless_a_setting_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PUBLIC_URL", "")
    monkeypatch.setenv("RAILWAY_PUBLIC_DOMAIN", "inkling.up.railway.app")
    assert settings().public_url == "https://inkling.up.railway.app"
    monkeypatch.setenv("PUBLIC_URL", "https://bot.example.org")
    assert settings().public_url == "https://bot.example.org"


def test_reads_a_file_that_the_environment_overrules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=9000\nLOG_LEVEL=debug\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("PORT", "9001")
    found = read_settings(_env_file=file)
    assert (found.port, found.log_level) == (9001, "DEBUG")


def test_the_example_file_is_valid_and_lists_every_setting(tmp_path: Path) -> None:
    example = Path(__file__).parents[3] / ".env.example"
    assert read_settings(_env_file=example).local
    names = {line.partition("=")[0] for line in example.read_text().splitlines() if "=" in line}
    assert {name for name in names if name.isupper()} == {
        name.upper() for name in Settings.model_fields
    }


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "PORT",
            "http",
            "Expected PORT to be a port from 1 to 65535, or 0 for any free one. Received 'http'.",
        ),
        ("PORT", "70000", "Received '70000'."),
        (
            "ADMIN_IDS",
            "7,ann",
            "Expected ADMIN_IDS to be whole numbers separated by commas. Received 'ann'.",
        ),
        (
            "PUBLIC_URL",
            "example.com",
            "Expected PUBLIC_URL to be the https:// address under which Telegram reaches this "
            "bot. Received 'example.com'.",
        ),
        ("PUBLIC_URL", "http://app.example", "Received 'http://app.example'."),
        ("HOST", "0.0.0.0:80/x", "a host name or an IP address. Received '0.0.0.0:80/x'."),
        ("TELEGRAM_API_URL", "ftp://example.com", "Received 'ftp://example.com'."),
        ("LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING, ERROR or CRITICAL. Received 'LOUD'."),
    ],
)
def test_a_wrong_value_is_named_in_one_sentence(
    name: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        settings()
    assert str(caught.value).startswith(f"Expected {name} to be ")
    assert str(caught.value).endswith(sentence)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:p@h/db",
        "postgresql+psycopg2://u:p@h/db",
        "sqlite://data.db",
        "foo",
        "postgres://u:p@h:port/db",
    ],
)
def test_a_wrong_database_is_named_in_one_sentence(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(SettingsError, match=r"^Expected DATABASE_URL to be "):
        settings()


def test_a_webhook_need_not_be_encrypted_where_telegram_does_not_call() -> None:
    assert settings(public_url="http://127.0.0.1:8080").public_url
    assert settings(public_url="http://10.0.0.5", telegram_api_url="http://10.0.0.4").public_url


def test_a_file_of_other_bytes_is_named_in_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes("# für\nPORT=9000\n".encode("latin-1"))
    with pytest.raises(SettingsError, match=r"^Expected \.env to be a text file in UTF-8"):
        read_settings(_env_file=file)


def test_a_file_that_others_may_read_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    assert not others_may_read(file)
    file.write_text("TELEGRAM_BOT_TOKEN=1:a")
    file.chmod(0o644)
    assert others_may_read(file)
    file.chmod(0o640)
    assert not others_may_read(file)


def test_a_password_for_the_bot_api_server_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TELEGRAM_API_URL", "http://ann:hush@example.com")
    with pytest.raises(SettingsError, match="holds no password") as caught:
        settings()
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("name", ["TELEGRAM_BOT_TOKEN", "WEBHOOK_SECRET"])
def test_a_wrong_secret_is_not_shown(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "hush hush")
    with pytest.raises(SettingsError) as caught:
        settings()
    assert name in str(caught.value)
    assert "(9 characters)" in str(caught.value)
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_secrets_do_not_show_and_nothing_can_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("DATABASE_URL", "postgres://ann:hush@example.com/db")
    found = settings()
    assert TOKEN not in repr(found)
    assert "hush" not in repr(found)
    with pytest.raises(ValueError, match="frozen"):
        found.port = 1


def test_each_start_has_another_webhook_secret() -> None:
    first, second = (settings().webhook_secret.get_secret_value() for _ in range(2))
    assert first != second
    assert len(first) >= 32


def test_discord_alone_is_no_local_chat() -> None:
    found = read_settings(_env_file=None, discord_bot_token="MTIz.GabcDe.fgh-IJ_k")
    assert (found.with_discord, found.with_telegram, found.local) == (True, False, False)
    with pytest.raises(SettingsError, match="DISCORD_BOT_TOKEN to be a bot token") as refused:
        read_settings(_env_file=None, discord_bot_token="not a token")
    assert "not a token" not in str(refused.value)
