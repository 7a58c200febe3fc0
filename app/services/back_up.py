"""A consistent copy of the embedded database, while it is in use."""

import sqlite3
from pathlib import Path

from sqlalchemy.engine import make_url

from app.errors import InvalidInput
from app.settings import settings


def back_up(target: Path) -> None:
    """Copy the embedded database to `target`. Raises InvalidInput for a database server or an existing file."""
    source = make_url(settings().database_url).database
    if not settings().is_embedded:
        raise InvalidInput("Only the embedded database is copied here: use pg_dump for PostgreSQL.")
    if not Path(source or "").exists():
        raise InvalidInput("There is no embedded database yet: nothing to copy.")
    if not target.parent.is_dir():
        raise InvalidInput(f"There is no folder {target.parent}.")
    if target.exists():
        raise InvalidInput(f"{target} exists already: choose another name.")
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as live, sqlite3.connect(target) as copy:
        live.backup(copy)
