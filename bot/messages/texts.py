"""Everything that the bot says, as HTML for Telegram. What comes from outside is escaped here."""

from __future__ import annotations

from html import escape

from model.errors import PhotoError
from model.types import Digit, Reading, Refusal

SHORT_DESCRIPTION = "Reads handwritten digits in photos, and shows what it saw."

DESCRIPTION = (
    "Send me a photo of a handwritten digit, or of several. I answer with the number, how sure "
    "I am, and a picture of what I saw."
)

START = (
    "Hello! I read handwritten digits.\n\n"
    "Write a digit on paper, take a photo and send it here. You get the digit, how sure I am, "
    "and a picture of what I saw. Several digits in one photo are fine.\n\n"
    "/help says how to photograph it well."
)

HELP = (
    "<b>What to send</b>\n"
    "A photo, a drawing or an image file (JPEG, PNG, WebP, HEIC, BMP, TIFF or GIF, up to 20 MB) "
    "with handwritten digits in it. I read several as one number, left to right, line by line.\n\n"
    "<b>How to photograph it well</b>\n"
    "• Write large, with a dark pen on plain paper.\n"
    "• Let the digits fill about half of the picture.\n"
    "• Hold the phone straight above; mind your own shadow.\n"
    "• Leave a little room around each digit.\n\n"
    "<b>When I am wrong</b>\n"
    "Press “✗ wrong” under my answer and say what it is. Reply to an answer with /why to see how I "
    "came to it.\n\n"
    "<b>In a group</b>\n"
    "Reply to a photo with /read, or mention me in its caption. I leave all else alone."
)

PRIVACY = (
    "<b>What is kept</b>\n"
    "Your photo is not. I fetch it from Telegram, read it in memory, answer, and forget it.\n\n"
    "For a week I keep the digits that I cut out of it, each 28×28 grey points, so that you can "
    "tell me when one is wrong. If you do, I keep that digit, what I read, which model read it, "
    "what you said, and when. An admin looks at it, and future models may learn from it.\n\n"
    "I know you by a keyed hash of your user id: enough to find what is yours, and no name. "
    "I count photos, refusals and how long answers took. The log says that an update was answered, "
    "not what was in it or whose it was.\n\n"
    "/forget deletes all that you gave; only the counts stay, with nobody's name on them."
)

UNKNOWN_COMMAND = (
    "I do not know that command. Send me a photo of a handwritten digit, or see /help."
)

UNFORESEEN = "Something went wrong on my side, and it is noted. Please send the photo once more."

FETCH_FAILED = "I could not fetch that photo from Telegram. Please send it once more."

TOO_MANY = (
    "That is a lot at once! I am reading {count} of your photos and leave out what came after "
    "them. Please send the rest when I have caught up."
)

READ_WHAT = "Reply to a photo with /read, and I read the digits in it."

WHY = "From the photo to the digits, step by step."

WHY_WHAT = "Reply to one of my answers with /why, and I show how I read that photo."

WHY_GONE = (
    "I no longer know which photo that was about. Reply to the photo itself with /why, and I show "
    "how I read it."
)

_SEND_A_PHOTO = "Send me a photo of a handwritten digit, and I tell you which it is."

NOT_FOR_ME = {
    "text": f"I read handwriting, not typing. {_SEND_A_PHOTO}",
    "voice": f"I cannot listen, only look. {_SEND_A_PHOTO}",
    "video": f"I cannot watch videos. {_SEND_A_PHOTO}",
    "animation": (
        "Telegram has turned that picture into a video, which I cannot watch. "
        "Send it as a still photo or a PNG file, and I tell you which digit it is."
    ),
    "sticker": f"A fine sticker, but I read handwriting. {_SEND_A_PHOTO}",
    "file": f"I cannot open that kind of file. {_SEND_A_PHOTO}",
    "other": _SEND_A_PHOTO,
}
"""By kind of message, when it holds no picture."""

REFUSALS = {
    Refusal.NO_INK: (
        "I see no ink in this photo. Write large, with a dark pen on plain paper, and let the "
        "digit fill about half of the picture."
    ),
    Refusal.TOO_DARK: (
        "This photo is too dark for me. Try again by a window or under a lamp, without your "
        "shadow on the paper."
    ),
    Refusal.LETTERS: (
        "This looks like letters to me, and I only know the digits 0 to 9. If it is a digit, "
        "photograph it alone, upright and from straight above."
    ),
    Refusal.NOT_A_DIGIT: (
        "I see something, but no digit that I would bet on. Write it large, with a dark pen, "
        "and photograph it upright and from straight above."
    ),
    Refusal.TOO_BUSY: (
        "There is too much in this photo for me to find the digits. Go closer, so that only "
        "paper and digits are in it."
    ),
}

SURE = 0.9
"""From this confidence on, the caption names no second choice."""

LONGEST_NUMBER = 200
"""Digits that a caption shows; Telegram allows 1024 characters in all."""


def caption(reading: Reading) -> str:
    """A reading in words: all that the answer card shows, for whoever does not see it."""
    if not reading.digits:
        return REFUSALS[reading.refusal or Refusal.NOT_A_DIGIT]
    if len(reading.digits) == 1:
        return _one(reading.digits[0])
    return _several(reading)


def photo_error(error: PhotoError) -> str:
    """What is wrong with the bytes that came."""
    return escape(str(error), quote=False)


def percent(probability: float) -> str:
    """A probability in whole percent; never "100%", for no reading is certain.

    >>> percent(0.98), percent(0.9996), percent(0.0004)
    ('98%', '99.9%', 'under 1%')
    """
    if probability >= 0.995:
        return f"{min(probability, 0.9994) * 100:.1f}%"
    if probability < 0.01:
        return "under 1%"
    return f"{probability * 100:.0f}%"


def second_choice(digit: Digit) -> int:
    """The label that the model thinks second most probable."""
    return int(digit.probabilities.argsort()[-2])


def _one(digit: Digit) -> str:
    sure = percent(digit.confidence)
    if digit.confidence >= SURE:
        return f"<b>{digit.label}</b>\nI am {sure} sure."
    second = second_choice(digit)
    chance = percent(float(digit.probabilities[second]))
    return f"<b>{digit.label}</b>\nI am {sure} sure. It might be a {second} ({chance})."


def _several(reading: Reading) -> str:
    digits = reading.digits
    text = reading.text
    if len(text) > LONGEST_NUMBER:
        text = text[:LONGEST_NUMBER] + "…"
    place, least = min(enumerate(digits, start=1), key=lambda item: item[1].confidence)
    sure = percent(least.confidence)
    if least.confidence >= SURE:
        doubt = f"I am at least {sure} sure of each."
    else:
        second = second_choice(least)
        chance = percent(float(least.probabilities[second]))
        doubt = (
            f"I am least sure of digit {place}: {least.label} at {sure}; "
            f"it might be a {second} ({chance})."
        )
    return f"<b>{text}</b>\n{len(digits)} digits. {doubt}"
