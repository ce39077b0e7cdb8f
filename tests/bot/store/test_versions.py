"""Versions are stored whole or not at all, come back as they were, and the way back is known."""

from __future__ import annotations

import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import Ending, LeaseLost
from bot.store import Database, runs, versions
from bot.store.archive import pack, unpack
from bot.store.runs import Lease, RunState
from bot.store.versions import SHIPPED
from model.errors import ModelError
from tests.bot.store.samples import ADMIN, begun, version


async def lease(database: Database) -> Lease:
    """A run that holds the lock."""
    return Lease((await begun(database, "here")).id, "here")


def folder(at: Path) -> Path:
    """Something like a model folder."""
    at.mkdir()
    (at / "manifest.json").write_text("{}")
    (at / "model.tflite").write_bytes(bytes(range(256)) * 40)
    return at


def test_the_same_folder_is_the_same_bytes(tmp_path: Path) -> None:
    one, other = folder(tmp_path / "one"), folder(tmp_path / "other")
    (other / "manifest.json").touch()
    assert pack(one) == pack(other)
    back = unpack(pack(one), tmp_path / "back")
    assert {p.name: p.read_bytes() for p in back.iterdir()} == {
        p.name: p.read_bytes() for p in one.iterdir()
    }
    (back / "manifest.json").write_text("touched")
    assert (unpack(pack(one), back) / "manifest.json").read_text() == "{}"
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_bytes_that_are_no_archive_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        unpack(b"no archive" * 100, tmp_path / "into")
    assert list(tmp_path.iterdir()) == []


async def test_a_version_that_passed_is_active_and_ends_its_run(
    database: Database, tmp_path: Path
) -> None:
    assert await versions.active(database) == SHIPPED
    archive = pack(folder(tmp_path / "model"))
    held = await lease(database)
    assert await versions.publish(database, version("v2"), archive, held, compared_with=0)
    assert (await versions.active(database)).version == "v2"
    assert await versions.archive_of(database, "v2") == archive
    ended = await runs.get(database, held.run)
    assert (ended.state, ended.version) == (RunState.DONE, "v2")
    assert await runs.running(database) is None


async def test_a_version_that_failed_the_gate_is_kept_and_can_be_chosen(
    database: Database,
) -> None:
    held = await lease(database)
    made = version("v3", passed=False)
    assert not await versions.publish(database, made, b"bytes", held, compared_with=0)
    assert await versions.active(database) == SHIPPED
    assert await versions.listed(database, 10) == (made,)
    await versions.activate(database, "v3", ADMIN, "chosen")
    assert (await versions.active(database)).version == "v3"
    await versions.activate(database, None, ADMIN, "back")
    assert [a.version for a in await versions.history(database, 10)] == [None, "v3"]


async def test_what_the_gate_did_not_compare_with_stays_active(database: Database) -> None:
    held = await lease(database)
    await versions.activate(database, None, ADMIN, "meanwhile")
    assert not await versions.publish(database, version("v2"), b"x", held, compared_with=0)
    assert (await versions.active(database)).version is None
    assert await versions.get(database, "v2") is not None


async def test_a_run_taken_for_dead_stores_nothing(database: Database) -> None:
    held = await lease(database)
    await runs.end(database, held, RunState.INTERRUPTED, Ending.HOLDER_GONE)
    with pytest.raises(LeaseLost):
        await versions.publish(database, version("v2"), b"x", held, compared_with=0)
    assert await versions.listed(database, 10) == ()
    assert await versions.active(database) == SHIPPED


async def test_the_same_weights_twice_are_one_version(database: Database) -> None:
    for _ in range(2):
        held = await lease(database)
        number = (await versions.active(database)).number
        await versions.publish(database, version("v2"), b"x", held, compared_with=number)
    assert len(await versions.listed(database, 10)) == 1


async def test_damaged_and_missing_versions_are_refused(database: Database) -> None:
    held = await lease(database)
    await versions.publish(database, version("v2"), b"as it was", held, compared_with=0)
    async with database.writing() as connection:
        await connection.execute(text("UPDATE versions SET archive = :x"), {"x": b"as it is"})
    with pytest.raises(ModelError, match="damaged"):
        await versions.archive_of(database, "v2")
    with pytest.raises(ModelError, match="not there"):
        await versions.archive_of(database, "v9")


async def test_an_id_that_would_name_another_folder_is_refused(database: Database) -> None:
    with pytest.raises(ModelError, match="letters and digits"):
        await versions.archive_of(database, "../weights")


@pytest.mark.parametrize("compress", [gzip.compress, lzma.compress, lambda archive: archive])
def test_a_cut_or_compressed_archive_is_refused(
    tmp_path: Path, compress: Callable[[bytes], bytes]
) -> None:
    archive = compress(pack(folder(tmp_path / "one")))
    with pytest.raises(ModelError):
        unpack(archive[: len(archive) // 2], tmp_path / "into")
    assert not (tmp_path / "into").exists()
