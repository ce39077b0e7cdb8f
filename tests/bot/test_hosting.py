"""The files that platforms read name what there is: stages, commands, settings.

There is no Docker daemon here. So the Dockerfile is linted, and what its steps and the platforms'
commands do is run by hand in an environment of their own.
"""

from __future__ import annotations

import configparser
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config.settings import Settings
from bot.local import ADA
from tests.bot.postgres import Server
from tests.bot.running import Chat, running_bot, telegram
from tests.bot.training_runs import TOKEN

ROOT = Path(__file__).parents[2]

SETTINGS = {name.upper() for name in Settings.model_fields}

COMMANDS = {"worker": "python -m bot", "trainer": "python -m bot trainer"}

MAX_SYSTEMD_RISK = 4.0
"""What systemd counts as "OK"; a unit without any hardening has 9.6, "UNSAFE"."""

PLATFORMS = {
    "Railway": (signal.SIGTERM, 0.0),
    "Fly": (signal.SIGINT, 5.0),
    "Heroku": (signal.SIGTERM, 30.0),
}
"""How each platform ends a program: its signal, and the seconds until it kills the program."""


def read(name: str) -> Any:
    """Read a YAML or JSON file of the top folder; JSON is YAML, too."""
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def stages() -> set[str]:
    """Find the names of the Dockerfile's stages."""
    return set(re.findall(r"^FROM \S+ AS (\S+)$", (ROOT / "Dockerfile").read_text(), re.M))


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    if not hadolint.exists():
        pytest.skip("there is no build of hadolint for this platform")
    command = [hadolint, ROOT / "Dockerfile"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_images_are_built_from_what_the_dockerignore_lets_through() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.M)
    let_through = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.M))
    assert {name for line in copied for name in line.split()} == let_through
    assert all((ROOT / name).exists() for name in let_through)


def test_both_images_run_as_a_person_without_rights_and_are_told_what_to_run() -> None:
    text = (ROOT / "Dockerfile").read_text()
    _, _, base = text.partition("FROM python:3.13-slim AS base")
    assert "\nUSER 10001\n" in base
    commands = re.findall(r"^CMD (\[.+\])$", base, re.M)
    assert [json.loads(command) for command in commands] == [
        COMMANDS["trainer"].split(),
        [*COMMANDS["worker"].split(), "--web"],
    ]


def test_the_version_of_uv_in_the_image_is_the_one_that_is_tested() -> None:
    (pinned,) = re.findall(r"uv==([\d.]+)", (ROOT / "Dockerfile").read_text())
    assert f"\nuv=={pinned} " in (ROOT / "tests/requirements.txt").read_text()


def test_compose_starts_a_worker_and_a_trainer_on_one_database() -> None:
    compose = read("compose.yaml")
    services = compose["services"]
    assert set(services) == {"worker", "trainer", "database"}
    for name in COMMANDS:
        service = services[name]
        assert service["build"]["target"] == name
        assert name in stages()
        assert service["read_only"] and service["tmpfs"] == ["/tmp"]
        assert service["cap_drop"] == ["ALL"]
        assert service["depends_on"]["database"] == {"condition": "service_healthy"}
        assert set(service["environment"]) <= SETTINGS
        (volume,) = service["volumes"]
        assert volume == f"{name}-data:/srv/inkling/data"
    address = services["worker"]["environment"]["DATABASE_URL"]
    assert address == services["trainer"]["environment"]["DATABASE_URL"]
    assert services["database"]["environment"]["POSTGRES_USER"] == "inkling"


def test_heroku_builds_and_runs_both_and_asks_for_settings_that_exist() -> None:
    app, manifest = read("app.json"), read("heroku.yml")
    assert app["stack"] == "container"
    assert set(app["env"]) <= SETTINGS
    assert all(given["description"] for given in app["env"].values())
    assert manifest["run"] == COMMANDS
    assert {name: image["target"] for name, image in manifest["build"]["docker"].items()} == {
        name: name for name in COMMANDS
    }
    assert set(app["formation"]) == set(COMMANDS)


def test_the_procfile_names_the_same_commands() -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()
    assert dict(line.split(": ", 1) for line in lines) == COMMANDS


def test_render_starts_both_on_a_database_that_it_makes() -> None:
    blueprint = read("render.yaml")
    made = {database["name"] for database in blueprint["databases"]}
    assert [service["startCommand"] for service in blueprint["services"]] == list(COMMANDS.values())
    for service in blueprint["services"]:
        for variable in service["envVars"]:
            assert variable["key"] in SETTINGS
            assert variable.get("fromDatabase", {"name": "inkling-database"})["name"] in made


