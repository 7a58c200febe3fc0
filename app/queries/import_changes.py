"""The changes of an import, project by project: as staged, or as committed."""

from typing import Any

from sqlalchemy import Connection, Select, case, false, func, literal, select

from app.queries.activities import ACTIVITY
from app.queries.imports import VERSION
from app.queries.staged_rows import STAGED, kind_in

SILENT = "unchanged"


def count_changes(connection: Connection, run: Any, words: str) -> dict[str, int]:
    """How many projects with these words (of identifier and title) there are of each kind."""
    found = _changes(run, words).subquery()
    rows = connection.execute(select(found.c.kind, func.count()).group_by(found.c.kind))
    return {kind: count for kind, count in rows if kind}


def list_changes(connection: Connection, run: Any, kind: str, words: str, limit: int, offset: int) -> list[Any]:
    """A page of the changes of one kind ('': of all but the unchanged), in the order of the file.

    Each has id, kind, identifier, title, place, activity_id, previous_id, partial, left_out, kept, and `record`: the
    packed record as the file has it.
    """
    found = _changes(run, words).subquery()
    query = select(found).where(found.c.kind == kind if kind else found.c.kind.not_in(("", SILENT)))
    return list(connection.execute(query.order_by(found.c.id).limit(limit).offset(offset)))


def _changes(run: Any, words: str) -> Select[Any]:
    query, title, identifier = _staged(run) if run.state in ("previewed", "confirming") else _committed(run)
    for word in words.lower().split():
        query = query.where((func.lower(identifier) + " " + func.lower(title)).contains(word, autoescape=True))
    return query


def _staged(run: Any) -> tuple[Select[Any], Any, Any]:
    c = STAGED.c
    query = select(
        c.position.label("id"), kind_in(run.mode).label("kind"), c.identifier, c.title, c.places.label("place"),
        c.activity_id, c.previous_id, c.partial, c.left_out, c.kept, c.record,
    ).where(c.import_id == run.id)  # fmt: skip
    return query, c.title, c.identifier


def _committed(run: Any) -> tuple[Select[Any], Any, Any]:
    v = VERSION.c
    kind = case((v.change == "removed", "archived"), else_=v.change)
    title = func.coalesce(ACTIVITY.c.title, "")
    query = (
        select(
            v.id, kind.label("kind"), v.identifier, title.label("title"), v.places.label("place"), v.activity_id, v.previous_id,
            false().label("partial"), false().label("left_out"), literal("[]").label("kept"), v.record,
        )
        .outerjoin(ACTIVITY, ACTIVITY.c.id == v.activity_id)
        .where(v.import_id == run.id)
    )  # fmt: skip
    return query, title, v.identifier
