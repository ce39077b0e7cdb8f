"""Files that people and the bot sent, kept in memory, and photos in Telegram's several sizes."""

from __future__ import annotations

import io
import mimetypes
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError
from telegram import Document, File, PhotoSize

from bot.local.api.errors import ApiError, bad_request

MAX_KEPT_BYTES = 32 * 1024 * 1024
"""Memory for files. When they are more, the oldest go; a photo takes about 0.4 MB in its sizes."""

MAX_PHOTO_UPLOAD_BYTES = 10 * 1024 * 1024
"""What Telegram takes from a bot as a photo; more can only go as a file."""

MAX_PHOTO_EDGE_SUM = 10_000
"""Pixels, width and height together, that Telegram takes from a bot as a photo."""

MAX_PHOTO_RATIO = 20
"""The longer edge over the shorter, above which Telegram takes no photo."""

PHOTO_EDGES = (90, 320, 800, 1280)
"""Longest edge in pixels of each size of a photo that Telegram keeps."""

JPEG_QUALITY = 87
"""About what Telegram's apps use: visible blocks are rare, files are small."""

DECODING_ERRORS = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,  # an error where the caller made it one
    OSError,
    ValueError,
    SyntaxError,  # how Pillow reports a broken PNG
)
"""What Pillow raises for a file that it cannot read."""

TOO_LARGE = ApiError(413, "Request Entity Too Large")


@dataclass(frozen=True)
class StoredFile:
    """One file as the Bot API knows it."""

    file_id: str
    file_unique_id: str
    path: str
    data: bytes
    mime_type: str

    def described(self) -> File:
        """Return what the Bot API says of this file."""
        return File(
            file_id=self.file_id,
            file_unique_id=self.file_unique_id,
            file_size=len(self.data),
            file_path=self.path,
        )


@dataclass(frozen=True)
class Picture:
    """One size of a photo."""

    data: bytes
    width: int
    height: int
    mime_type: str = "image/jpeg"


