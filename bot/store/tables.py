"""The schema. `bot/store/migrations` brings a database to it; a test holds both to each other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

RowNumber = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite counts rows by itself only in a column that is exactly INTEGER."""


class Instant(TypeDecorator[datetime]):
    """A moment, kept as seconds since 1970.

    SQLite has no moments, and those of PostgreSQL compare otherwise than SQLite's texts; a number
    is the same in both.
    """

    impl = Double
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> float | None:
        return None if value is None else value.timestamp()

    def process_result_value(self, value: float | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value, UTC)


class database_now(FunctionElement[Any]):
    """Seconds since 1970 by the database's clock: one clock for all replicas.

    Leases are compared with it, never with the clock of this machine.
    """

    type = Double()
    inherit_cache = True


@compiles(database_now, "sqlite")
def _sqlite_now(_element: object, _compiler: object, **_: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(database_now, "postgresql")
def _postgresql_now(_element: object, _compiler: object, **_: Any) -> str:
    return "extract(epoch FROM clock_timestamp())"


class Table(DeclarativeBase):
    """What the tables have in common: constraint names, so that migrations can drop them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        datetime: Instant,
        float: Double,
        int: BigInteger,
        bytes: LargeBinary,
    }


class SecretRow(Table):
    """Random bytes made when the database was."""

    __tablename__ = "secrets"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[bytes]


class AnswerRow(Table):
    """One photo answered. The glyphs go after a while, the count stays.

    `labels` holds what was answered, a digit each; of a refused photo it is empty, and the glyphs
    are the likeliest that were found. `said` is the number that the person typed instead.
    """

    __tablename__ = "answers"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    person: Mapped[bytes | None] = mapped_column(index=True)
    version: Mapped[str] = mapped_column(String(64))
    labels: Mapped[str] = mapped_column(Text)
    confidences: Mapped[str] = mapped_column(Text)
    glyphs: Mapped[bytes | None]
    refusal: Mapped[str | None] = mapped_column(String(60))
    milliseconds: Mapped[float]
    probabilities: Mapped[bytes | None]
    said: Mapped[str | None] = mapped_column(Text)


class QuestionRow(Table):
    """What a person was last asked: what an answer really says. They may type it."""

    __tablename__ = "questions"
    person: Mapped[bytes] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(String(32))
    message: Mapped[int]
    text: Mapped[str] = mapped_column(Text)


class LanguageRow(Table):
    """The language that a person has chosen."""

    __tablename__ = "languages"
    person: Mapped[bytes] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(20))


class CorrectionRow(Table):
    """What a person says that one glyph of one answer really is."""

    __tablename__ = "corrections"
    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    answer: Mapped[str] = mapped_column(String(32))
    position: Mapped[int]
    at: Mapped[datetime]
    person: Mapped[bytes] = mapped_column(index=True)
    glyph: Mapped[bytes]
    version: Mapped[str] = mapped_column(String(64))
    read: Mapped[int]
    confidence: Mapped[float]
    said: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), index=True)
    reviewed_by: Mapped[str | None] = mapped_column(Text)
    reviewed_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("answer", "position"),
        CheckConstraint("said BETWEEN -1 AND 9", name="said"),
        CheckConstraint("state IN ('confirmed', 'waiting', 'accepted', 'rejected')", name="state"),
        # A replaced correction's number is not used again: see `corrections.submit`.
        {"sqlite_autoincrement": True},
    )


class VersionRow(Table):
    """A trained, measured, immutable model, with its weights."""

    __tablename__ = "versions"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    run: Mapped[int | None]
    recipe: Mapped[str] = mapped_column(String(60))
    corrections: Mapped[int]
    test_accuracy: Mapped[float]
    test_loss: Mapped[float]
    passed: Mapped[bool]
    gate: Mapped[str] = mapped_column(Text)
    archive: Mapped[bytes]
    archive_sha256: Mapped[str] = mapped_column(String(64))


class ActivationRow(Table):
    """Which version serves from when on: the last row counts, the others are the way back.

    `version` NULL is the model that ships with the program.
    """

    __tablename__ = "activations"
    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    at: Mapped[datetime]
    version: Mapped[str | None] = mapped_column(ForeignKey("versions.id"))
    chosen_by: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)


class RunRow(Table):
    """A training run. The one whose state is `running` is the lock: there can only be one."""

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    started_at: Mapped[datetime]
    started_by: Mapped[str] = mapped_column(Text)
    starter: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    recipe: Mapped[str] = mapped_column(String(60))
    phase: Mapped[str] = mapped_column(String(20))
    phase_share: Mapped[float | None]
    seconds_left: Mapped[float | None]
    epoch: Mapped[int]
    epochs: Mapped[int]
    loss: Mapped[float | None]
    accuracy: Mapped[float | None]
    corrections: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    holder: Mapped[str] = mapped_column(String(80))
    lease: Mapped[float]
    cancelled_by: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None]
    version: Mapped[str | None] = mapped_column(String(64))
    report_at: Mapped[float | None]
    __table_args__ = (
        CheckConstraint(
            "state IN ('running', 'done', 'failed', 'cancelled', 'interrupted')", name="state"
        ),
        # Of running runs in PostgreSQL too, as migration 0002 says. To say it here would load
        # SQLAlchemy's part for PostgreSQL where the database is SQLite: 2 MB.
        Index("one_running", "state", unique=True, sqlite_where=text("state = 'running'")),
    )


class UpdateRow(Table):
    """An update that was taken: how often it was begun, and whether it was answered.

    `content` is the update itself, kept only while its answer waits.
    """

    __tablename__ = "updates"
    bot: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    begun: Mapped[int]
    answered: Mapped[bool]
    content: Mapped[str | None] = mapped_column(Text)


class ChannelRow(Table):
    """A channel in which somebody wrote to a bot: where to look for what the bot missed."""

    __tablename__ = "channels"
    bot: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    last: Mapped[int]
