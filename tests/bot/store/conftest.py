"""Every test of the store runs on both databases."""

from tests.bot.databases import address, database, postgres_server

__all__ = ["address", "database", "postgres_server"]
