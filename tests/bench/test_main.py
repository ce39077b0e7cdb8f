from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.bench.__main__ import benchmarks, main
from tests.bench.measuring import process, seconds


def test_every_benchmark_has_a_title() -> None:
    for name, module in benchmarks().items():
        assert isinstance(module.TITLE, str), name


def test_an_unknown_benchmark_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["no-such-benchmark"])
    assert stopped.value.code == 2
    assert "Received no-such-benchmark." in capsys.readouterr().err


@pytest.mark.parametrize("name", ["ablation", "material", "photos", "reasons"])
def test_without_photos_a_benchmark_of_photos_is_skipped(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([name]) == 0
    assert "Skipped: there are no photos at ../shared/photos" in capsys.readouterr().out


def test_a_process_is_charged_for_its_memory() -> None:
    ballast = bytearray(b"1" * 200 * 1024**2)  # ours, not theirs
    small = process(["-c", "print('hello')"])
    large = process(["-c", "x = bytearray(b'1' * 200 * 1024**2)"])
    assert small.output == "hello\n"
    assert 150 < large.peak_mib - small.peak_mib < 600
    assert 0 < small.seconds < 60
    assert small.peak_mib < len(ballast) / 1024**2


def test_a_process_that_fails_is_no_measurement() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        process(["-c", "raise SystemExit(3)"])


def test_the_median_leaves_the_first_call_out() -> None:
    calls: list[int] = []
    assert seconds(lambda: calls.append(1), rounds=3) < 1
    assert len(calls) == 4
