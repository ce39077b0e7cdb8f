"""The words of the draw page, each under the key by which the page asks for it.

Names in braces are filled in by the page's own scripts.
"""

from __future__ import annotations


def page_words() -> dict[str, str]:
    """Return all words of the page."""
    return {**_about_the_page(), **_about_the_reading(), **_about_the_network()}


def _about_the_page() -> dict[str, str]:
    return {
        "title": "Draw a number",
        "lead": "Write one digit or a whole number. The network reads it while you write.",
        "chat": "Open the chat",
        "paper": ("Paper to draw on. Arrow keys move the pen, Space puts it down and lifts it."),
        "hint": "Write here",
        "undo": "Undo",
        "clear": "Clear",
        "photo": "Photo",
        "photo_label": "Choose or take a photo",
        "drop": "Drop a picture here to read it",
        "away": "The program cannot be reached. Trying again …",
        "privacy": (
            "What you draw is read and forgotten. Only if you press Right or Wrong, the small "
            "pictures of the digits and what you say of them are kept, so that the model can learn."
        ),
        "forget": "Delete what I gave",
    }


def _about_the_reading() -> dict[str, str]:
    return {
        "reading_heading": "It reads",
        "waiting": "Nothing yet",
        "waiting_detail": "Draw on the paper, or drop, paste or take a photo.",
        "sure": "{percent} sure",
        "or": "{percent} sure, otherwise {digit}",
        "several": "least sure of the {digit}: {percent}",
        "no_digit": "No digit",
        "no_ink": "There is nothing written here.",
        "too_dark": "The picture is too dark to be read.",
        "letters": "These look like letters.",
        "not_a_digit": "This does not look like a digit.",
        "too_busy": "There is too much in this picture.",
        "right": "Right",
        "wrong": "Wrong",
        "what_is_it": "What is it?",
        "what_is_digit": "What is digit {position}, which it reads as {digit}?",
        "none": "not a digit",
        "back": "Back",
        "digit_choice": "Digit {position}: {digit}",
        "bars_heading": "How sure it is",
        "seen_heading": "What the model saw",
        "seen_detail": "28 × 28 points",
        "version": "Model {version}, read in {milliseconds} ms",
    }


def _about_the_network() -> dict[str, str]:
    return {
        "network_heading": "The network at work",
        "network_detail": (
            "Each small square is one neuron: the stronger its colour, the more active. The lines "
            "are the strongest connections that lead to the digit."
        ),
        "network_waiting": "The network waits for a digit.",
        "network_label": (
            "The layers of the network from left to right. {active} The strongest connections "
            "lead to {digit}."
        ),
        "network_layer": "In hidden layer {layer}, {active} of {all} neurons are active.",
        "layer_input": "straightened",
        "layer_hidden": "{all} neurons",
        "layer_output": "digit",
    }
