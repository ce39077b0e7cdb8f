"""A search for settings runs on the same databases as the bot."""

from tests.bot.databases import address, postgres_server

__all__ = ["address", "postgres_server"]
