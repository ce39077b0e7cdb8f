from __future__ import annotations

import pytest
from telegram import Message

from bot.telegram.downloads import photo_file_in
from tests.bot.fakes import ADA, PRIVATE, Json


@pytest.mark.parametrize(
    ("mime_type", "file_name", "taken"),
    [
        ("image/png", "x", True),
        ("image/heic", "IMG_1.HEIC", True),
        ("application/octet-stream", "IMG_1.HEIC", True),
        ("application/octet-stream", None, True),
        (None, None, True),
        ("text/plain", "photo.JPG", True),
        ("application/pdf", "letter.pdf", False),
        ("video/mp4", "seven.mp4", False),
    ],
)
def test_which_files_may_be_pictures(
    mime_type: str | None, file_name: str | None, taken: bool
) -> None:
    document: Json = {"file_id": "d", "file_unique_id": "d"}
    document |= {"mime_type": mime_type} if mime_type else {}
    document |= {"file_name": file_name} if file_name else {}
    message = Message.de_json(
        {"message_id": 3, "date": 0, "chat": PRIVATE, "from": ADA, "document": document}, None
    )
    assert (photo_file_in(message) is not None) == taken
