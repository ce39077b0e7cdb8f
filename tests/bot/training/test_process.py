"""A training child: its progress, its end however it comes, and that nothing of it is left."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bot.errors import Ending, TrainingFailed
from bot.training.process import PhaseProgress, Progress, started

EPOCH = {"event": "epoch", "epoch": 1, "epochs": 2, "loss": 0.5, "accuracy": 0.9, "seconds": 3.0}
EPOCH |= {"val_loss": 0.4, "val_accuracy": 0.95}
DONE = {"event": "done", "model": "x", "test_accuracy": 0.9, "test_loss": 0.3}


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def printing(*said: object, then: str = "") -> list[str]:
    lines = "\n".join(f"print({json.dumps(line)!r}, flush=True)" for line in said)
    return python(f"{lines}\n{then}")


async def outcome(command: list[str]) -> TrainingFailed:
    """Why a child failed."""
    async with started(command) as child:
        with pytest.raises(TrainingFailed) as failed:
            async for _ in child.progress():
                pass
    return failed.value


async def test_progress_comes_step_by_step_and_epoch_by_epoch() -> None:
    step = {"event": "phase", "phase": "handwriting", "done": 3, "of": 16}
    async with started(printing(step, EPOCH, EPOCH | {"epoch": 2}, DONE)) as child:
        seen = [progress async for progress in child.progress()]
    assert seen == [
        PhaseProgress("handwriting", 3, 16),
        Progress(1, 2, 0.5, 0.9, 3.0),
        Progress(2, 2, 0.5, 0.9, 3.0),
    ]


async def test_words_that_are_no_progress_are_passed_over_and_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    cut = {name: EPOCH[name] for name in ("event", "epoch")}
    program = f"print('hello'); print(7); print({json.dumps(cut)!r}); print({json.dumps(DONE)!r})"
    async with started(python(program)) as child:
        assert [progress async for progress in child.progress()] == []
    (line,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert line.startswith("Expected a line of progress") and "b'hello" in line


async def test_a_child_that_hangs_is_ended() -> None:
    hangs = python("import sys, time; print('MemoryError', file=sys.stderr); time.sleep(60)")
    began = time.monotonic()
    async with started(hangs, stall_seconds=2) as child:
        with pytest.raises(TrainingFailed, match="out of memory"):
            async for _ in child.progress():
                pass
    assert time.monotonic() - began < 30


async def test_a_child_that_computes_does_not_hang() -> None:
    busy = "import time\nwhile time.process_time() < 2: pass\n"
    async with started(python(f"{busy}print({json.dumps(DONE)!r})"), stall_seconds=1.5) as child:
        assert [progress async for progress in child.progress()] == []


@pytest.mark.parametrize(
    ("program", "ending", "detail"),
    [
        ("raise SystemExit('MNIST could not be had')", Ending.GAVE_UP, "MNIST could not be had"),
        ("raise OSError(28, 'No space left on device')", Ending.DISK_FULL, ""),
        ("raise MemoryError", Ending.OUT_OF_MEMORY, ""),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", Ending.KILLED, ""),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", Ending.SIGNAL, "SIGSEGV"),
        ("pass", Ending.GAVE_UP, ""),
    ],
)
async def test_how_it_ended_is_found_out(program: str, ending: Ending, detail: str) -> None:
    failed = await outcome(python(program))
    assert (failed.ending, failed.detail) == (ending, detail)


async def test_leaving_stops_the_child_and_its_children() -> None:
    family = (
        "import subprocess, sys, time, signal\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"print({json.dumps(EPOCH)!r}, flush=True); time.sleep(60)"
    )
    before = set(psutil.Process().children(recursive=True))
    began = time.monotonic()
    async with started(python(family)) as child:
        async for _ in child.progress():
            break
        born = set(psutil.Process().children(recursive=True)) - before
        assert len(born) == 2
    assert time.monotonic() - began < 15
    # Nobody here waits for the child's child: the kernel may take a moment to end it.
    _, alive = psutil.wait_procs(born, timeout=10)
    assert not any(_runs(process.pid) for process in alive)


def _runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


async def test_secrets_stay_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "hush")
    monkeypatch.setenv("DATABASE_URL", "postgres://u:hush@h/d")
    asks = "import os, sys; sys.exit(repr([v for v in os.environ.values() if 'hush' in v]))"
    assert (await outcome(python(asks))).detail == "[]"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_the_child_dies_with_the_bot(tmp_path: Path) -> None:
    """Kill -9 of the process that answers leaves no training behind."""
    note = tmp_path / "child"
    program = (
        "import asyncio, sys\n"
        "from bot.training.process import started\n"
        "async def main():\n"
        "    sleep = 'import os, pathlib, sys, time;'\n"
        "    sleep += 'pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(60)'\n"
        f"    async with started([sys.executable, '-c', sleep, {str(note)!r}]) as child:\n"
        "        async for _ in child.progress(): pass\n"
        "asyncio.run(main())\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program])
    until = time.monotonic() + 30
    while not (note.exists() and note.read_text()):
        assert time.monotonic() < until
        time.sleep(0.02)
    child = psutil.Process(int(note.read_text()))
    assert child.nice() == min(19, psutil.Process().nice() + 10)
    assert Path(f"/proc/{child.pid}/oom_score_adj").read_text().strip() == "800"
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    child.wait(10)


async def test_a_cancelled_run_leaves_no_child() -> None:
    began = asyncio.Event()
    before = {process.pid for process in psutil.Process().children()}
    pids: list[int] = []

    async def run() -> None:
        async with started(printing(EPOCH, then="import time; time.sleep(60)")) as child:
            async for _ in child.progress():
                pids.extend({p.pid for p in psutil.Process().children()} - before)
                began.set()

    task = asyncio.create_task(run())
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert pids and not any(_runs(pid) for pid in pids)
