"""Suggest recommendation areas for projects from their words and sectors, keeping the words as evidence."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from app import database
from app.errors import NotFound
from app.models.read_record import read_words
from app.models.record import ActivityRecord
from app.queries.allocations import refresh_areas
from app.queries.bulk import bump_data_version, has_long_turn, wait_for_long_turn
from app.queries.jobs import add_job
from app.queries.lexicons import frameworks_without_words
from app.queries.mappings import MappingWriter
from app.queries.records import iterate_records
from app.rules.suggest import suggestible_frameworks
from app.services.learn_areas import read_learned

BATCH = 500
SUGGEST, LEARN = "suggest", "learn"  # kinds of jobs
AT_ONCE = 2000  # projects of an import for which areas are suggested while somebody waits


def suggest_areas(
    framework: str | None = None, import_id: int | None = None, activity_ids: Sequence[int] | None = None
) -> int:
    """Suggest areas in one framework (None: in all) for the projects of one
    import, or for these projects (neither: for all), where nobody has confirmed any. The number of
    projects whose mappings changed.

    Raises NotFound for a framework that is not there.
    """
    with database.write() as connection:
        wait_for_long_turn(connection)
        frameworks = _suggestible(connection)
        if framework is not None and framework not in frameworks:
            raise NotFound(f"There is no framework “{framework}”. There are: {', '.join(sorted(frameworks))}.")
        return _suggest(connection, {framework} if framework else frameworks, import_id, activity_ids)


def suggest_later(connection: Connection, projects: int, **asked: int) -> bool:
    """Leave the suggestions for a large import to the background, in the transaction that writes it or takes it back;
    whether it is one. `asked` as in queue_suggesting.

    Who serves or works takes them up, or the next command that shows areas.
    """
    if projects <= AT_ONCE:
        return False
    queue_suggesting(connection, **asked)
    return True


def suggest_soon(import_id: int) -> None:
    """Suggest areas for what one import brought: now, or by a job where an import or suggestions are being written."""
    with database.write() as connection:
        if has_long_turn(connection):
            _suggest(connection, _suggestible(connection), import_id, None)
        else:
            queue_suggesting(connection, import_id=import_id)


def queue_suggesting(connection: Connection, **asked: Any) -> None:
    """Have areas suggested in the background: for a `framework`, an import (`import_id`) or one that was taken back
    (`undone`); what waits already is not asked for again."""
    name = "-".join(f"{kind}-{value}" for kind, value in asked.items())
    add_job(connection, SUGGEST, {"framework": None, **asked}, dedupe_key=f"{SUGGEST}-{name}")


def queue_learning(connection: Connection, framework: str) -> int:
    """Have what is confirmed in a framework learned from, then areas suggested anew; the number of the job."""
    return add_job(connection, LEARN, {"framework": framework}, dedupe_key=f"{LEARN}-{framework}")


def _suggestible(connection: Connection) -> set[str]:
    return {*suggestible_frameworks(), *frameworks_without_words(connection)}


def _suggest(
    connection: Connection, frameworks: set[str], import_id: int | None, activity_ids: Sequence[int] | None
) -> int:
    writer = MappingWriter(connection, read_learned())
    changed: list[int] = []
    for batch in _batches(connection, import_id, activity_ids):
        changed += writer.write_suggestions(batch, frameworks)
    if changed:
        refresh_areas(connection, changed)
        bump_data_version(connection)
    return len(changed)


def _batches(
    connection: Connection, import_id: int | None, ids: Sequence[int] | None
) -> Iterator[list[tuple[int, ActivityRecord]]]:
    for rows in iterate_records(connection, import_id=import_id, ids=ids, size=BATCH, lock=True):
        yield [(row.activity_id, read_words(row.record)) for row in rows]
