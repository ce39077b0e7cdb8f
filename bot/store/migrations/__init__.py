"""The way from any earlier schema to today's, by Alembic, one step a file under `versions/`.

A new step, after changing `bot/store/tables.py`:

    python -m bot.store.migrations "say what changes"

compares an up-to-date database in memory with the tables and writes the file to look over.
"""
