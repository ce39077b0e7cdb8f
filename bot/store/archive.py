"""A model folder as bytes: the same bytes each time, so that one hash stands for all of it."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

from model.errors import ModelError
from model.files import atomic_directory


def pack(folder: Path) -> bytes:
    """Pack a model folder into an uncompressed tar that is the same on every machine at any time.

    Weights are noise to a compressor (7 % smaller for the shipped model), so there is none.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(folder.iterdir()):
            entry = tarfile.TarInfo(path.name)
            entry.size = path.stat().st_size
            entry.mode = 0o644
            with path.open("rb") as content:
                archive.addfile(entry, content)
    return packed.getvalue()


def sha256(archive: bytes) -> str:
    """Return the hash that is kept beside an archive in the database."""
    return hashlib.sha256(archive).hexdigest()


def unpack(archive: bytes, folder: Path) -> Path:
    """Write an archive out as a model folder; whole, or not at all.

    A folder that is already there is from an earlier unpacking of the same archive: it is
    replaced, since somebody may have touched it.
    """
    with atomic_directory(folder, replace=True) as partial:
        try:
            # "r:", since `pack` does not compress: nothing of what a decompressor may raise.
            with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as packed:
                # `data` refuses absolute names, names that climb out, links and devices.
                packed.extractall(partial, filter="data")
        except tarfile.TarError as error:
            raise ModelError(f"Expected an archive of a model folder: {error}") from error
    return folder
