"""A newly activated version serves in every replica; a broken one in none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.serving.active_model import ActiveModel
from bot.store import Database, versions
from bot.store.archive import pack
from bot.store.runs import Lease
from model.errors import ModelError
from tests.bot.fakes import SEVEN, FakeReader
from tests.bot.models import variant
from tests.bot.store.samples import ADMIN, begun, version


class Replica:
    """One bot's active_model, and what admins heard of it."""

    def __init__(self, database: Database, cache: Path) -> None:
        self.heard: list[str] = []
        self.reader = FakeReader(SEVEN)
        self.active_model = ActiveModel(database, self.reader, cache, self._announce)

    def _announce(self, say: Callable[[], str]) -> None:
        self.heard.append(say())

    @property
    def serves(self) -> str:
        return self.active_model.serving.version


@pytest.fixture
def replica(database: Database, tmp_path: Path) -> Callable[[str], Replica]:
    return lambda name: Replica(database, tmp_path / "cache" / name)


async def publish(database: Database, folder: Path, *, passed: bool = True) -> None:
    """Store a model folder, and make it active if it passed."""
    run = await begun(database, "here")
    number = (await versions.active(database)).number
    made = version(folder.name, passed=passed)
    await versions.publish(database, made, pack(folder), Lease(run.id, "here"), number)


async def test_every_replica_serves_what_is_activated(
    database: Database, replica: Callable[[str], Replica], tmp_path: Path
) -> None:
    one, other = replica("one"), replica("other")
    shipped = one.serves
    await publish(database, variant(tmp_path / "aaaa"))
    for each in (one, other):
        await each.active_model.refresh()
        assert each.serves == each.active_model.serving.version == "aaaa"
    await versions.activate(database, None, ADMIN, "back")
    await other.active_model.refresh()
    assert other.serves == shipped
    assert one.heard == other.heard == []


async def test_a_restart_loads_what_was_active(
    database: Database, replica: Callable[[str], Replica], tmp_path: Path
) -> None:
    await publish(database, variant(tmp_path / "aaaa"))
    fresh = replica("fresh")
    await fresh.active_model.refresh()
    assert fresh.serves == "aaaa"


async def test_a_broken_version_is_refused_and_the_one_before_serves(
    database: Database, replica: Callable[[str], Replica], tmp_path: Path
) -> None:
    one = replica("one")
    await publish(database, variant(tmp_path / "aaaa"))
    await one.active_model.refresh()
    await publish(database, variant(tmp_path / "bbbb"))
    async with database.writing() as connection:
        await connection.execute(
            text("UPDATE versions SET archive = :bytes WHERE id = 'bbbb'"), {"bytes": b"damaged"}
        )
    for _ in range(2):
        await one.active_model.refresh()
    assert one.serves == "aaaa"
    assert len(one.heard) == 1, "told once"
    assert "bbbb" in one.heard[0] and "aaaa goes on serving" in one.heard[0]
    restarted = replica("restarted")
    await restarted.active_model.refresh()
    assert restarted.serves == "aaaa", "the last good one, not the shipped one"


@pytest.mark.parametrize(
    "figures", [{"preprocessing": "another"}, {"files": {"model.tflite": "0" * 64}}]
)
async def test_a_version_made_for_something_else_is_refused(
    database: Database,
    replica: Callable[[str], Replica],
    tmp_path: Path,
    figures: dict[str, object],
) -> None:
    one = replica("one")
    folder = variant(tmp_path / "cccc")
    manifest = (folder / "manifest.json").read_text()
    if "preprocessing" in figures:
        manifest = manifest.replace("box20-mass14", "another")
    else:
        (folder / "model.tflite").write_bytes(b"touched")
    (folder / "manifest.json").write_text(manifest)
    await publish(database, folder)
    shipped = one.serves
    await one.active_model.refresh()
    assert one.serves == shipped
    assert len(one.heard) == 1
    with pytest.raises(ModelError):
        await one.active_model.fetch("cccc")


@pytest.mark.parametrize("figures", [{"files": None}, {"files": ["a"]}])
async def test_a_version_that_is_broken_in_any_way_is_refused(
    database: Database,
    replica: Callable[[str], Replica],
    tmp_path: Path,
    figures: dict[str, object],
) -> None:
    one = replica("one")
    folder = variant(tmp_path / "dddd")
    manifest = json.loads((folder / "manifest.json").read_text()) | figures
    (folder / "manifest.json").write_text(json.dumps(manifest))
    await publish(database, folder)
    shipped = one.serves
    await one.active_model.refresh()
    assert one.serves == shipped
    assert len(one.heard) == 1 and "dddd cannot be used" in one.heard[0]
