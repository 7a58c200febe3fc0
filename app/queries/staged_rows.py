"""Staged projects as rows: kept until their import is settled, with what its owner chose about each."""

import json
from collections.abc import Collection, Iterator, Mapping, Set
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from app.models.import_run import ImportTwin, StagedActivity

STAGED = StagedActivity.__table__  # type: ignore[attr-defined]
TWIN = ImportTwin.__table__  # type: ignore[attr-defined]
WRITTEN = ("new", "changed")  # what a confirmation writes


def clear_staged(connection: Connection, import_id: int) -> None:
    """Forget what was staged for an import, and the twins that were found."""
    clear_staged_rows(connection, import_id)
    connection.execute(delete(TWIN).where(TWIN.c.import_id == import_id))


def clear_staged_rows(connection: Connection, import_id: int) -> None:
    """Forget what was staged for an import."""
    connection.execute(delete(STAGED).where(STAGED.c.import_id == import_id))


def kind_in(mode: str) -> Any:
    """The column that says what becomes of a project in this mode."""
    return STAGED.c[f"in_{mode}"]


def read_to_write(connection: Connection, import_id: int, mode: str, size: int) -> Iterator[list[Any]]:
    """The staged projects that are to be written, in the order of the file, `size` at a time."""
    last = -1
    query = select(STAGED).where(
        STAGED.c.import_id == import_id, kind_in(mode).in_(WRITTEN), STAGED.c.left_out.is_(False)
    )
    while rows := connection.execute(
        query.where(STAGED.c.position > last).order_by(STAGED.c.position).limit(size)
    ).all():
        yield list(rows)
        last = rows[-1].position


def list_to_archive(connection: Connection, import_id: int) -> list[Any]:
    """The activities (activity_id, previous_id) that replacing the portfolio archives."""
    c = STAGED.c
    query = select(c.activity_id, c.previous_id).where(
        c.import_id == import_id, c.in_replace == "archived", c.left_out.is_(False)
    )
    return list(connection.execute(query.order_by(c.position)))


def count_left_out(connection: Connection, import_id: int, mode: str) -> int:
    """How many new projects are not to be written."""
    chosen = (STAGED.c.import_id == import_id) & (kind_in(mode) == "new") & STAGED.c.left_out.is_(True)
    return int(connection.execute(select(func.count()).where(chosen)).scalar_one())


def write_choices(
    connection: Connection, import_id: int, positions: Collection[int], left_out: Set[int], kept: Mapping[int, Set[str]]
) -> None:
    """Note for each of these projects whether it is left out and which of its stored fields stay."""
    which = (STAGED.c.import_id == import_id) & (STAGED.c.position == bindparam("at"))
    rows = [
        {"at": at, "out": at in left_out, "fields": json.dumps(sorted(kept.get(at, ())), ensure_ascii=False)}
        for at in sorted(positions)
    ]
    if rows:
        chosen = update(STAGED).where(which).values(left_out=bindparam("out"), kept=bindparam("fields"))
        connection.execute(chosen, rows)


def staged_positions(connection: Connection, import_id: int) -> list[int]:
    """All staged projects by number."""
    return list(connection.execute(select(STAGED.c.position).where(STAGED.c.import_id == import_id)).scalars())
