"""What a person typed an answer to be, the probabilities to align it by, and what was asked."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("answers", sa.Column("probabilities", sa.LargeBinary(), nullable=True))
    op.add_column("answers", sa.Column("said", sa.Text(), nullable=True))
    op.create_table(
        "questions",
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_questions"),
    )
