"""Load a framework from a file of the operator's."""

from pathlib import Path

from app import database
from app.errors import InvalidInput
from app.frameworks import Framework, FrameworkError, load_framework
from app.services.load_frameworks import load_framework as store_framework


def load_framework_file(path: Path) -> Framework:
    """Add the framework of a YAML or XLSX file, or bring it to this version. Raises InvalidInput."""
    try:
        framework = load_framework(path)
    except (FrameworkError, OSError) as error:
        raise InvalidInput(str(error)) from error
    with database.write() as connection:
        store_framework(connection, framework)
    return framework
