"""Texts that are long, that stand in a table, or that several parts of the bot say.

Those with markup are HTML with `<b>` and `<code>` alone. `bot.messages.language` translates them
when they are said: `html(texts.START)` in a message, `gettext(texts.UNKNOWN_BUTTON)` on a press.
"""

from __future__ import annotations

from markupsafe import Markup

from bot.errors import FetchFailed, ReadingTooCostly
from bot.messages.language import N_, decimal, gettext, nhtml
from model.errors import (
    BrokenImage,
    EmptyFile,
    FileTooLarge,
    NotAnImage,
    PhotoError,
    TooManyPages,
    TooManyPixels,
)
from model.types import NOT_A_DIGIT, Digit, Refusal

SHORT_DESCRIPTION = N_("Reads handwritten digits in photos, and shows what it saw.")

DESCRIPTION = N_(
    "Send me a photo of a handwritten digit, or of several. I answer with the number, how sure "
    "I am, and a picture of what I saw."
)

START = N_(
    "Hello! I read handwritten digits.\n\n"
    "Write a digit on paper, take a photo and send it here. You get the digit, how sure I am, "
    "and a picture of what I saw. Several digits in one photo are fine.\n\n"
    "/help says how to photograph it well."
)

HELP = N_(
    "<b>What to send</b>\n"
    "A photo, a drawing or an image file (JPEG, PNG, WebP, HEIC, BMP, TIFF or GIF, up to 20 MB) "
    "with handwritten digits in it. I read several as one number, left to right, line by line.\n\n"
    "<b>How to photograph it well</b>\n"
    "• Write large, with a dark pen on plain paper.\n"
    "• Let the digits fill about half of the picture.\n"
    "• Hold the phone straight above; mind your own shadow.\n"
    "• Leave a little room around each digit."
)

HELP_BY_REPLY = N_(
    "<b>When I am wrong</b>\n"
    "Press “✗ wrong” under my answer and say what it is. Reply to an answer with /why to see how I "
    "came to it.\n\n"
    "<b>In a group</b>\n"
    "Reply to a photo with /read, or mention me in its caption. I leave all else alone."
)
"""Where a command about a photo replies to it, as on Telegram."""

HELP_BY_MENU = N_(
    "<b>When I am wrong</b>\n"
    "Press “✗ wrong” under my answer and type what it says. “why?” shows how I came to it.\n\n"
    "<b>Among others</b>\n"
    "Mention me beside a picture, or open the menu of its message: Apps, then “Read digits”. I "
    "leave all else alone."
)
"""Where commands about a picture stand in the menu of its message, as on Discord."""

PRIVACY = N_(
    "<b>What I keep</b>\n"
    "I do not keep your photo. I get it from this app, read it, answer, and forget it. If my "
    "answer has to wait, I may keep your message, without the photo, until you have the answer.\n\n"
    "For a week I keep small pictures of the digits in it, and where I find none, of what looked "
    "most like one, so that you can tell me when I am wrong. If you do, I keep that small picture, "
    "what I read, what you said, and when. A person looks at it, and I may learn from it.\n\n"
    "I do not keep your name. I know what is yours by a code that is made from your account "
    "here and does not say who you are. If you choose a language, I keep that beside the code. "
    "I also count photos, how often I find no digit, and how long an answer takes, but not whose "
    "they were.\n\n"
    "/forget deletes everything that you gave me. Only the counts stay."
)

PRIVACY_OF_CHANNELS = N_(
    "For a month I also keep the numbers of the channels in which people wrote to me, but not who "
    "wrote: there I look for what came while I was away. /forget deletes that of our own chat."
)
"""Where a platform does not bring what came while the bot was away, as Discord."""

UNKNOWN_COMMAND = N_(
    "I do not know that command. Send me a photo of a handwritten digit, or see /help."
)

UNKNOWN_BUTTON = N_("I do not know that button. Send the photo again, and press the new ones.")
"""As all that a pressed button answers, plain words and at most 200 characters."""

NOT_YOUR_BUTTON = N_("This button is not for you.")