def test_the_systemd_unit_runs_the_bot_and_may_write_its_data_alone(tmp_path: Path) -> None:
    readme = (ROOT / "bot/README.md").read_text()
    (unit,) = re.findall(r"(    \[Unit\]\n(?:(?:    .*)?\n)+?)(?=\n?\S)", readme)
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string("\n".join(line[4:] for line in unit.splitlines()))
    service = parser["Service"]
    assert service["ExecStart"].endswith(f"/.venv/bin/{COMMANDS['worker']}")
    assert service["RestartPreventExitStatus"] == "2"
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"] == f"{service['WorkingDirectory']}/data"
    assert float(service["TimeoutStopSec"]) >= 30
    if shutil.which("systemd-analyze"):
        assert risk_of(parser, tmp_path / "inkling.service") < MAX_SYSTEMD_RISK


def risk_of(unit: configparser.ConfigParser, file: Path) -> float:
    """Let systemd say how much a unit's program could do, from 0 to 10; it knows each directive."""
    with file.open("w", encoding="utf-8") as written:
        unit.write(written, space_around_delimiters=False)
    command = ["systemd-analyze", "security", "--offline=true", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Unknown" not in done.stderr, done.stderr
    (level,) = re.findall(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    return float(level)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("platform", list(PLATFORMS))
def test_nothing_is_lost_however_a_platform_stops_the_bot(
    platform: str, tmp_path: Path, photos: list[bytes]
) -> None:
    number, grace_seconds = PLATFORMS[platform]
    with telegram(TOKEN) as url:
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": url}
        chat = Chat(url, ADA)
        with running_bot(tmp_path, **settings) as bot:
            bot.wait_for("Asking Telegram for updates")
            sent = [message for photo in photos for message in chat.send(photo)]
            chat.replies(sent[:1])
            os.kill(bot.pid, number)
            stopped = time.monotonic() + grace_seconds
            while bot.runs and time.monotonic() < stopped:
                time.sleep(0.02)
            bot.kill()
        with running_bot(tmp_path, **settings):
            answers = chat.replies(sent)
    assert [answer["caption"][0] for answer in answers] == list("0123456789")


@contextmanager
def clean_environment(folder: Path) -> Iterator[dict[str, str]]:
    """Make a virtual environment as Render has it, and give the variables of a program in it."""
    venv.create(folder / "venv", with_pip=True, symlinks=True)
    (folder / "home").mkdir()
    yield {
        "PATH": f"{folder / 'venv/bin'}:/usr/local/bin:/usr/bin:/bin",
        "VIRTUAL_ENV": str(folder / "venv"),
        "HOME": str(folder / "home"),
        "RENDER": "true",
    } | {
        # How this machine reaches the package registry: a mirror, a proxy, its certificates.
        name: value
        for name, value in os.environ.items()
        if name.startswith(("PIP_", "UV_", "SSL_")) or name.lower().endswith("_proxy")
    }


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_render_s_commands_make_a_worker_without_tensorflow_that_answers(
    tmp_path: Path, photos: list[bytes], postgres_server: Server
) -> None:
    worker, _ = read("render.yaml")["services"]
    with clean_environment(tmp_path) as environment, telegram(TOKEN) as url:
        build = ["bash", "-c", worker["buildCommand"]]
        subprocess.run(build, cwd=ROOT, env=environment, check=True)
        find = "import importlib.util as u; raise SystemExit(u.find_spec('tensorflow') is not None)"
        subprocess.run(["python", "-c", find], env=environment, check=True)
        size = sum(f.stat().st_size for f in (tmp_path / "venv").rglob("*") if f.is_file())
        assert size < 600e6, "four times less than with TensorFlow"
        settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": url,
            "DATABASE_URL": postgres_server.create("render"),
        }
        chat = Chat(url, ADA)
        program = shutil.which("bash") or "bash"
        with subprocess.Popen(
            [program, "-c", f"exec {worker['startCommand']}"],
            cwd=tmp_path / "home",
            env=environment | settings,
        ) as bot:
            try:
                assert chat.ask(photos[7])["caption"].startswith("7")
            finally:
                bot.send_signal(signal.SIGTERM)
                assert bot.wait(worker["maxShutdownDelaySeconds"]) == 0
