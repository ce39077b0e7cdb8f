"""Everything that the bot says to people, as `Markup`: HTML with `<b>` and `<code>` alone."""

from __future__ import annotations

from markupsafe import Markup

from model.types import Digit, Reading, Refusal

SHORT_DESCRIPTION = "Reads handwritten digits in photos, and shows what it saw."

DESCRIPTION = (
    "Send me a photo of a handwritten digit, or of several. I answer with the number, how sure "
    "I am, and a picture of what I saw."
)

START = Markup(
    "Hello! I read handwritten digits.\n\n"
    "Write a digit on paper, take a photo and send it here. You get the digit, how sure I am, "
    "and a picture of what I saw. Several digits in one photo are fine.\n\n"
    "/help says how to photograph it well."
)

HELP = Markup(
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

PRIVACY = Markup(
    "<b>What is kept</b>\n"
    "Your photo is not. I fetch it from Telegram, read it in memory, answer, and forget it. "
    "If my answer has to wait, I may keep the message, without the photo, until you have it.\n\n"
    "For a week I keep the digits that I cut out of it, each 28×28 grey points, so that you can "
    "tell me when one is wrong. If you do, I keep that digit, what I read, which model read it, "
    "what you said, and when. An admin looks at it, and future models may learn from it.\n\n"
    "I know you by a keyed hash of your user id: enough to find what is yours, and no name. "
    "I count photos, refusals and how long answers took. The log says that an update was answered, "
    "not what was in it or whose it was.\n\n"
    "/forget deletes all that you gave; only the counts stay, with nobody's name on them."
)

UNKNOWN_COMMAND = Markup(
    "I do not know that command. Send me a photo of a handwritten digit, or see /help."
)

UNKNOWN_BUTTON = "I do not know that button. Send the photo again, and press the new ones."
"""As all that a pressed button answers, plain words and at most 200 characters."""

NOT_YOUR_BUTTON = "This button is not for you."

NOT_KEPT = "I could not keep that: my memory is away just now. Please press again in a minute."

MEMORY_AWAY = Markup("My memory is away just now. Please try again in a minute.")

FORGET_LATER = Markup(
    "My memory is away just now, so nothing is deleted yet. Please send /forget again in a minute."
)

NOTHING_TO_FORGET = Markup("There is nothing of yours here.")

UNFORESEEN = Markup(
    "Something went wrong on my side, and it is noted. Please send the photo once more."
)

GIVEN_UP = Markup(
    "I tried twice to answer this, and had to start again both times. I leave it out now; please "
    "send another photo."
)

FETCH_FAILED = Markup("I could not fetch that photo from Telegram. Please send it once more.")

TOO_MANY = Markup(
    "That is a lot at once! I am reading {count} of your photos and leave out what came after "
    "them. Please send the rest when I have caught up."
)

READ_WHAT = Markup("Reply to a photo with /read, and I read the digits in it.")

WHY = Markup("From the photo to the digits, step by step.")

NO_PICTURES_HERE = Markup(
    "I may not send pictures in this chat. Send me the photo in a chat of our own, and I show it."
)

WHY_WHAT = Markup("Reply to one of my answers with /why, and I show how I read that photo.")

WHY_GONE = Markup(
    "I no longer know which photo that was about. Reply to the photo itself with /why, and I show "
    "how I read it."
)

_SEND_A_PHOTO = Markup("Send me a photo of a handwritten digit, and I tell you which it is.")

NOT_FOR_ME = {
    "text": Markup("I read handwriting, not typing. ") + _SEND_A_PHOTO,
    "voice": Markup("I cannot listen, only look. ") + _SEND_A_PHOTO,
    "video": Markup("I cannot watch videos. ") + _SEND_A_PHOTO,
    "animation": Markup(
        "Telegram has turned that picture into a video, which I cannot watch. "
        "Send it as a still photo or a PNG file, and I tell you which digit it is."
    ),
    "sticker": Markup("A fine sticker, but I read handwriting. ") + _SEND_A_PHOTO,
    "file": Markup("I cannot open that kind of file. ") + _SEND_A_PHOTO,
    "other": _SEND_A_PHOTO,
}
"""By kind of message, when it holds no picture."""

REFUSALS = {
    Refusal.NO_INK: Markup(
        "I see no ink in this photo. Write large, with a dark pen on plain paper, and let the "
        "digit fill about half of the picture."
    ),
    Refusal.TOO_DARK: Markup(
        "This photo is too dark for me. Try again by a window or under a lamp, without your "
        "shadow on the paper."
    ),
    Refusal.LETTERS: Markup(
        "This looks like letters to me, and I only know the digits 0 to 9. If it is a digit, "
        "photograph it alone, upright and from straight above."
    ),
    Refusal.NOT_A_DIGIT: Markup(
        "I see something, but no digit that I would bet on. Write it large, with a dark pen, "
        "and photograph it upright and from straight above."
    ),
    Refusal.TOO_BUSY: Markup(
        "There is too much in this photo for me to find the digits. Go closer, so that only "
        "paper and digits are in it."
    ),
}

SURE_CONFIDENCE = 0.9
"""From this confidence on, an answer names no second choice."""

MAX_NUMBER_LENGTH = 200
"""Digits that a caption shows; Telegram allows 1024 characters in all."""


def caption(reading: Reading) -> Markup:
    """Say in words all that the answer card shows, for people who do not see it."""
    if not reading.digits:
        return REFUSALS[reading.refusal or Refusal.NOT_A_DIGIT]
    if len(reading.digits) == 1:
        return _caption_of_one(reading.digits[0])
    return _caption_of_several(reading)


def percent(probability: float) -> str:
    """Say a probability in whole percent; never "100%", for no reading is certain.

    >>> percent(0.98), percent(0.9996), percent(0.0004)
    ('98%', '99.9%', 'under 1%')
    """
    if probability >= 0.995:
        return f"{min(probability, 0.9994) * 100:.1f}%"
    if probability < 0.01:
        return "under 1%"
    return f"{probability * 100:.0f}%"


def count_in_words(number: int, one: str, several: str | None = None) -> str:
    """Say how many there are of something.

    >>> count_in_words(1, "photo"), count_in_words(1200, "photo"), count_in_words(2, "foot", "feet")
    ('1 photo', '1,200 photos', '2 feet')
    """
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def second_choice(digit: Digit) -> int:
    """Return the label that the model thinks second most probable."""
    return int(digit.probabilities.argsort()[-2])


def _caption_of_one(digit: Digit) -> Markup:
    text = Markup("<b>{}</b>\nI am {} sure.").format(digit.label, percent(digit.confidence))
    if digit.confidence >= SURE_CONFIDENCE:
        return text
    return text + Markup(" It might be {}.").format(_second_choice_in_words(digit))


def _caption_of_several(reading: Reading) -> Markup:
    digits = reading.digits
    number = reading.text
    if len(number) > MAX_NUMBER_LENGTH:
        number = number[:MAX_NUMBER_LENGTH] + "…"
    text = Markup("<b>{}</b>\n{} digits. ").format(number, len(digits))
    position, doubtful = min(enumerate(digits, start=1), key=lambda item: item[1].confidence)
    sure = percent(doubtful.confidence)
    if doubtful.confidence >= SURE_CONFIDENCE:
        return text + Markup("I am at least {} sure of each.").format(sure)
    return text + Markup("I am least sure of digit {}: {} at {}; it might be {}.").format(
        position, doubtful.label, sure, _second_choice_in_words(doubtful)
    )


def _second_choice_in_words(digit: Digit) -> str:
    second = second_choice(digit)
    article = "an" if second == 8 else "a"
    return f"{article} {second} ({percent(float(digit.probabilities[second]))})"