NOT_KEPT = N_("I could not keep that: my memory is away just now. Please press again in a minute.")

MEMORY_AWAY = N_("My memory is away just now. Please try again in a minute.")

FORGET_LATER = N_(
    "My memory is away just now, so nothing is deleted yet. Please send /forget again in a minute."
)

NOTHING_TO_FORGET = N_("There is nothing of yours here.")

UNFORESEEN = N_(
    "Something went wrong on my side, and it is noted. Please send the photo once more."
)

GIVEN_UP = N_(
    "I tried twice to answer this, and had to start again both times. I leave it out now; please "
    "send another photo."
)

FETCH_FAILED = N_("I could not fetch that photo. Please send it once more.")

NO_PICTURE = N_("I see no picture there. I read JPEG, PNG, WebP, HEIC, BMP, TIFF and GIF files.")

WHY_WHICH = N_(
    "I no longer know your last picture. Open the menu of a message with a picture: Apps, then "
    "“Why this reading?”."
)

PHOTO_GONE_BY_REPLY = N_(
    "I can no longer get that photo from here. Reply to the photo itself with /why, or send it "
    "again."
)

PHOTO_GONE_BY_MENU = N_(
    "I can no longer get that photo from here. Open the menu of its message: Apps, then “Why this "
    "reading?”. Or send it again."
)

STILL_READING = N_("I am still reading your photo…")

STILL_READING_ALBUM = N_("I am still reading your photos…")

STILL_EXPLAINING = N_("I am looking at the photo once more…")

STILL_MEASURING = N_("I am measuring the model on 10,000 test images…")

READ_WHAT = N_("Reply to a photo with /read, and I read the digits in it.")


READ_BY_MENU = N_(
    "I cannot see what you reply to. Open the menu of that message: Apps, then “Read digits”."
)

WHY_WHAT = N_("Reply to one of my answers with /why, and I show how I read that photo.")

WHY_GONE = N_(
    "I no longer know which photo that was about. Reply to the photo itself with /why, and I show "
    "how I read it."
)

NOT_FOR_ME = {
    "text": N_(
        "I read handwriting, not typing. Send me a photo of a handwritten digit, and I tell you "
        "which it is."
    ),
    "number": N_(
        "If my answer is wrong, reply to it with the right number, or press “✗ wrong” under it and "
        "then type the number."
    ),
    "voice": N_(
        "I cannot listen, only look. Send me a photo of a handwritten digit, and I tell you which "
        "it is."
    ),
    "video": N_(
        "I cannot watch videos. Send me a photo of a handwritten digit, and I tell you which it is."
    ),
    "animation": N_(
        "Telegram has turned that picture into a video, which I cannot watch. "
        "Send it as a still photo or a PNG file, and I tell you which digit it is."
    ),
    "sticker": N_(
        "A fine sticker, but I read handwriting. Send me a photo of a handwritten digit, and I "
        "tell you which it is."
    ),
    "file": N_(
        "I cannot open that kind of file. Send me a photo, or a JPEG, PNG, WebP, HEIC, BMP, TIFF "
        "or GIF file."
    ),
    "other": N_("Send me a photo of a handwritten digit, and I tell you which it is."),
}
"""By kind of message, when it holds no picture."""

PHOTO_PROBLEMS: dict[type[PhotoError], str] = {
    EmptyFile: N_("That file is empty. Please send it once more."),
    FileTooLarge: N_(
        "That file is too large for me: I can take up to 20 MB. Send it as a photo instead of a "
        "file, if your app can do that, or make it smaller."
    ),
    TooManyPixels: N_(
        "That picture has more pixels than I can take. Send it as a photo instead of a file, if "
        "your app can do that, or make it smaller."
    ),
    TooManyPages: N_(
        "That file has more pages than I can read. Please send the pages one by one, as photos."
    ),
    NotAnImage: N_(
        "That file is not a picture that I can open. Send me a photo, or a JPEG, PNG, WebP, HEIC, "
        "BMP, TIFF or GIF file."
    ),
    BrokenImage: N_("That picture is damaged. Please send it once more, or send another one."),
    ReadingTooCostly: N_(
        "That picture takes me far too long to read. Please take a new photo and send that."
    ),
}
"""By kind of error, when a picture cannot be read."""

