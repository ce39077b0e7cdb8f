"""What Inkling remembers: one database, SQLite or PostgreSQL.

    engine/          opens an SQLite file or a PostgreSQL database, and says when it is away
    tables.py        the schema
    migrate.py       brings any earlier schema up to date, at start
    people.py        who gave what, known by a keyed hash alone; forgetting; what was asked last
    languages.py     which language each person has chosen
    answers.py       one row for each photo answered: what `/stats` counts, what buttons refer to
    corrections.py   what people say that glyphs really are, and what admins think of that
    versions.py      model versions with their weights, and which one is active
    archive.py       a model folder as bytes, the same bytes each time
    runs/            training runs; the one that runs is the lock across all replicas
    statistics.py    the figures behind `/stats`
    updates/         which updates are answered, and which still wait; where people write to us

Every operation is a function of a `Database`, returns frozen values, and either happens whole
or raises `StoreUnavailable`. No photo is ever stored.
"""

from bot.errors import StoreUnavailable
from bot.store.engine.database import Database
from bot.store.engine.migrate import migrate

__all__ = ["Database", "StoreUnavailable", "migrate"]
