"""Runs that any process may carry out: addresses of any platform, and what the process does now."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("runs", sa.Column("address", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "runs", sa.Column("phase", sa.String(length=20), nullable=False, server_default="")
    )
    op.add_column("runs", sa.Column("phase_share", sa.Double(), nullable=True))
    op.add_column("runs", sa.Column("seconds_left", sa.Double(), nullable=True))
    op.execute(
        "UPDATE runs SET address = 'telegram:' || CAST(chat AS TEXT) || ':'"
        " || COALESCE(CAST(message AS TEXT), '')"
    )
    op.drop_column("runs", "chat")
    op.drop_column("runs", "message")