class FileStore:
    """What was sent lately, by file_id and by path; gone when the server stops.

    Args:
        max_bytes: above it `drop_oldest` drops files.
    """

    def __init__(self, max_bytes: int = MAX_KEPT_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._count = 0
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._photos: dict[str, list[PhotoSize]] = {}

    def keep(self, data: bytes, folder: str, mime_type: str, suffix: str) -> StoredFile:
        """Keep a file, under a name of its own in that folder."""
        file_id = f"AgAC{secrets.token_urlsafe(42)}"
        path = f"{folder}/file_{self._count}{suffix}"
        stored = StoredFile(file_id, secrets.token_urlsafe(11), path, data, mime_type)
        self._by_id[file_id] = self._by_path[path] = stored
        self._bytes += len(data)
        self._count += 1
        return stored

    @property
    def is_full(self) -> bool:
        """Whether the files take more memory than is allowed."""
        return self._bytes > self._max_bytes

    def drop_oldest(self, spared: Collection[str]) -> None:
        """Drop the oldest files until the rest takes no more memory than is allowed.

        Args:
            spared: file_ids that stay, as the bot has not fetched them yet.
        """
        for file_id in [i for i in self._by_id if i not in spared]:
            if not self.is_full:
                return
            dropped = self._by_id.pop(file_id)
            del self._by_path[dropped.path]
            self._photos.pop(file_id, None)
            self._bytes -= len(dropped.data)

    def keep_photo(self, pictures: list[Picture]) -> list[PhotoSize]:
        """Keep all sizes of one photo, the smallest first."""
        sizes = []
        for picture in pictures:
            suffix = mimetypes.guess_extension(picture.mime_type) or ""
            stored = self.keep(picture.data, "photos", picture.mime_type, suffix)
            sizes.append(
                PhotoSize(
                    file_id=stored.file_id,
                    file_unique_id=stored.file_unique_id,
                    width=picture.width,
                    height=picture.height,
                    file_size=len(picture.data),
                )
            )
        for size in sizes:
            self._photos[size.file_id] = sizes
        return sizes

    def keep_document(self, name: str, data: bytes) -> Document:
        """Keep a file under the name that it has with its sender."""
        name = PurePosixPath(name.replace("\\", "/")).name or "file"
        mime_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        stored = self.keep(data, "documents", mime_type, PurePosixPath(name).suffix)
        return Document(
            file_id=stored.file_id,
            file_unique_id=stored.file_unique_id,
            file_name=name,
            mime_type=mime_type,
            file_size=len(data),
        )

    def by_id(self, file_id: str) -> StoredFile | None:
        """Find a file by its file_id; None if it is unknown or was dropped."""
        return self._by_id.get(file_id)

    def by_path(self, path: str) -> StoredFile | None:
        """Find a file by its path; None if it is unknown or was dropped."""
        return self._by_path.get(path)

    def photo(self, file_id: str) -> list[PhotoSize]:
        """Return all sizes of a photo that is sent again by the file_id of one of them.

        Raises:
            ApiError: if there is no such photo.
        """
        if file_id in self._photos:
            return self._photos[file_id]
        if file_id in self._by_id:
            kind = self._by_id[file_id].path.split("/", maxsplit=1)[0].removesuffix("s")
            raise bad_request(f"can't use file of type {kind.capitalize()} as Photo")
        if "://" in file_id:
            raise bad_request("failed to get HTTP URL content")
        raise bad_request(
            "wrong remote file identifier specified: can't unserialize it. Wrong last symbol"
        )


def photo_sizes(data: bytes, *, by_bot: bool = False) -> list[Picture]:
    """Make of a picture what Telegram passes on: upright JPEGs of at most 1280 px.

    Unlike Telegram's, the largest size of a bot's PNG stays as it was sent, so that the page shows
    just what the bot drew.

    Args:
        data: any image file.
        by_bot: whether a bot sends it, for whom Telegram has limits; a person's app makes the
            picture small before it sends it.

    Returns:
        Each size once, the smallest first.

    Raises:
        ApiError: where Telegram would not take it as a photo.
    """
    if not data:
        raise bad_request("file must be non-empty")
    if by_bot and len(data) > MAX_PHOTO_UPLOAD_BYTES:
        raise TOO_LARGE
    try:
        image = _opened(data)
        kind = image.format
        width, height = image.size
        ratio = max(width / height, height / width)
        if ratio > MAX_PHOTO_RATIO or (by_bot and width + height > MAX_PHOTO_EDGE_SUM):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        image = _flat(ImageOps.exif_transpose(image))
    except DECODING_ERRORS as error:
        raise bad_request("IMAGE_PROCESS_FAILED") from error
    longest = min(max(image.size), PHOTO_EDGES[-1])
    sizes = [_resized(image, edge) for edge in PHOTO_EDGES if edge < longest]
    if by_bot and kind == "PNG" and longest == max(image.size):
        return [*sizes, Picture(data, *image.size, "image/png")]
    return [*sizes, _resized(image, longest)]


def _opened(data: bytes) -> Image.Image:
    if pillow_heif.is_supported(data[:32]):
        return pillow_heif.open_heif(data).to_pillow()  # type: ignore[no-any-return]
    return Image.open(io.BytesIO(data))


def _flat(image: Image.Image) -> Image.Image:
    """Make it 8-bit RGB, what was transparent on white."""
    if image.mode.startswith("I"):  # 16 bit: Pillow would clip, not scale
        image = Image.fromarray((np.asarray(image) // 256).clip(0, 255).astype(np.uint8))
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    return image.convert("RGB")


def _resized(image: Image.Image, edge: int) -> Picture:
    scale = edge / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = image.resize(size, Image.Resampling.LANCZOS) if size != image.size else image
    out = io.BytesIO()
    small.save(out, "JPEG", quality=JPEG_QUALITY)
    return Picture(out.getvalue(), *size)
