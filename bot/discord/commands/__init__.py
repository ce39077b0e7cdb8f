"""Slash commands, and the commands in the menu of a message."""
