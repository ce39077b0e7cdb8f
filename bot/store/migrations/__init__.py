"""The way from any earlier schema to today's, by Alembic, one step a file under `versions/`.

A new step, after changing `bot/store/tables.py`, with a database that an up-to-date bot has used:

    alembic revision --autogenerate -m "say what changes"

writes the difference between the database and the tables to a file. Read it before you commit it.
"""
