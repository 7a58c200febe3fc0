"""Give back a file as it was imported."""

from sqlalchemy import Connection

from app.errors import NotFound
from app.models.worded import worded
from app.queries import imports
from app.rules.permissions import Viewer
from app.services.keep_file import KeptFile, kept_path
from app.services.open_import import open_import

__all__ = ["KeptFile", "get_import_file"]


def get_import_file(connection: Connection, viewer: Viewer, import_id: int, position: int = 0) -> KeptFile:
    """Raises NotFound, also where the import is not the viewer's business or was made before files were kept."""
    open_import(connection, viewer, import_id)
    for file in imports.list_files(connection, import_id):
        if file.position == position and kept_path(file.sha256).is_file():
            return KeptFile(kept_path(file.sha256), file.name, file.size, file.sha256)
    raise NotFound(
        worded("No file %(position)s of import %(number)s is kept here.", position=position, number=import_id)
    )
