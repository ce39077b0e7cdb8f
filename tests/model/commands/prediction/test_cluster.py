"""Many images read on a Ray cluster of two nodes on this machine, one of which goes away."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from model.commands.prediction.output import OutputFormat
from model.errors import ClusterError
from tests.bot.running import free_port
from tests.model.commands.stand_in_recognizers import load_stand_in

pytest.importorskip("ray", reason="inkling[cluster] is not installed", exc_type=ImportError)

import ray
from pyarrow import fs
from ray.cluster_utils import Cluster

from model.commands.prediction import cluster as on_cluster
from model.commands.prediction.cluster import ClusterJob, connected, find_images, read_on_cluster

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    # Ray's own.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


START_SECONDS = 60.0
"""For the server of an object store, which takes some seconds."""


@pytest.fixture
def cluster() -> Iterator[Any]:
    started = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False}
    )
    yield started
    ray.shutdown()
    started.shutdown()


def scans(folder: Path, count: int) -> list[str]:
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:03}.png").write_text("wait")
    return find_images([str(folder)])


def lines_in(out: Path) -> list[str]:
    files = sorted(out.glob("part-*"))
    return [json.loads(line)["path"] for file in files for line in file.read_text().splitlines()]


def test_a_node_that_goes_away_costs_no_image(cluster: Any, tmp_path: Path) -> None:
    images = scans(tmp_path / "scans", 80)
    other = cluster.add_node(num_cpus=1)
    out = tmp_path / "out"
    job = ClusterJob(tmp_path, "abc", OutputFormat.JSONL, str(out), 10, load_stand_in)
    removed: list[int] = []

    def remove_one(done: int) -> None:
        if done >= 10 and not removed:
            removed.append(done)
            cluster.remove_node(other, allow_graceful=False)

    with connected(cluster.address):
        summary = read_on_cluster(images, job, remove_one)
        assert removed
        assert (summary.images, summary.failed, summary.left_out) == (80, 0, ())
        assert sorted(lines_in(out)) == images
        # The same command finds nothing left to do.
        assert read_on_cluster(images, job).images == 80


@dataclass(frozen=True)
class Store:
    """An object store, and the program that plays it.

    Attributes:
        package: what brings the program.
        program: takes these words; `{port}` is where it listens.
        settings: of whoever asks it, likewise.
        bucket: the address of an empty bucket, `scans`.
        creating: what its address has beside that while it is made.
    """

    package: str
    program: Sequence[str]
    settings: Mapping[str, str]
    bucket: str
    creating: str


S3 = Store(
    package="moto[s3,server]",
    program=("moto_server", "--port", "{port}"),
    settings={
        "AWS_ENDPOINT_URL": "http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
    },
    bucket="s3://scans",
    creating="?allow_bucket_creation=true",
)

GOOGLE = Store(
    package="gcp-storage-emulator",
    program=("gcp-storage-emulator", "start", "--in-memory", "--host=127.0.0.1", "--port={port}"),
    settings={"CLOUD_STORAGE_EMULATOR_ENDPOINT": "http://127.0.0.1:{port}"},
    bucket="gs://anonymous@scans",
    creating="?project_id=inkling",
)


@pytest.fixture(params=[S3, GOOGLE], ids=["s3", "gs"])
def object_store(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[fs.FileSystem, str]]:
    """A store on this machine, and the address of an empty bucket in it, `scans`."""
    store: Store = request.param
    program = shutil.which(store.program[0])
    if program is None:
        pytest.skip(f'no such store: `uv tool install "{store.package}"` brings one')
    port = free_port()
    # Before there is a cluster, whose processes need them too.
    for name, value in store.settings.items():
        monkeypatch.setenv(name, value.format(port=port))
    command = [program, *(word.format(port=port) for word in store.program[1:])]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            until = time.monotonic() + START_SECONDS
            while True:
                with suppress(OSError):
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                assert time.monotonic() < until
                time.sleep(0.1)
            system, _ = fs.FileSystem.from_uri(store.bucket + store.creating)
            system.create_dir("scans")
            yield system, store.bucket
        finally:
            server.terminate()


def test_images_in_an_object_store_are_read_into_it(
    object_store: tuple[fs.FileSystem, str], cluster: Any, tmp_path: Path
) -> None:
    system, bucket = object_store
    for number in range(12):
        with system.open_output_stream(f"scans/in/{number % 2}/scan {number:02}.png") as file:
            file.write(b"wait")
    images = find_images([f"{bucket}/in"])
    assert len(images) == 12 and images[0] == f"{bucket}/in/0/scan%2000.png"
    job = ClusterJob(tmp_path, "abc", OutputFormat.JSONL, f"{bucket}/out", 5, load_stand_in)
    with connected(cluster.address):
        assert read_on_cluster(images, job).images == 12
        found = system.get_file_info(fs.FileSelector("scans/out"))
        parts = [file.path for file in found if file.base_name.startswith("part-")]
        assert len(parts) == 3
        lines = []
        for part in parts:
            with system.open_input_stream(part) as file:
                lines += [json.loads(line)["path"] for line in file.read().splitlines()]
        assert sorted(lines) == images
        # The same command finds nothing left to do.
        assert read_on_cluster(images, job).images == 12
        assert len(system.get_file_info(fs.FileSelector("scans/out"))) == len(found)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(ClusterError, match="without a password") as refused:
        find_images(["s3://key:hush@scans/in"])
    assert "hush" not in str(refused.value)


def test_a_cluster_without_room_says_so_at_once(cluster: Any) -> None:
    ray.init(address=cluster.address, log_to_driver=False)

    @ray.remote(num_cpus=1)
    class Busy:
        def there(self) -> bool:
            return True

    busy: Any = Busy.remote()  # type: ignore[attr-defined]
    assert ray.get(busy.there.remote())
    with pytest.raises(ClusterError, match="Received 1 cores, all of them in use"):
        on_cluster._check_room()


def test_where_there_is_no_cluster_it_says_so() -> None:
    with (
        pytest.raises(ClusterError, match="Expected a Ray cluster at localhost:1"),
        connected("localhost:1"),
    ):
        pass
