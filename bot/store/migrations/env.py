"""What Alembic runs: the steps, inside the transaction that `bot.store.migrate` has opened."""

from typing import Any, Literal

from alembic import context

from bot.store.tables import Instant, Table


def render(kind: str, item: object, _: Any) -> str | Literal[False]:
    """Write our own type as what it is: a step must not depend on code that moves on."""
    return "sa.Double()" if kind == "type" and isinstance(item, Instant) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    # SQLite cannot alter a column in place; batches make a new table and copy.
    render_as_batch=True,
    render_item=render,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
