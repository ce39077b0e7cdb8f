"""What a bot stands on, where it can be broken: a folder, a small disk, PostgreSQL, a clock."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.bot import postgres

DISK_BYTES = 8 * 2**20
"""Size of the disk: small, so that it is full soon."""

CLOCK_FILE = "clock"


class NotHere(Exception):
    """This cannot be broken on this machine; the message says why."""


@dataclass
class Ground:
    """What a bot stands on.

    Attributes:
        folder: in which it finds a folder of its own.
        settings: environment variables to run it with.
        disk: the image of the disk that is mounted at the bot's `data`, if there is one.
        server: the PostgreSQL that it uses, if there is one.
    """

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    disk: Path | None = None
    server: postgres.Server | None = None

    @property
    def data(self) -> Path:
        """The folder in which the bot keeps its database."""
        return self.folder / "bot/data"

    def make_read_only(self) -> None:
        """Let the kernel find an error in the disk, after which it takes no more writes."""
        source = _run("findmnt", "--noheadings", "--output", "SOURCE", str(self.data)).strip()
        Path("/sys/fs/ext4", Path(source).name, "trigger_fs_error").write_text("1")

    def repair(self) -> None:
        """Mount the disk anew; nothing may be open on it."""
        _run("umount", str(self.data))
        assert self.disk is not None
        _mount(self.disk, self.data)

    def end_connections(self) -> None:
        """End all connections to PostgreSQL but our own."""
        assert self.server is not None
        self.server.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )

    @contextmanager
    def halted(self) -> Iterator[None]:
        """Halt every process of PostgreSQL."""
        assert self.server is not None
        parent = psutil.Process(self.server.process.pid)
        processes = [parent, *parent.children()]
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                with suppress(psutil.NoSuchProcess):
                    process.resume()

    def crash(self) -> None:
        """Kill a process of PostgreSQL; the others are then restarted by their parent."""
        assert self.server is not None
        for child in psutil.Process(self.server.process.pid).children():
            with suppress(psutil.NoSuchProcess):
                if any(word in " ".join(child.cmdline()) for word in ("idle", "checkpointer")):
                    child.send_signal(signal.SIGKILL)
                    return

    def set_clock(self, jump: str) -> None:
        """Set the bot's clock, in the form that libfaketime takes: "+1y"."""
        _replace(self.folder / CLOCK_FILE, jump)


@contextmanager
def folder_alone(folder: Path) -> Iterator[Ground]:
    """Give nothing but a folder."""
    yield Ground(folder)


@contextmanager
def disk(folder: Path) -> Iterator[Ground]:
    """Give a folder whose `bot/data` is a small disk of its own.

    Raises:
        NotHere: only root on Linux may mount one.
    """
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        raise NotHere("only root on Linux may mount a disk")
    image = folder / "disk"
    with image.open("wb") as file:
        file.truncate(DISK_BYTES)
    ground = Ground(folder, disk=image)
    try:
        _run("mkfs.ext4", "-q", "-F", str(image))
        ground.data.mkdir(parents=True)
        _mount(image, ground.data)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotHere(f"no disk could be mounted ({error})") from error
    try:
        yield ground
    finally:
        _run("umount", str(ground.data))


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """Leave no byte free on the disk that a folder lies on."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def postgresql(folder: Path) -> Iterator[Ground]:
    """Give a PostgreSQL.

    Raises:
        NotHere: there is none for this platform.
    """
    try:
        with postgres.server() as server:
            address = server.create("chaos")
            yield Ground(folder, {"DATABASE_URL": address}, server=server)
    except postgres.NoServer as error:
        raise NotHere(str(error)) from error


@contextmanager
def clock(folder: Path) -> Iterator[Ground]:
    """Give a clock that can be set without that anybody else's changes.

    Raises:
        NotHere: libfaketime is not installed.
    """
    found = importlib.util.find_spec("libfaketime")
    if found is None or found.origin is None:
        raise NotHere("libfaketime is not installed")
    library = Path(found.origin).parent / "vendor/libfaketime/src/libfaketime.so.1"
    _replace(folder / CLOCK_FILE, "+0")
    settings = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(folder / CLOCK_FILE),
        # Seconds between two looks at the file.
        "FAKETIME_CACHE_DURATION": "1",
        # A machine that is set right goes on counting how long it runs.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DISABLE_SHM": "1",
    }
    yield Ground(folder, settings)


def _replace(file: Path, text: str) -> None:
    """Write a file in one step, since the clock looks at it all the time."""
    partial = file.with_name(f"{file.name}-{time.monotonic_ns()}")
    partial.write_text(text)
    partial.replace(file)


def _mount(image: Path, place: Path) -> None:
    _run("mount", "-o", "loop,errors=remount-ro", str(image), str(place))


def _run(*command: str) -> str:
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    return ran.stdout
