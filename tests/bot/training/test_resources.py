"""What a machine or a container has left, and what is said before a run would be killed."""

from __future__ import annotations

from pathlib import Path

import psutil

from bot.training.resources import available_mb, needed_mb, out_of_memory_kills, shortage
from model.recipes import RECIPES
from model.training.results import measured


def version_2(at: Path, limit: str, used: int, cached: int = 0) -> Path:
    at.mkdir()
    (at / "memory.max").write_text(limit + "\n")
    (at / "memory.current").write_text(f"{used}\n")
    (at / "memory.stat").write_text(f"anon 5\ninactive_file {cached}\n")
    (at / "memory.events").write_text("low 0\noom 3\noom_kill 2\n")
    return at


def version_1(at: Path, limit: int, used: int) -> Path:
    (at / "memory").mkdir(parents=True)
    (at / "memory/memory.limit_in_bytes").write_text(f"{limit}\n")
    (at / "memory/memory.usage_in_bytes").write_text(f"{used}\n")
    (at / "memory/memory.stat").write_text("cache 7\ntotal_inactive_file 50000000\n")
    (at / "memory/memory.oom_control").write_text("oom_kill_disable 0\noom_kill 1\n")
    return at


def test_a_containers_limit_counts(tmp_path: Path) -> None:
    container = version_2(tmp_path / "two", "512000000", 200_000_000, cached=100_000_000)
    assert available_mb(container) == 412
    assert available_mb(version_1(tmp_path / "one", 600_000_000, 150_000_000)) == 500


def test_without_a_limit_it_is_the_machines(tmp_path: Path) -> None:
    machine = psutil.virtual_memory().available / 1e6
    for folder in (
        version_2(tmp_path / "max", "max", 5),
        version_1(tmp_path / "one", 2**63 - 4096, 5),
        tmp_path / "nothing",
    ):
        assert abs(available_mb(folder) - machine) < 0.1 * machine


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    small = version_2(tmp_path / "small", "512000000", 200_000_000)
    missing = shortage("baseline", tmp_path, small)
    assert missing is not None
    needs = max(run.peak_memory_mb for run in measured("baseline"))
    assert f"about {needs:,.0f} MB" in missing.text
    assert "312 MB are free" in missing.text
    assert f"{needs - 312:,.0f} MB too few" in missing.text
    assert all(needed_mb(recipe) > 500 for recipe in RECIPES), "TensorFlow alone takes that"


def test_kills_of_the_container_are_counted(tmp_path: Path) -> None:
    assert out_of_memory_kills(version_2(tmp_path / "two", "max", 5)) == 2
    assert out_of_memory_kills(version_1(tmp_path / "one", 5, 5)) == 1
    assert out_of_memory_kills(tmp_path / "nothing") == 0
