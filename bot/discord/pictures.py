"""Which attachments are pictures, and how their bytes come here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

import discord

from bot.discord.retries import AWAY, with_retries
from bot.errors import FetchFailed
from model.errors import FileTooLarge
from model.recognition.decoding.accepted import MAX_PHOTO_BYTES, PHOTO_SUFFIXES


@dataclass(frozen=True, slots=True)
class SentPicture:
    """A picture that somebody attached.

    Attributes:
        attachment: says where it is. That address is signed, and expires.
        message: where its address can be asked for again; None if the bot may not see it.
    """

    attachment: discord.Attachment
    message: discord.Message | discord.PartialMessage | None

    async def fetch(self) -> bytes:
        """Download the picture.

        Raises:
            FileTooLarge: before the download.
            FetchFailed: it could not be had.
        """
        size = self.attachment.size
        if size > MAX_PHOTO_BYTES:
            raise FileTooLarge(
                f"Expected an image of at most {MAX_PHOTO_BYTES // 2**20} MB, received "
                f"{size / 2**20:.1f} MB."
            )
        try:
            try:
                return await with_retries(self.attachment.read)
            except (discord.NotFound, discord.Forbidden):
                return await with_retries((await self._renewed()).read)
        except (discord.HTTPException, *AWAY) as error:
            raise FetchFailed(f"the picture could not be fetched ({error})") from error

    async def _renewed(self) -> discord.Attachment:
        """Ask for the attachment's address of now.

        Raises:
            FetchFailed: the message is gone, or nobody knows it.
        """
        message = self.message
        if message is not None:
            found = await with_retries(lambda: message.channel.fetch_message(message.id))
            for attachment in found.attachments:
                if attachment.id == self.attachment.id:
                    return attachment
        raise FetchFailed("the picture is no longer there")


def pictures_in(message: discord.Message) -> list[SentPicture]:
    """Find the pictures in a message, in their order."""
    return [SentPicture(each, message) for each in message.attachments if may_be_picture(each)]


def pictures_of(attachments: Iterable[discord.Attachment]) -> list[SentPicture]:
    """Find the pictures among attachments whose message the bot may not see."""
    return [SentPicture(each, None) for each in attachments if may_be_picture(each)]


def may_be_picture(attachment: discord.Attachment) -> bool:
    """Judge by type or by name; a file of no particular type is looked into."""
    kind = (attachment.content_type or "application/octet-stream").lower()
    named = PurePath(attachment.filename).suffix.lower() in PHOTO_SUFFIXES
    return kind.startswith("image/") or named or kind == "application/octet-stream"
