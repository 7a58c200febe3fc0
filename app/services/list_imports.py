"""The history of imports."""

from typing import Any

from sqlalchemy import Connection

from app.models.import_run import Counts
from app.queries import imports


def list_imports(connection: Connection, owner_id: int | None = None) -> list[dict[str, Any]]:
    """Imports as documents, newest first; of one owner where given."""
    return [_document(row) for row in imports.list_runs(connection, owner_id)]


def _document(row: Any) -> dict[str, Any]:
    counts = {name: getattr(row, name) for name in Counts.__dataclass_fields__}
    return {
        "import_id": row.id,
        "state": row.state,
        "format": row.format,
        "mode": row.mode,
        "file": row.file_name,
        "created_at": row.created_at.isoformat(),
        **counts,
    }
