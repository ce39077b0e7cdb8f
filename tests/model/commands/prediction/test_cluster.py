"""Many images read on a Ray cluster of two nodes on this machine, one of which goes away."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
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


@pytest.fixture
def object_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[fs.FileSystem]:
    """A server on this machine that speaks S3, with an empty bucket `scans`."""
    program = shutil.which("moto_server")
    if program is None:
        pytest.skip('no S3 server: `uv tool install "moto[s3,server]"` brings one')
    port = free_port()
    settings = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    # Before there is a cluster, whose processes need them too.
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with subprocess.Popen(
        [program, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            until = time.monotonic() + START_SECONDS
            while True:
                with suppress(OSError):
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                assert time.monotonic() < until
                time.sleep(0.1)
            system, _ = fs.FileSystem.from_uri("s3://scans?allow_bucket_creation=true")
            system.create_dir("scans")
            yield system
        finally:
            server.terminate()


def test_images_in_an_object_store_are_read_into_it(
    object_store: fs.FileSystem, cluster: Any, tmp_path: Path
) -> None:
    for number in range(12):
        with object_store.open_output_stream(f"scans/in/{number % 2}/{number:02}.png") as file:
            file.write(b"wait")
    images = find_images(["s3://scans/in"])
    assert len(images) == 12 and images[0] == "s3://scans/in/0/00.png"
    job = ClusterJob(tmp_path, "abc", OutputFormat.JSONL, "s3://scans/out", 5, load_stand_in)
    with connected(cluster.address):
        assert read_on_cluster(images, job).images == 12
        found = object_store.get_file_info(fs.FileSelector("scans/out"))
        parts = [file.path for file in found if file.base_name.startswith("part-")]
        assert len(parts) == 3
        lines = []
        for part in parts:
            with object_store.open_input_stream(part) as file:
                lines += [json.loads(line)["path"] for line in file.read().splitlines()]
        assert sorted(lines) == images
        # The same command finds nothing left to do.
        assert read_on_cluster(images, job).images == 12
        assert len(object_store.get_file_info(fs.FileSelector("scans/out"))) == len(found)


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
