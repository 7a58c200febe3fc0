"""What somebody chose otherwise in a preview, counted."""

from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from app.queries.staged_rows import STAGED, kind_in


def count_choices(connection: Connection, import_id: int, mode: str) -> Any:
    """Of one import: projects left out that would be written (`left_out`) or archived (`not_archived`), and
    written ones of which parts stay as stored (`kept`)."""
    becomes = kind_in(mode)
    is_written = becomes.in_(("new", "changed"))
    counted = {
        "left_out": and_(STAGED.c.left_out, is_written),
        "not_archived": and_(STAGED.c.left_out, becomes == "archived"),
        "kept": and_(~STAGED.c.left_out, becomes == "changed", STAGED.c.kept != "[]"),
    }
    columns = [func.coalesce(func.sum(case((test, 1), else_=0)), 0).label(name) for name, test in counted.items()]
    return connection.execute(select(*columns).where(STAGED.c.import_id == import_id)).one()
