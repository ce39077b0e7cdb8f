"""Which files are taken for photos. A process can ask this without loading a decoder."""

from __future__ import annotations

MAX_PHOTO_BYTES = 20 * 1024 * 1024
"""Telegram lets a bot download at most 20 MB."""

PHOTO_SUFFIXES = frozenset(
    {
        *(".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"),
        *(".heic", ".heif", ".avif"),
    }
)
"""The endings of file names, in small letters, by which a file counts as a photo."""
