"""What Telegram means by a refused request. It says so only in words, which are matched here."""

from __future__ import annotations

from telegram.error import BadRequest


def is_file_too_big(error: BadRequest) -> bool:
    """Tell whether a file is larger than a bot may download."""
    return "too big" in error.message.lower()


def is_not_modified(error: BadRequest) -> bool:
    """Tell whether an edit would have changed nothing."""
    return "not modified" in error.message.lower()


def is_message_gone(error: BadRequest) -> bool:
    """Tell whether a message was deleted, or can no longer be edited."""
    words = error.message.lower()
    return "message to edit not found" in words or "message can't be edited" in words


def is_without_caption(error: BadRequest) -> bool:
    """Tell whether a message is a text, and so has no caption that could be edited."""
    return "no caption in the message to edit" in error.message.lower()


def is_press_too_old(error: BadRequest) -> bool:
    """Tell whether a press can no longer be answered: the person no longer waits."""
    return "query is too old" in error.message.lower()


def is_without_right_to_send_photos(error: BadRequest) -> bool:
    """Tell whether the chat does not let the bot send photos."""
    words = error.message.lower()
    return (
        "not enough rights to send photos" in words
        or "chat_send_photos_forbidden" in words
        or "chat_send_media_forbidden" in words
    )


def is_without_right_to_write(error: BadRequest) -> bool:
    """Tell whether the chat does not let the bot write at all, or no longer."""
    words = error.message.lower()
    return (
        "not enough rights to send" in words
        or "no rights to send a message" in words
        or "chat_write_forbidden" in words
        or "chat_restricted" in words
        or "topic_closed" in words
    )


def is_replied_message_gone(error: BadRequest) -> bool:
    """Tell whether the message that is replied to was deleted."""
    words = error.message.lower()
    return "message to be replied not found" in words or "replied message not found" in words
