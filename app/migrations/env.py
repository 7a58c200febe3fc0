"""Alembic's door: runs on the connection that migrate_database hands over."""

from alembic import context

from app.models.tables import METADATA

HAND_MADE = ("activity_search",)


def _is_ours(name: str | None, kind: str) -> bool:
    """Leave the full-text tables, which each database makes in its own way, out of comparisons."""
    return not (kind == "table" and name is not None and name.startswith(HAND_MADE))


def run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=METADATA,
        render_as_batch=True,
        include_name=lambda name, kind, _: _is_ours(name, kind),
    )
    with context.begin_transaction():
        context.run_migrations()


run()
