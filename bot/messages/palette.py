"""The colours of bars in the pictures of the chat.

The others are those of `model.recognition.palette`.
"""

TRACK = "#e9e7e1"
"""The whole length of a bar, behind it."""

BAR = "#b3bac4"
"""A bar that stands for no verdict."""

COUNT = "#5b7fa6"
"""A bar that counts something."""
