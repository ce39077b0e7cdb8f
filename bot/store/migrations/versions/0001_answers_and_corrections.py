"""Answers to photos, and what people say of them."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    kept = op.create_table(
        "secrets",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secrets"),
    )
    # The key of the keyed hash by which people are known: see bot/store/people.py.
    op.bulk_insert(kept, [{"name": "people", "value": secrets.token_bytes(32)}])
    op.create_table(
        "answers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("confidences", sa.Text(), nullable=False),
        sa.Column("glyphs", sa.LargeBinary(), nullable=True),
        sa.Column("refusal", sa.String(length=60), nullable=True),
        sa.Column("milliseconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
    )
    op.create_index("ix_answers_at", "answers", ["at"], unique=False)
    op.create_index("ix_answers_person", "answers", ["person"], unique=False)

    op.create_table(
        "corrections",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("glyph", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("said", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reviewed_by", sa.BigInteger(), nullable=True),
        sa.Column("reviewed_at", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "state IN ('confirmed', 'waiting', 'accepted', 'rejected')", name="ck_corrections_state"
        ),
        sa.CheckConstraint("said BETWEEN -1 AND 9", name="ck_corrections_said"),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
        sa.UniqueConstraint("answer", "position", name="uq_corrections_answer_position"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_corrections_person", "corrections", ["person"], unique=False)
    op.create_index("ix_corrections_state", "corrections", ["state"], unique=False)
