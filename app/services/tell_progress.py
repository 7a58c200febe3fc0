"""How far a long transaction is: said in a file, since nobody sees what the transaction itself writes before it ends."""

from pathlib import Path
from typing import Any

from app.services.whole_file import whole_file
from app.settings import settings


def tell_progress(import_id: int, done: int) -> None:
    """Say that so many projects of the import are written, or taken back."""
    path = _path(import_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as out:
        out.write(str(done).encode())


def read_progress(import_id: int) -> int:
    """What was told last; 0 where nothing was."""
    try:
        return int(_path(import_id).read_bytes())
    except (FileNotFoundError, ValueError):
        return 0


def how_far(run: Any) -> int:
    """How many projects of an import (its row) are read, written or taken back by now."""
    return read_progress(run.id) if run.state in ("confirming", "undoing") else int(run.done)


def forget_progress(import_id: int) -> None:
    """It is over."""
    _path(import_id).unlink(missing_ok=True)


def _path(import_id: int) -> Path:
    return settings().data_dir / "progress" / str(import_id)
