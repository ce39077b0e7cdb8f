"""People of any platform: a key for each, and admins as `platform:id`."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ADMIN_COLUMNS = {
    "corrections": ("reviewed_by", True),
    "activations": ("chosen_by", True),
    "runs": ("started_by", False),
}
"""Columns that name an admin, by table, and whether they may be empty."""


def upgrade() -> None:
    # Who is behind a hash cannot be told, so what people of Telegram and of the web pages gave is
    # found again because both keep the key with which all of them were hashed.
    op.execute("INSERT INTO secrets SELECT 'people:web', value FROM secrets WHERE name = 'people'")
    op.execute("UPDATE secrets SET name = 'people:telegram' WHERE name = 'people'")
    kept = sa.table("secrets", sa.column("name", sa.String), sa.column("value", sa.LargeBinary))
    op.bulk_insert(kept, [{"name": "people:discord", "value": secrets.token_bytes(32)}])
    for table, (column, nullable) in ADMIN_COLUMNS.items():
        default = None if nullable else ""
        renamed = sa.Column("admin", sa.Text(), nullable=nullable, server_default=default)
        op.add_column(table, renamed)
        admin = f"'telegram:' || CAST({column} AS TEXT)"
        op.execute(f"UPDATE {table} SET admin = {admin} WHERE {column} IS NOT NULL")  # noqa: S608
        op.drop_column(table, column)
        op.execute(f"ALTER TABLE {table} RENAME COLUMN admin TO {column}")
