"""The wheel holds what runs, and works from another folder, in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import model
from model.datasets import mnist
from tests.model.photo_variants import jpeg, sheet

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has the wheel, and borrows our dependencies."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    (site_packages,) = folder.glob("lib/python*/site-packages")
    ours = sysconfig.get_path("purelib")
    (site_packages / "borrowed.pth").write_text(f"{ours}\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install"]
    subprocess.run([*pip, "--no-index", "--no-deps", str(wheel)], check=True, capture_output=True)
    return python.parent


def run(*command: str | Path, folder: Path) -> str:
    """Run a program in a folder, without the checkout, and return its standard output."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def files_of(package: str) -> Iterator[str]:
    """Find the files of a package in the checkout."""
    for path in sorted((ROOT / package).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(ROOT).as_posix()


def test_the_wheel_holds_every_file_of_both_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == {*files_of("bot"), *files_of("model")}
    assert {"bot/py.typed", "model/py.typed", "model/weights/model.tflite"} <= packed


@pytest.mark.slow
def test_the_installed_command_reads_a_photo(installed: Path, tmp_path: Path) -> None:
    test_set = mnist.test_set()
    (tmp_path / "photo.jpg").write_bytes(jpeg(sheet(test_set.glyphs[0])))
    answer = json.loads(
        run(installed / "inkling-model", "predict", "photo.jpg", "--json", folder=tmp_path)
    )
    assert answer["text"] == str(test_set.labels[0])


@pytest.mark.slow
def test_the_installed_bot_says_how_it_is_used(installed: Path, tmp_path: Path) -> None:
    assert "--webhook" in run(installed / "inkling", "--help", folder=tmp_path)


@pytest.mark.slow
def test_the_installed_package_knows_its_version(installed: Path, tmp_path: Path) -> None:
    program = (
        "import importlib.metadata, model\n"
        "print(model.__version__, importlib.metadata.version('inkling'), model.__file__)"
    )
    version, of_package, file = run(installed / "python", "-c", program, folder=tmp_path).split()
    assert version == of_package == model.__version__
    said = run(installed / "inkling", "--version", folder=tmp_path)
    assert said == f"Inkling {version}\n"
    assert Path(file).is_relative_to(installed.parent)
