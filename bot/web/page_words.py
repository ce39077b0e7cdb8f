"""The words of the draw page, each under the key by which the page asks for it.

Names in braces are filled in by the page's own scripts.
"""

from __future__ import annotations

from bot.messages.language import gettext, pgettext


def page_words() -> dict[str, str]:
    """Return all words of the page in the language that is spoken now."""
    return {**_about_the_page(), **_about_the_reading(), **_about_the_network()}


def _about_the_page() -> dict[str, str]:
    return {
        "title": gettext("Draw a number"),
        "lead": gettext("Write one digit or a whole number. The network reads it while you write."),
        "chat": gettext("Open the chat"),
        "paper": gettext(
            "Paper to draw on. Arrow keys move the pen, Space puts it down and lifts it."
        ),
        "hint": pgettext("on an empty sheet of paper", "Write here"),
        "undo": pgettext("on a button", "Undo"),
        "clear": pgettext("on a button: clear the sheet of paper", "Clear"),
        "photo": pgettext("on a button: choose or take a photo", "Photo"),
        "photo_label": gettext("Choose or take a photo"),
        "drop": gettext("Drop a picture here to read it"),
        "away": gettext("The program cannot be reached. Trying again …"),
        "privacy": gettext(
            "What you draw is read and forgotten. Only if you press Right or Wrong, the small "
            "pictures of the digits and what you say of them are kept, so that the model can learn."
        ),
        "forget": gettext("Delete what I gave"),
    }


def _about_the_reading() -> dict[str, str]:
    return {
        "reading_heading": pgettext("heading above the number that the network reads", "It reads"),
        "waiting": gettext("Nothing yet"),
        "waiting_detail": gettext("Draw on the paper, or drop, paste or take a photo."),
        "sure": gettext("{percent} sure"),
        "or": gettext("{percent} sure, otherwise {digit}"),
        "several": gettext("least sure of the {digit}: {percent}"),
        "no_digit": gettext("No digit"),
        "nothing_drawn": gettext(
            "Nothing there looks enough like a digit. Write large, and leave a little room around "
            "each digit."
        ),
        "right": pgettext("on a button under an answer", "Right"),
        "wrong": pgettext("on a button under an answer", "Wrong"),
        "what_is_it": gettext("What is it?"),
        "what_is_digit": gettext("What is digit {position}, which it reads as {digit}?"),
        "none": gettext("not a digit"),
        "back": pgettext("on a button", "Back"),
        "digit_choice": gettext("Digit {position}: {digit}"),
        "bars_heading": gettext("How sure it is"),
        "seen_heading": gettext("What the model saw"),
        "seen_detail": gettext("28 × 28 points"),
        "version": gettext("Model {version}, read in {milliseconds} ms"),
    }


def _about_the_network() -> dict[str, str]:
    return {
        "network_heading": gettext("The network at work"),
        "network_detail": gettext(
            "Each small square is one neuron: the stronger its colour, the more active. The lines "
            "are the strongest connections that lead to the digit."
        ),
        "network_waiting": gettext("The network waits for a digit."),
        "network_label": gettext(
            "The layers of the network from left to right. {active} The strongest connections "
            "lead to {digit}."
        ),
        "network_layer": gettext("In hidden layer {layer}, {active} of {all} neurons are active."),
        "layer_input": pgettext("below the picture that enters the network", "straightened"),
        "layer_hidden": gettext("{all} neurons"),
        "layer_output": pgettext("below the ten outputs of the network", "digit"),
    }