REFUSALS = {
    Refusal.NO_INK: N_(
        "I see no ink in this photo. Write large, with a dark pen on plain paper, and let the "
        "digit fill about half of the picture."
    ),
    Refusal.TOO_DARK: N_(
        "This photo is too dark for me. Try again by a window or under a lamp, without your "
        "shadow on the paper."
    ),
    Refusal.TOO_BLURRED: N_(
        "This photo is too blurred for me. Hold the camera still, and tap on the digit so that "
        "it becomes sharp."
    ),
    Refusal.NOT_HANDWRITING: N_(
        "This looks like a picture of something rather than like handwriting. Send me a digit on "
        "plain paper, with nothing else around it."
    ),
    Refusal.UNSURE: N_(
        "I found no digit that I am sure of. If there is one, write it large and dark on a plain "
        "background, with nothing else around it."
    ),
    Refusal.TOO_BUSY: N_(
        "There is too much in this picture for me to find the digits. Send one with nothing but "
        "digits on a plain background, taken from closer for example."
    ),
}

REFUSALS_IN_SHORT = {
    Refusal.NO_INK.value: N_("no ink"),
    Refusal.TOO_DARK.value: N_("too dark"),
    Refusal.TOO_BLURRED.value: N_("too blurred"),
    Refusal.TOO_BUSY.value: N_("too much in it"),
    Refusal.NOT_HANDWRITING.value: N_("no handwriting"),
    Refusal.UNSURE.value: N_("no digit that was sure"),
    EmptyFile.__name__: N_("an empty file"),
    FileTooLarge.__name__: N_("too large a file"),
    TooManyPixels.__name__: N_("too many pixels"),
    TooManyPages.__name__: N_("too many pages"),
    NotAnImage.__name__: N_("no picture"),
    BrokenImage.__name__: N_("a damaged picture"),
    ReadingTooCostly.__name__: N_("too long to read"),
    FetchFailed.__name__: N_("could not be fetched"),
}
"""Why photos were refused, in a word or two, by what the database calls it."""

OTHER_REFUSALS = N_("other reasons")
"""What is said of a reason that only an older program knew."""

SURE_CONFIDENCE = 0.9
"""From this confidence on, an answer names no second choice."""


def too_many_photos(limit: int) -> Markup:
    """Say that a person sent more photos than may wait."""
    return nhtml(
        "That is a lot at once! I am reading {count} of your photos and leave out what came after "
        "it. Please send the rest when I have caught up.",
        "That is a lot at once! I am reading {count} of your photos and leave out what came after "
        "them. Please send the rest when I have caught up.",
        limit,
    )


def percent(probability: float) -> str:
    """Say a probability in whole percent; never "100%", for no reading is certain.

    >>> percent(0.98), percent(0.9996), percent(0.0004)
    ('98%', '99.9%', 'under 1%')
    """
    if probability < 0.01:
        return gettext("under 1%")
    if probability >= 0.995:
        return gettext("{number}%", number=decimal(min(probability, 0.9994) * 100, 1))
    return gettext("{number}%", number=decimal(probability * 100, 0))


def exact_percent(fraction: float) -> str:
    """Say a measured fraction in percent with two decimal places.

    >>> exact_percent(0.99583)
    '99.58%'
    """
    return gettext("{number}%", number=decimal(fraction * 100, 2))


def shortened(number: str, length: int) -> str:
    """Return a number, or its beginning where it is longer than that.

    >>> shortened("31415", 3)
    '314…'
    """
    return number if len(number) <= length else number[:length] + "…"


def digit_text(label: int) -> str:
    """Return a digit as text, or what is said of a glyph that is no digit."""
    return gettext("none") if label == NOT_A_DIGIT else str(label)


def second_choice(digit: Digit) -> int:
    """Return the label that the model thinks second most probable."""
    return int(digit.probabilities.argsort()[-2])
